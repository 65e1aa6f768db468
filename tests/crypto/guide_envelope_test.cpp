#include "crypto/guide_envelope.h"

#include <map>

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/json.h"
#include "tests/crypto/vectors.h"
#include "tests/support/fixed_random.h"

namespace pcx::crypto {
namespace {

constexpr char kKey[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

Secret some_key() { return Secret{std::string_view{kKey}}; }

std::string plaintext_of(const Opened& opened) {
  EXPECT_EQ(opened.verdict, Verdict::authentic) << to_string(opened.refusal);
  return std::string{opened.plaintext.reveal_text()};
}

TEST(GuideEnvelope, OpensAndSealsAsTheGuideDoes) {
  const Document file = testing::data_json("guide-crypto-vectors.json");
  const auto& cases = file.find("encrypted")->items();
  EXPECT_EQ(cases.size(), 20u);
  for (const Document& test : cases) {
    const std::string& json = text_at(test, "json");
    GuideEnvelope cipher{Secret{text_at(test, "key")}};
    EXPECT_EQ(plaintext_of(cipher.open(json)), text_at(test, "plaintext"));
    testing::FixedRandom nonce{hex_at(parse_json(json, "vector"), "iv")};
    EXPECT_EQ(cipher.seal(text_at(test, "plaintext"), nonce), json);
  }
}

// By the vector's note: where Node accepts and pcx refuses, and where both refuse.
const std::map<std::string, Refusal> kNodeIsLenient = {
    {"upper case hex", Refusal::other_alphabet},    {"tag cut to 12 bytes", Refusal::tag_truncated},
    {"tag cut to 4 bytes", Refusal::tag_truncated}, {"12-byte iv", Refusal::nonce_size},
    {"extra field in JSON", Refusal::extra_part},
};
const std::map<std::string, Refusal> kNodeThrows = {
    {"tag empty", Refusal::tag_truncated},
    {"odd number of hex digits in data", Refusal::odd_length},
    {"not hex in data", Refusal::foreign_character},
    {"iv empty", Refusal::nonce_size},
};

struct Met {
  std::map<std::string, Refusal> lenient;
  std::map<std::string, Refusal> thrown;
  int opened = 0;
  int not_authentic = 0;
  int bad_keys = 0;
};

void meet(const Document& test, Met& met) {
  const std::string& note = text_at(test, "note");
  if (note.starts_with("key ") && note != "key order in JSON swapped") {
    ++met.bad_keys;
    EXPECT_THROW(GuideEnvelope{Secret{text_at(test, "key")}}, Error) << note;
    return;
  }
  GuideEnvelope cipher{Secret{text_at(test, "key")}};
  const Opened opened = cipher.open(text_at(test, "json"));
  const Document* const plaintext = test.find("plaintext");
  if (opened.verdict == Verdict::malformed) {
    (plaintext == nullptr ? met.thrown : met.lenient)[note] = opened.refusal;
  } else if (opened.verdict == Verdict::authentic) {
    ++met.opened;
    ASSERT_NE(plaintext, nullptr) << note;
    EXPECT_EQ(opened.plaintext.reveal_text(), *plaintext->text()) << note;
  } else {
    ++met.not_authentic;
    EXPECT_EQ(opened.verdict, Verdict::not_authentic) << note;
    EXPECT_EQ(plaintext, nullptr) << note;
  }
}

TEST(GuideEnvelope, RefusesByNameExactlyWhereNodeIsLenient) {
  const Document file = testing::data_json("guide-crypto-vectors.json");
  const auto& cases = file.find("decrypt")->items();
  Met met;
  for (const Document& test : cases) meet(test, met);
  EXPECT_EQ(met.lenient, kNodeIsLenient);
  EXPECT_EQ(met.thrown, kNodeThrows);
  EXPECT_EQ(met.opened, 2);
  EXPECT_EQ(met.not_authentic, 4);
  EXPECT_EQ(met.bad_keys, 3);
  EXPECT_EQ(cases.size(), 18u);
}

constexpr char kValue[] =
    R"({"encrypted":"b6e4f9b5ffd5464ecb4e12056e12a634e7399921",)"
    R"("iv":"000102030405060708090a0b0c0d0e0f","tag":"ca7e6c12f8f9fc9c3c692e20b424f1f2"})";

TEST(GuideEnvelope, GivesTheKnownAnswer) {
  GuideEnvelope cipher{some_key()};
  testing::FixedRandom nonce{unhex("000102030405060708090a0b0c0d0e0f")};
  const std::string plaintext = plaintext_of(cipher.open(kValue));
  EXPECT_EQ(plaintext, "Rex, born 2019-04-01");
  EXPECT_EQ(cipher.seal(plaintext, nonce), kValue);
}

// Wycheproof's AES-GCM with nonces of 16 bytes; it has none that are invalid, so each is broken
// here.
TEST(GuideEnvelope, AgreesWithWycheproof) {
  int run = 0;
  for_each_wycheproof("aes_gcm_test.json", [&](const Document& group, const Document& test) {
    if (number_at(group, "keySize") != 256 || number_at(group, "ivSize") != 128) return;
    ++run;
    SCOPED_TRACE(number_at(test, "tcId"));
    const auto written = [&](const std::string& tag) {
      return R"({"encrypted":")" + text_at(test, "ct") + R"(","iv":")" + text_at(test, "iv") +
             R"(","tag":")" + tag + R"("})";
    };
    const std::string value = written(text_at(test, "tag"));
    GuideEnvelope cipher{Secret{text_at(test, "key")}};
    testing::FixedRandom nonce{hex_at(test, "iv")};
    EXPECT_EQ(cipher.seal(hex_at(test, "msg"), nonce), value);
    EXPECT_EQ(plaintext_of(cipher.open(value)), hex_at(test, "msg"));
    std::string tag = hex_at(test, "tag");
    tag[15] = static_cast<char>(tag[15] ^ 1);
    EXPECT_EQ(cipher.open(written(to_hex(bytes_of(tag)))).verdict, Verdict::not_authentic);
  });
  EXPECT_EQ(run, 19);
}

