#include "audit/keyed_sums.h"

#include <algorithm>

#include <gmock/gmock.h>

#include "core/random.h"

namespace pcx::audit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class KeyedSumsTest : public ::testing::Test {
 protected:
  static crypto::Bytes bytes(const std::string& text) { return crypto::bytes_of(text); }
  SeededRandom random{1};
  KeyedSums::Key key = KeyedSums::random_key(random);
  KeyedSums sums{key, 8};
};

TEST_F(KeyedSumsTest, AreZeroForTheSameElementsInAnyOrder) {
  std::vector<std::string> elements;
  for (int i = 0; i < 200; ++i) elements.push_back("element " + std::to_string(i % 150));
  for (const std::string& element : elements) sums.add(element.size() % 8, bytes(element));
  std::ranges::reverse(elements);
  for (const std::string& element : elements) sums.subtract(element.size() % 8, bytes(element));
  EXPECT_THAT(sums.differing(), IsEmpty());
}

TEST_F(KeyedSumsTest, NameTheBucketsThatDiffer) {
  sums.add(1, bytes("a"));
  sums.subtract(1, bytes("b"));
  sums.add(3, bytes("a"));
  sums.add(3, bytes("a"));
  sums.subtract(3, bytes("a"));  // once is not twice
  sums.add(5, bytes("a"));
  sums.subtract(5, bytes("a"));
  EXPECT_THAT(sums.differing(), ElementsAre(1, 3));
}

TEST_F(KeyedSumsTest, AddUp) {
  KeyedSums other{key, 8};
  sums.add(2, bytes("a"));
  other.subtract(2, bytes("a"));
  sums.add(other);
  EXPECT_THAT(sums.differing(), IsEmpty());
}

TEST_F(KeyedSumsTest, DependOnTheKey) {
  KeyedSums other{KeyedSums::random_key(random), 8};
  sums.add(2, bytes("a"));
  other.subtract(2, bytes("a"));
  sums.add(other);
  EXPECT_THAT(sums.differing(), ElementsAre(2));
}

}  // namespace
}  // namespace pcx::audit
