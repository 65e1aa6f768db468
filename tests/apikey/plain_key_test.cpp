#include "apikey/plain_key.h"

#include <string>

#include <gtest/gtest.h>

#include "apikey/verdict.h"
#include "tests/apikey/keys.h"
#include "tests/support/data.h"

namespace pcx::apikey {
namespace {

constexpr const char* kHex = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

TEST(PlainKey, KnowsWhatIsNoKey) {
  EXPECT_EQ(plain_shape_of(""), PlainShape::empty);
  EXPECT_EQ(plain_shape_of(std::string(256, 'k')), PlainShape::key);
  EXPECT_EQ(plain_shape_of(std::string(257, 'k')), PlainShape::too_long);
  EXPECT_EQ(plain_shape_of("sha256:00"), PlainShape::digest);
  EXPECT_EQ(plain_shape_of("\\x00ff"), PlainShape::digest);
  EXPECT_EQ(plain_shape_of("SHA256:00"), PlainShape::digest);
  EXPECT_EQ(plain_shape_of("pcx_live_0"), PlainShape::of_pcx);
  EXPECT_EQ(plain_shape_of("pcx_test_"), PlainShape::of_pcx);
  EXPECT_EQ(plain_shape_of("pcx_other"), PlainShape::key);
}

TEST(PlainKey, TakesWhatAVerifierTakesFromTheColumn) {
  const std::string of_pcx = testing::with_checksum("pcx_live_0123456789_" + std::string(43, 'x'));
  for (const std::string& text :
       {std::string{}, std::string(256, 'k'), std::string(257, 'k'), std::string{"sha256:00"},
        std::string{"\\x00"}, std::string{kHex}, std::string{"pcx_live_"}, of_pcx,
        std::string{"pcx"}, std::string{"a"}, std::string{"schl\u00fcssel"}}) {
    EXPECT_EQ(plain_shape_of(text) == PlainShape::key, may_be_in_plain(text)) << text;
  }
}

// Digests of other programs, and keys that look a little like them.
TEST(PlainKey, TellsDigestsOfOtherProgramsFromKeys) {
  const Document texts = pcx::testing::data_json("stored-digests.json");
  ASSERT_FALSE(texts.find("digests")->items().empty());
  for (const Document& each : texts.find("digests")->items()) {
    EXPECT_EQ(plain_shape_of(*each.text()), PlainShape::digest) << *each.text();
    EXPECT_FALSE(may_be_in_plain(*each.text())) << *each.text();
  }
  ASSERT_FALSE(texts.find("keys")->items().empty());
  for (const Document& each : texts.find("keys")->items()) {
    EXPECT_EQ(plain_shape_of(*each.text()), PlainShape::key) << *each.text();
    EXPECT_TRUE(may_be_in_plain(*each.text())) << *each.text();
  }
}

TEST(PlainKey, TakesBareHexadecimalDigitsForAKey) {
  EXPECT_EQ(plain_shape_of(kHex), PlainShape::key);
  EXPECT_TRUE(may_be_digest(kHex));
  EXPECT_FALSE(may_be_digest("sha256:" + std::string{kHex}));
  EXPECT_FALSE(may_be_digest(std::string{kHex}.substr(1)));
  EXPECT_FALSE(is_weak(kHex));
}

TEST(PlainKey, TellsWeakOnes) {
  EXPECT_TRUE(is_weak(""));
  EXPECT_TRUE(is_weak("k3yK3yk3yK3yk3y"));        // 15 characters
  EXPECT_FALSE(is_weak("q7Rz1LmPx9KcW2sT"));      // 16 of base62: 95 bits
  EXPECT_TRUE(is_weak("1029384756102938"));       // 16 digits: 53 bits
  EXPECT_FALSE(is_weak("10293847561029384756"));  // 20: 66
  EXPECT_FALSE(is_weak("0123456789abcdef"));      // 16 of hexadecimal: 64
  EXPECT_TRUE(is_weak("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
  EXPECT_TRUE(is_weak("abababababababababababab"));  // 24 of two: 24 bits
}

TEST(PlainKey, CountsBitsByTheClassesOfCharacters) {
  EXPECT_EQ(bits_at_most(""), 0);
  EXPECT_NEAR(bits_at_most("0123456789"), 10 * 3.3219, 0.001);
  EXPECT_NEAR(bits_at_most("abcdefgh01"), 10 * 5.1699, 0.001);    // 36
  EXPECT_NEAR(bits_at_most("ABCDEFabcdef"), 12 * 5.7004, 0.001);  // 52: two cases are no hex
  EXPECT_NEAR(bits_at_most("a-b_c.d+e"), 9 * 5.8579, 0.001);      // 58
  EXPECT_NEAR(bits_at_most("aabbccdd"), 8 * 2.0, 0.001);          // four different ones
}

TEST(PlainKey, SaysWhyARowIsLeft) {
  for (const PlainShape shape :
       {PlainShape::empty, PlainShape::too_long, PlainShape::digest, PlainShape::of_pcx}) {
    EXPECT_STRNE(explain(shape), "");
    EXPECT_STRNE(explain(shape), explain(PlainShape::key));
  }
}

}  // namespace
}  // namespace pcx::apikey