TEST(GuideEnvelope, ReadsItAsJsonbWritesIt) {
  GuideEnvelope cipher{some_key()};
  EXPECT_EQ(
      plaintext_of(cipher.open("\n {\"iv\": \"000102030405060708090a0b0c0d0e0f\",\t"
                               "\"tag\" : \"ca7e6c12f8f9fc9c3c692e20b424f1f2\", \r\n"
                               "\"encrypted\": \"b6e4f9b5ffd5464ecb4e12056e12a634e7399921\" } ")),
      "Rex, born 2019-04-01");
}

struct Broken {
  std::string value;
  Refusal refusal;
};

class GuideRefuses : public ::testing::TestWithParam<Broken> {};

TEST_P(GuideRefuses, ByName) {
  const Opened opened = GuideEnvelope{some_key()}.open(GetParam().value);
  EXPECT_EQ(opened.verdict, Verdict::malformed);
  EXPECT_STREQ(to_string(opened.refusal), to_string(GetParam().refusal)) << GetParam().value;
}

INSTANTIATE_TEST_SUITE_P(
    Values, GuideRefuses,
    ::testing::Values(Broken{R"({"encrypted":"00"})", Refusal::missing_part},
                      Broken{R"({"encrypted":"00","iv":"00"})", Refusal::missing_part},
                      Broken{R"({"encrypted":"00","encrypted":"00"})", Refusal::repeated_part},
                      Broken{R"({"encrypted":"00","iv":"00","tag":"00","tag":"00"})",
                             Refusal::repeated_part},
                      Broken{R"({"encrypted":"00",)", Refusal::not_json},
                      Broken{R"({"encrypted":"00)", Refusal::not_json},
                      Broken{R"({"encrypted":"\u0030\u0030"})", Refusal::not_json},
                      Broken{R"({"encrypted":7})", Refusal::not_json},
                      Broken{R"({"encrypted":null,"iv":null,"tag":null})", Refusal::not_json},
                      Broken{R"({"encrypted":"00","iv" "00"})", Refusal::not_json},
                      Broken{R"({"encrypted":"00"}})", Refusal::not_json},
                      Broken{std::string{kValue} + "x", Refusal::not_json},
                      Broken{R"({"name":"Rex","encrypted":true})", Refusal::extra_part},
                      Broken{R"({"encrypted":"0 ","iv":"000102030405060708090a0b0c0d0e0f",)"
                             R"("tag":"ca7e6c12f8f9fc9c3c692e20b424f1f2"})",
                             Refusal::white_space}));

class NotOfTheGuide : public ::testing::TestWithParam<const char*> {};

TEST_P(NotOfTheGuide, IsNotEncrypted) {
  GuideEnvelope cipher{some_key()};
  EXPECT_FALSE(cipher.claims(GetParam()));
  EXPECT_EQ(cipher.open(GetParam()).verdict, Verdict::not_encrypted);
}

INSTANTIATE_TEST_SUITE_P(Values, NotOfTheGuide,
                         ::testing::Values("", " ", "plain", "\"encrypted\"", "[\"encrypted\"]",
                                           R"({"state":"encrypted"})",
                                           R"({"a":"encrypted","b":"encrypted"})", "enc:v1:a:b:c",
                                           "{"));

TEST(GuideEnvelope, NamesTheKeyItCannotUse) {
  try {
    GuideEnvelope cipher{Secret{std::string_view{"0123"}}};
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::crypto);
    EXPECT_EQ(std::string{error.what()}, "the encryption key is not 64 hexadecimal digits");
  }
}

TEST(GuideEnvelope, RefusesFieldsAboveTheLimit) {
  SeededRandom random{1};
  EXPECT_THROW(GuideEnvelope{some_key()}.seal(std::string(kFieldBytesMax + 1, 'x'), random), Error);
}

TEST(GuideEnvelope, TakesTheKeyItselfToo) {
  SeededRandom random{1};
  const std::string sealed = GuideEnvelope{some_key()}.seal("Rex", random);
  GuideEnvelope raw{GuideEnvelope::FromKey{GuideEnvelope::read_key(some_key())}};
  EXPECT_EQ(raw.open(sealed).plaintext.reveal_text(), "Rex");
  EXPECT_THROW(GuideEnvelope{GuideEnvelope::FromKey{Secret{std::string_view{"short"}}}}, Error);
}

}  // namespace
}  // namespace pcx::crypto
