#include "audit/seal_point.h"

#include <gtest/gtest.h>

#include "audit/note.h"
#include "audit/trusted_keys.h"
#include "core/random.h"

namespace pcx::audit {
namespace {

Time at(std::int64_t microseconds) { return Time{std::chrono::microseconds{microseconds}}; }

class SealPointTest : public ::testing::Test {
 protected:
  SeededRandom random{1};
  TreeHasher hasher;
  TreeHead tree{5, hasher.leaf({})};
  SealPoint point{
      at(1'764'000'000'123'456), 4, {3, 18'446'744'073'709'551'615U, -7}, 9, std::nullopt};
  SigningKey key(const char* name) { return SigningKey::generate(name, random); }
};

TEST_F(SealPointTest, IsReadAsItWasWritten) {
  const std::string text = sealed_text("origin", tree, point);
  EXPECT_NE(text.find("pcx1 2025-11-24T16:00:00.123456Z 4 3 18446744073709551615 -7 9\n"),
            std::string::npos)
      << text;
  const auto read = parse_sealed(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->point, point);
  EXPECT_EQ(read->checkpoint.tree, tree);
}

TEST_F(SealPointTest, TellsAChangeOfKeys) {
  point.key_change = KeyChange{key("old").verifier(), key("new").verifier()};
  EXPECT_EQ(parse_sealed(sealed_text("origin", tree, point))->point, point);
}

TEST_F(SealPointTest, RefusesWhatItWouldNotWrite) {
  const std::string text = sealed_text("origin", tree, point);
  const std::string head = text.substr(0, text.find("pcx1"));
  for (const char* line :
       {"", "pcx2 2025-11-24T16:00:00.123456Z 0 3 1 1 9", "pcx1 2025-11-24T16:00:00Z 0 3 1 1 9",
        "pcx1 2025-11-24T16:00:00.123456Z 0 03 1 1 9",
        "pcx1 2025-11-24T16:00:00.123456Z 0 3 -1 1 9", "pcx1 2025-11-24T16:00:00.123456Z 3 1 1",
        "pcx1 2025-11-24T16:00:00.123456Z 0 3 1 1", "pcx1 2025-11-24T16:00:00.123456Z 0 3 1 1 9 9",
        "pcx1 2025-11-24T16:00:00.123456Z -1 3 1 1 9",
        "pcx1 2025-11-24T16:00:00.123456Z 0 3 1 1 -9",
        "pcx1 2025-11-24T16:00:00.123456Z 0 3 18446744073709551616 1 9",
        "pcx1 2025-11-24T16:00:00.123456Z 0 3 1 1 9\npcx1-key a b",
        "pcx1 2025-11-24T16:00:00.123456Z 0 3 1 1 9\nanother line"}) {
    EXPECT_FALSE(parse_sealed(head + line + (*line == '\0' ? "" : "\n"))) << line;
  }
}

TEST(PositionTest, IsText) {
  EXPECT_EQ(to_string(Position{3, 4711, 12}), "3.4711.12");
  EXPECT_EQ(parse_position("3.4711.12"), (Position{3, 4711, 12}));
  for (const char* text : {"", "3.4711", "3.4711.12.1", "3.04711.12", "3. 1.2", "a.1.2", "cuid"}) {
    EXPECT_FALSE(parse_position(text)) << text;
  }
}

class TrustedKeysTest : public SealPointTest {
 protected:
  template <typename... Keys>
  std::string sign(Keys... keys) {
    std::vector<SigningKey> all;
    (all.push_back(std::move(keys)), ...);
    return sign_note(sealed_text("origin", tree, point), all);
  }
  static SigningKey copy(const SigningKey& key) { return SigningKey::parse(key.text()); }
  static bool is_open(const std::variant<SealedTree, NoteDoubt>& opened) {
    return std::holds_alternative<SealedTree>(opened);
  }
};

TEST_F(TrustedKeysTest, LearnFromAChangeInEitherDirection) {
  const SigningKey first = key("first");
  const SigningKey second = key("second");
  const SigningKey third = key("third");
  const std::string by_first = sign(copy(first));
  const std::string by_third = sign(copy(third));
  point.key_change = KeyChange{first.verifier(), second.verifier()};
  const std::string to_second = sign(copy(first), copy(second));
  point.key_change = KeyChange{second.verifier(), third.verifier()};
  const std::string to_third = sign(copy(second), copy(third));
  const std::vector<std::string> changes{to_third, to_second};  // in whatever order
  for (const SigningKey* given : {&first, &second, &third}) {
    TrustedKeys keys{{given->verifier()}, changes};
    EXPECT_EQ(keys.keys().size(), 3u);
    for (const std::string& note : {by_first, to_second, to_third, by_third}) {
      EXPECT_TRUE(is_open(keys.open_next(note)));
    }
    EXPECT_FALSE(is_open(keys.open_next(by_first)));  // it has handed over
    EXPECT_TRUE(is_open(keys.open(by_first)));
  }
}

TEST_F(TrustedKeysTest, LearnNothingFromWhomNobodyBelieves) {
  const SigningKey mine = key("mine");
  const SigningKey theirs = key("theirs");
  const SigningKey more = key("more");
  point.key_change = KeyChange{theirs.verifier(), more.verifier()};
  const std::string foreign = sign(copy(theirs), copy(more));
  point.key_change = KeyChange{mine.verifier(), theirs.verifier()};
  const std::string half = sign(copy(theirs));  // mine has not signed it
  const std::string other_half = sign(copy(mine));
  const TrustedKeys keys{{mine.verifier()}, {foreign, half, other_half}};
  EXPECT_EQ(keys.keys().size(), 1u);
  EXPECT_FALSE(is_open(keys.open(foreign)));
}

}  // namespace
}  // namespace pcx::audit
