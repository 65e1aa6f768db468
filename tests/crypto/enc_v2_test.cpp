#include "crypto/enc_v2.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/crypto/vectors.h"
#include "tests/support/errors.h"
#include "tests/support/fixed_random.h"

namespace pcx::crypto {
namespace {

const Column kPhone{"clients", "phone"};
constexpr const char* kRow = "8f14e45f-ceea-467f-a8f0-7c6b2b1c9a01";
constexpr const char* kText = "+41 79 123 45 67";
constexpr const char* kValue =
    "enc:v2:7:AAECAwQFBgcICQoLB1Btgg5gx8UY80yDIsLxePOlZAUrQekAWVz2EJHCmx8";

Secret data_key(char byte = '\x42') { return Secret{std::string(32, byte)}; }
EncV2 cipher() { return EncV2{data_key(), 7, kPhone}; }

std::string plaintext_of(const Opened& opened) {
  EXPECT_EQ(opened.verdict, Verdict::authentic) << to_string(opened.refusal);
  return std::string{opened.plaintext.reveal_text()};
}

TEST(EncV2, GivesTheKnownAnswer) {
  testing::FixedRandom nonce{unhex("000102030405060708090a0b")};
  EXPECT_EQ(cipher().seal(kRow, kText, nonce), kValue);
  EXPECT_EQ(plaintext_of(cipher().open(kRow, kValue)), kText);
  EXPECT_EQ(cipher().prefix(), "enc:v2:7:");
  EXPECT_EQ(EncV2::key_id_of(kValue), 7);
}

TEST(EncV2, OpensWhatItSealed) {
  SystemRandom random;
  EncV2 both = cipher();
  const std::string texts[] = {
      "", "R", kText, std::string("a\0b", 3), "\xff\xfe", "kůň 🐎", std::string(1'000'000, 'x')};
  for (const std::string& text : texts) {
    const std::string value = both.seal(kRow, text, random);
    EXPECT_EQ(value.size(), 8 + 1 + (4 * (28 + text.size()) + 2) / 3);
    EXPECT_EQ(plaintext_of(both.open(kRow, value)), text);
  }
}

// The room for a value's data is used again: nothing of a longer one stays in a shorter one.
TEST(EncV2, IsReusedForValuesOfAllLengths) {
  SystemRandom random;
  EncV2 reused = cipher();
  for (const std::size_t size : {70'000u, 300u, 1u, 0u, 100u, 99u, 70'000u, 65'000u, 5u}) {
    const std::string text(size, 'x');
    const std::string value = reused.seal(kRow, text, random);
    EXPECT_EQ(plaintext_of(cipher().open(kRow, value)), text);
    EXPECT_EQ(reused.open(kRow, value + "=").verdict, Verdict::malformed);
    EXPECT_EQ(plaintext_of(reused.open(kRow, value)), text);
  }
}

// A value is at home in one cell and under one key.
TEST(EncV2, OpensNowhereElse) {
  struct Case {
    const char* what;
    Secret key;
    KeyId id;
    Column column;
    const char* row;
  };
  Case cases[] = {
      {"another row", data_key(), 7, kPhone, "8f14e45f-ceea-467f-a8f0-7c6b2b1c9a02"},
      {"a shorter row", data_key(), 7, kPhone, "8f14e45f"},
      {"no row", data_key(), 7, kPhone, ""},
      {"another column", data_key(), 7, {"clients", "phone2"}, kRow},
      {"another table", data_key(), 7, {"client", "phone"}, kRow},
      {"a letter that moved", data_key(), 7, {"client", "sphone"}, kRow},
      {"another key", data_key('\x43'), 7, kPhone, kRow},
      {"another key id", data_key(), 8, kPhone, kRow},
  };
  for (Case& one : cases) {
    const Opened opened = EncV2{one.key, one.id, one.column}.open(one.row, kValue);
    EXPECT_EQ(opened.verdict, Verdict::not_authentic) << one.what;
  }
}

TEST(EncV2, TellsAnIdThatWasExchanged) {
  const std::string value = std::string{"enc:v2:8:"} + (kValue + 9);
  EXPECT_EQ((EncV2{data_key(), 8, kPhone}.open(kRow, value).verdict), Verdict::not_authentic);
}

TEST(EncV2, RefusesEveryFlippedBit) {
  const std::string data = from_base64url(kValue + 9).value();
  EncV2 opening = cipher();
  for (std::size_t bit = 0; bit < data.size() * 8; ++bit) {
    std::string other = data;
    other[bit / 8] = static_cast<char>(other[bit / 8] ^ 1 << bit % 8);
    const Opened opened = opening.open(kRow, "enc:v2:7:" + to_base64url(bytes_of(other)));
    EXPECT_EQ(opened.verdict, Verdict::not_authentic) << bit;
    EXPECT_TRUE(opened.plaintext.empty()) << bit;
  }
}

std::string without(std::size_t bytes) {
  const std::string data = from_base64url(kValue + 9).value();
  return "enc:v2:7:" + to_base64url(bytes_of(data).first(data.size() - bytes));
}

TEST(EncV2, NamesWhatIsMalformed) {
  const std::string value = kValue;
  const std::string data = value.substr(9);
  struct Case {
    std::string value;
    Refusal refusal;
  };
  const Case cases[] = {
      {"enc:v2:", Refusal::key_id},
      {"enc:v2:7", Refusal::key_id},
      {"enc:v2::" + data, Refusal::key_id},
      {"enc:v2:0:" + data, Refusal::key_id},
      {"enc:v2:07:" + data, Refusal::key_id},
      {"enc:v2:+7:" + data, Refusal::key_id},
      {"enc:v2:-7:" + data, Refusal::key_id},
      {"enc:v2: 7:" + data, Refusal::key_id},
      {"enc:v2:7a:" + data, Refusal::key_id},
      {"enc:v2:2147483648:" + data, Refusal::key_id},
      {"enc:v2:7:", Refusal::nonce_size},
      {"enc:v2:7:AAECAwQFBgcICQo", Refusal::nonce_size},
      {without(17), Refusal::tag_truncated},
      {"enc:v2:7:" + data + "=", Refusal::padding},
      {"enc:v2:7: " + data, Refusal::white_space},
      {"enc:v2:7:" + data + "\n", Refusal::white_space},
      {"enc:v2:7:+" + data.substr(1), Refusal::other_alphabet},
      {"enc:v2:7:ä" + data.substr(1), Refusal::foreign_character},
      {"enc:v2:7:" + data + ":", Refusal::foreign_character},
      {"enc:v2:7:" + data.substr(0, data.size() - 1) + "9", Refusal::stray_bits},
  };
  for (const Case& one : cases) {
    const Opened opened = cipher().open(kRow, one.value);
    EXPECT_EQ(opened.verdict, Verdict::malformed) << one.value;
    EXPECT_STREQ(to_string(opened.refusal), to_string(one.refusal)) << one.value;
  }
}

TEST(EncV2, ClaimsItsPrefixOnly) {
  for (const char* other :
       {"", "enc:v2", "ENC:V2:7:x", " enc:v2:7:", "enc:v1:a:b:c", "enc:v2c:7:x"}) {
    EXPECT_FALSE(EncV2::claims(other)) << other;
    EXPECT_EQ(cipher().open(kRow, other).verdict, Verdict::not_encrypted) << other;
    EXPECT_EQ(EncV2::key_id_of(other), std::nullopt) << other;
  }
}

TEST(EncV2, RefusesKeysIdsAndNamesThatAreNone) {
  SystemRandom random;
  EXPECT_EQ(testing::error_of([] { EncV2(Secret{"short"}, 7, kPhone); }).code(), ErrorCode::crypto);
  EXPECT_EQ(testing::error_of([] { EncV2(data_key(), 0, kPhone); }).code(), ErrorCode::crypto);
  EXPECT_EQ(testing::error_of([] {
              EncV2(data_key(), 7, {"", "phone"});
            }).code(),
            ErrorCode::crypto);
  EXPECT_EQ(testing::error_of([&] { cipher().seal("", kText, random); }).code(), ErrorCode::crypto);
  const std::string long_one(kFieldBytesMax + 1, 'x');
  EXPECT_EQ(testing::error_of([&] { cipher().seal(kRow, long_one, random); }).code(),
            ErrorCode::crypto);
}

}  // namespace
}  // namespace pcx::crypto
