#include "crypto/enc_v1.h"

#include <map>

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/crypto/vectors.h"
#include "tests/support/fixed_random.h"

namespace pcx::crypto {
namespace {

Document vectors() { return testing::data_json("field-crypto-vectors.json"); }

EncV1 cipher_of(const Document& test) { return EncV1{Secret{text_at(test, "key")}}; }

std::string plaintext_of(const Opened& opened) {
  EXPECT_EQ(opened.verdict, Verdict::authentic) << to_string(opened.refusal);
  return std::string{opened.plaintext.reveal_text()};
}

TEST(EncV1, OpensWhatTheApplicationSealed) {
  const Document file = vectors();
  const auto& cases = file.find("encrypted")->items();
  EXPECT_EQ(cases.size(), 44u);
  for (const Document& test : cases) {
    EXPECT_EQ(plaintext_of(cipher_of(test).open(text_at(test, "ciphertext"))),
              text_at(test, "plaintext"));
  }
}

TEST(EncV1, SealsAsTheApplicationDoes) {
  const Document file = vectors();
  const auto& cases = file.find("fixed_iv")->items();
  EXPECT_EQ(cases.size(), 24u);
  for (const Document& test : cases) {
    testing::FixedRandom nonce{hex_at(test, "iv_hex")};
    EXPECT_EQ(cipher_of(test).seal(text_at(test, "plaintext"), nonce), text_at(test, "ciphertext"));
    const Secret key = EncV1::derive_key(Secret{text_at(test, "key")});
    EXPECT_EQ(to_hex(key.reveal_bytes()), text_at(test, "derived_key_hex"));
  }
}

// The application's decrypt(), with what it answers, except where the tables below say otherwise:
// by the vector's note, the refusal.
const std::map<std::string, Refusal> kNodeIsLenient = {
    {"extra part is ignored", Refusal::extra_part},
    {"trailing newline ignored by base64 decoding", Refusal::white_space},
    {"space in base64 ignored", Refusal::white_space},
    {"padding removed", Refusal::padding},
    {"base64url alphabet", Refusal::other_alphabet},
    {"tag cut to 15 bytes", Refusal::tag_truncated},
    {"tag cut to 12 bytes", Refusal::tag_truncated},
    {"tag cut to 8 bytes", Refusal::tag_truncated},
    {"tag cut to 4 bytes", Refusal::tag_truncated},
    {"iv of 16 bytes", Refusal::nonce_size},
    {"iv of 8 bytes", Refusal::nonce_size},
    {"iv of 1 bytes", Refusal::nonce_size},
};

const std::map<std::string, Refusal> kNodeThrows = {
    {"prefix only", Refusal::missing_part},
    {"one part", Refusal::missing_part},
    {"two parts", Refusal::missing_part},
    {"text that only looks like ciphertext", Refusal::missing_part},
    {"ciphertext of the empty string, last colon missing", Refusal::missing_part},
    {"tag cut to 3 bytes", Refusal::tag_truncated},
    {"tag cut to 0 bytes", Refusal::tag_truncated},
    {"tag of 17 bytes", Refusal::tag_size},
};

// Node replaces what is not UTF-8; pcx keeps the bytes.
const std::map<std::string, std::string> kBytesKept = {{"plaintext bytes 61 ff fe 62 (not utf-8)",
                                                        "a\xff\xfe"
                                                        "b"}};

struct Met {  // notes of the vectors that fell into each table
  std::map<std::string, Refusal> lenient;
  std::map<std::string, Refusal> thrown;
  int opened = 0;
  int not_encrypted = 0;
  int not_authentic = 0;
  int impossible = 0;
};

void meet(const Document& test, Met& met) {
  const std::string& note = text_at(test, "note");
  if (test.find("cannot_make") != nullptr) {
    ++met.impossible;
    return;
  }
  const std::string& value = text_at(test, "value");
  EncV1 cipher = cipher_of(test);
  const Opened opened = cipher.open(value);
  const bool encrypted = std::get<bool>(test.find("is_encrypted")->scalar());
  EXPECT_EQ(cipher.claims(value), encrypted) << note;
  EXPECT_EQ(opened.verdict != Verdict::not_encrypted, encrypted) << note;
  const bool node_opens = encrypted && test.find("plaintext") != nullptr;
  switch (opened.verdict) {
    case Verdict::not_encrypted:
      ++met.not_encrypted;
      EXPECT_EQ(text_at(test, "plaintext"), value) << "the application hands it out unchanged";
      break;
    case Verdict::authentic: {
      ++met.opened;
      const auto kept = kBytesKept.find(note);
      EXPECT_TRUE(node_opens) << note;
      EXPECT_EQ(opened.plaintext.reveal_text(),
                kept == kBytesKept.end() ? text_at(test, "plaintext") : kept->second);
      break;
    }
    case Verdict::malformed:
      (node_opens ? met.lenient : met.thrown)[note] = opened.refusal;
      EXPECT_TRUE(opened.plaintext.empty()) << note;
      break;
    case Verdict::not_authentic:
      ++met.not_authentic;
      EXPECT_FALSE(node_opens) << note;
      EXPECT_TRUE(opened.plaintext.empty()) << note;
      break;
    case Verdict::ambiguous: FAIL() << "one key only";
  }
}

TEST(EncV1, RefusesByNameExactlyWhereNodeIsLenient) {
  const Document file = vectors();
  const auto& cases = file.find("decrypt")->items();
  Met met;
  for (const Document& test : cases) meet(test, met);
  EXPECT_EQ(met.lenient, kNodeIsLenient);
  EXPECT_EQ(met.thrown, kNodeThrows);
  EXPECT_EQ(met.opened, 5);
  EXPECT_EQ(met.not_encrypted, 6);
  EXPECT_EQ(met.not_authentic, 5);
  EXPECT_EQ(met.impossible, 1);
  EXPECT_EQ(cases.size(), 37u);
}

struct Known {
  const char* plaintext;
  const char* value;
};

class EncV1KnownAnswer : public ::testing::TestWithParam<Known> {};

TEST_P(EncV1KnownAnswer, IsWhatNodeMade) {
  EncV1 cipher{Secret{std::string_view{"pcx-kat-secret-0001"}}};
  testing::FixedRandom nonce{unhex("000102030405060708090a0b")};
  EXPECT_EQ(cipher.seal(GetParam().plaintext, nonce), GetParam().value);
  EXPECT_EQ(plaintext_of(cipher.open(GetParam().value)), GetParam().plaintext);
}

// Made with Node 20, secret pcx-kat-secret-0001.
INSTANTIATE_TEST_SUITE_P(
    Node20, EncV1KnownAnswer,
    ::testing::Values(
        Known{"Rex, born 2019-04-01",
              "enc:v1:AAECAwQFBgcICQoL:drhTN8JOqNj+5mPPO/g6Og==:+BBI7a5bmwYz00mCl18/53oRnCs="},
        Known{"", "enc:v1:AAECAwQFBgcICQoL:6p9vL02fU5TbSaueYM/r4w==:"},
        Known{"žluťoučký kůň 🐎",
              "enc:v1:AAECAwQFBgcICQoL:2RzXlaVOhR1t3UX94ZiZgg==:"
              "b8tctEucmwGZfhBxG0Z5EuH5JDrpI8u0"}));

struct Broken {
  const char* value;
  Refusal refusal;
};

class EncV1Refuses : public ::testing::TestWithParam<Broken> {};

TEST_P(EncV1Refuses, ByName) {
  EncV1 cipher{Secret{std::string_view{"pcx-kat-secret-0001"}}};
  const Opened opened = cipher.open(GetParam().value);
  EXPECT_EQ(opened.verdict, Verdict::malformed);
  EXPECT_STREQ(to_string(opened.refusal), to_string(GetParam().refusal));
}

INSTANTIATE_TEST_SUITE_P(
    Values, EncV1Refuses,
    ::testing::Values(
        Broken{"enc:v1:AAECAwQFBgcICQoL:6p9vL02fU5TbSaueYM/r4x==:", Refusal::stray_bits},
        Broken{"enc:v1:AAECAwQFBgcICQoL:6p9vL02fU5TbSaueYM/r4w==:A===", Refusal::padding},
        Broken{"enc:v1:AAECAwQFBgcICQoL:6p9vL02fU5TbSaueYM/r4w==:AA*=", Refusal::foreign_character},
        Broken{"enc:v1:::", Refusal::nonce_size},
        Broken{"enc:v1:AAECAwQFBgcICQoLAAECAwQFBgcICQoLAAECAwQFBgcICQoLAAECAwQF::",
               Refusal::nonce_size},
        Broken{"enc:v1:AAECAwQFBgcICQoL:AAECAwQFBgcICQoLAAECAwQFBgcICQoLAAECAwQFBgcICQoLAAEC:",
               Refusal::tag_size},
        Broken{"enc:v1:AAECAwQFBgcICQoL:6p9vL02fU5TbSaueYM/r4w==::", Refusal::extra_part}));

// Wycheproof's AES-GCM, where it is what a field is made of: nonces of 12 bytes, nothing
// associated.
TEST(EncV1, AgreesWithWycheproof) {
  int valid = 0;
  int invalid = 0;
  for_each_wycheproof("aes_gcm_test.json", [&](const Document& group, const Document& test) {
    if (number_at(group, "keySize") != 256 || number_at(group, "ivSize") != 96) return;
    if (!text_at(test, "aad").empty()) return;
    const std::string nonce = hex_at(test, "iv");
    const std::string tag = hex_at(test, "tag");
    const std::string data = hex_at(test, "ct");
    const std::string value = "enc:v1:" + to_base64(bytes_of(nonce)) + ":" +
                              to_base64(bytes_of(tag)) + ":" + to_base64(bytes_of(data));
    EncV1 cipher{EncV1::FromKey{Secret{hex_at(test, "key")}}};
    SCOPED_TRACE(number_at(test, "tcId"));
    if (is_valid(test)) {
      ++valid;
      testing::FixedRandom random{nonce};
      EXPECT_EQ(cipher.seal(hex_at(test, "msg"), random), value);
      EXPECT_EQ(plaintext_of(cipher.open(value)), hex_at(test, "msg"));
    } else {
      ++invalid;
      EXPECT_EQ(cipher.open(value).verdict, Verdict::not_authentic);
    }
  });
  EXPECT_EQ(valid, 21);
  EXPECT_EQ(invalid, 27);
}

TEST(EncV1, MakesAFreshNonceEachTime) {
  SystemRandom random;
  EncV1 cipher{Secret{std::string_view{"key"}}};
  const std::string one = cipher.seal("same", random);
  const std::string two = cipher.seal("same", random);
  EXPECT_NE(one, two);
  EXPECT_EQ(plaintext_of(cipher.open(one)), plaintext_of(cipher.open(two)));
  EXPECT_EQ(one.size(), 49u + 8u);
}

TEST(EncV1, OpensUnderTheDerivedKeyAlone) {
  SeededRandom random{1};
  const Secret passphrase{std::string_view{"passphrase"}};
  const std::string value = EncV1{passphrase}.seal("text", random);
  EncV1 derived{EncV1::FromKey{EncV1::derive_key(passphrase)}};
  EXPECT_EQ(plaintext_of(derived.open(value)), "text");
}

TEST(EncV1, RefusesAnEmptyKey) {
  try {
    EncV1 cipher{Secret{}};
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::crypto);
    EXPECT_EQ(std::string{error.what()}, "the field encryption key is empty");
    EXPECT_EQ(error.hint(), "Give the value of the application's FIELD_ENCRYPTION_KEY.");
  }
}

TEST(EncV1, RefusesFieldsAboveTheLimit) {
  SeededRandom random{1};
  EncV1 cipher{Secret{std::string_view{"key"}}};
  const std::string text(kFieldBytesMax + 1, 'x');
  EXPECT_THROW(cipher.seal(text, random), Error);
  const std::string data = to_base64(bytes_of(text));
  const Opened opened = cipher.open("enc:v1:AAECAwQFBgcICQoL:6p9vL02fU5TbSaueYM/r4w==:" + data);
  EXPECT_EQ(opened.refusal, Refusal::too_long);
}

}  // namespace
}  // namespace pcx::crypto
