#include "audit/note_key.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "crypto/encoding.h"
#include "tests/audit/known_keys.h"
#include "tests/support/errors.h"
#include "tests/support/fixed_random.h"

namespace pcx::audit {
namespace {

std::string fault_of_verifier(std::string_view text) {
  try {
    return "none: " + VerifierKey::parse(text).label();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::data);
    return error.what();
  }
}

std::string fault_of_signer(std::string_view text) {
  try {
    return "none: " + SigningKey::parse(Secret{text}).verifier().label();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::crypto);
    return error.what();
  }
}

TEST(VerifierKey, IsReadAndWrittenAsGoDoes) {
  const VerifierKey peter = VerifierKey::parse(kPeterVerifier);
  EXPECT_EQ(peter.name(), "PeterNeumann");
  EXPECT_EQ(peter.id(), 0xc74f20a3u);
  EXPECT_EQ(peter.label(), "PeterNeumann+c74f20a3");
  EXPECT_EQ(peter.text(), kPeterVerifier);
  EXPECT_EQ(VerifierKey("PeterNeumann", peter.public_key()), peter);
  EXPECT_EQ(VerifierKey::parse(kEnochVerifier).text(), kEnochVerifier);
}

// As Go's TestNewVerifier: no part of a key is a key, nor one with another letter.
TEST(VerifierKey, IsReadStrictly) {
  const std::string text{kPeterVerifier};
  for (std::size_t begin = 0; begin <= text.size(); ++begin) {
    for (std::size_t size = 1; begin + size <= text.size(); ++size) {
      if (size == text.size()) continue;
      ASSERT_THROW(VerifierKey::parse(text.substr(begin, size)), Error) << begin << ", " << size;
    }
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string other = text;
    ++other[at];
    ASSERT_THROW(VerifierKey::parse(other), Error) << other;
  }
}

TEST(VerifierKey, IsRefusedWithAReason) {
  struct Case {
    const char* text;
    const char* fault;
  };
  const Case cases[] = {
      {"", "malformed verifier key"},
      // Of Go's TestNewVerifier: a key of another length and one for another algorithm.
      {"PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
       "malformed verifier key"},
      {"PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
       "malformed verifier key"},
      {"PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
       "the id of verifier key PeterNeumann+c74f20a3 is not C74F20A3"},
      {"EnochRoot+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
       "the id of verifier key EnochRoot+13291719 is not c74f20a3"},
      {"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq_LDE4izWy10TW",
       "malformed verifier key"},
      {"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n",
       "malformed verifier key"},
      {"PeterNeumann+c74f20a3-ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
       "malformed verifier key"},
      {"+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "malformed verifier key"},
      {"Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
       "malformed verifier key"},
      {"PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
       "malformed verifier key"},
  };
  for (const Case& one : cases) EXPECT_EQ(fault_of_verifier(one.text), one.fault) << one.text;
}

TEST(SigningKey, IsReadAndWrittenAsGoDoes) {
  const SigningKey peter = SigningKey::parse(Secret{kPeterSigner});
  EXPECT_EQ(peter.text().reveal_text(), kPeterSigner);
  EXPECT_EQ(peter.verifier().text(), kPeterVerifier);
  const SigningKey from_file = SigningKey::parse(Secret{std::string{kPeterSigner} + "\n"});
  EXPECT_EQ(from_file.text().reveal_text(), kPeterSigner);
}

// As Go's example of GenerateKey, whose randomness is zeros.
TEST(SigningKey, IsMadeOfRandomness) {
  testing::FixedRandom random{std::string(32, '\0')};
  const SigningKey enoch = SigningKey::generate("EnochRoot", random);
  EXPECT_EQ(enoch.verifier().text(), kEnochVerifier);
  EXPECT_EQ(enoch.text().reveal_text(),
            "PRIVATE+KEY+EnochRoot+af0cfe78+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
  SystemRandom system;
  const SigningKey fresh = SigningKey::generate("\u00e9cole.example/log", system);
  const SigningKey again = SigningKey::parse(fresh.text());
  EXPECT_EQ(again.verifier(), fresh.verifier());
  EXPECT_TRUE(fresh.verifier().verify("text\n", again.sign("text\n")));
  EXPECT_FALSE(fresh.verifier().verify("text\n", enoch.sign("text\n")));
  EXPECT_FALSE(fresh.verifier().verify("text", again.sign("text\n")));
}

TEST(SigningKey, IsReadStrictly) {
  const std::string text{kPeterSigner};
  for (std::size_t at = 0; at < text.size(); ++at) {
    ASSERT_THROW(SigningKey::parse(Secret{text.substr(0, at)}), Error) << at;
    ASSERT_THROW(SigningKey::parse(Secret{text.substr(at + 1)}), Error) << at;
    std::string other = text;
    ++other[at];
    ASSERT_THROW(SigningKey::parse(Secret{other}), Error) << at;
  }
  ASSERT_THROW(SigningKey::parse(Secret{text + "\n\n"}), Error);
  ASSERT_THROW(SigningKey::parse(Secret{text + "\r\n"}), Error);
  ASSERT_THROW(SigningKey::parse(Secret{" " + text}), Error);
  ASSERT_THROW(SigningKey::parse(Secret{kPeterVerifier}), Error);
}

TEST(SigningKey, IsNotInTheReasonItIsRefusedFor) {
  std::string other_id{kPeterSigner};
  other_id[other_id.find("c74f")] = 'd';
  EXPECT_EQ(fault_of_signer(other_id),
            "the id in the signing key of PeterNeumann is another key's");
  EXPECT_EQ(fault_of_signer(std::string{kPeterSigner}.substr(1)), "malformed signing key");
}

TEST(KeyName, IsTextWithoutWhiteSpaceAndPlus) {
  for (const std::string& name : {std::string{"a"}, std::string{"purple-cross/audit/7441/1"},
                                  std::string{"\u00e9\u20ac\U0001f600"}, std::string{"a.b:c@d"},
                                  std::string(255, 'n'), std::string{"\u200b"}}) {
    EXPECT_TRUE(is_key_name(name)) << name;
  }
  for (const std::string& name : {std::string{},          std::string{"a b"},
                                  std::string{"a+b"},     std::string{"a\tb"},
                                  std::string{"a\n"},     std::string{"\r"},
                                  std::string{"\v"},      std::string{"\f"},
                                  std::string{"a\x01"},   std::string(1, '\0'),
                                  std::string{"a\u0085"}, std::string{"\u00a0"},
                                  std::string{"\u1680"},  std::string{"\u2000"},
                                  std::string{"\u200a"},  std::string{"\u2028"},
                                  std::string{"\u2029"},  std::string{"\u202f"},
                                  std::string{"\u205f"},  std::string{"\u3000"},
                                  std::string{"a\xff"},   std::string{"\xed\xa0\x80"},
                                  std::string(256, 'n')}) {
    EXPECT_FALSE(is_key_name(name)) << name;
    SeededRandom random{1};
    const Error error = testing::error_of([&] { SigningKey::generate(name, random); });
    EXPECT_EQ(error.code(), ErrorCode::data);
    EXPECT_EQ(error.hint(), "Name it without white space and '+', in at most 255 bytes.");
  }
  EXPECT_EQ(fault_of_verifier("a\u202e+c74f\x1b[3x+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
            "the id of verifier key a\\u{202e}+781f2c0c is not c74f\\x1b[3x");
  EXPECT_STREQ(testing::error_of([] { VerifierKey("a b", {}); }).what(),
               "'a b' cannot be the name of a signing key");
}

}  // namespace
}  // namespace pcx::audit
