#include "crypto/ed25519.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/crypto/vectors.h"
#include "tests/support/errors.h"

namespace pcx::crypto {
namespace {

Ed25519PublicKey public_key_of(std::string_view digits) {
  Ed25519PublicKey key;
  const std::string bytes = unhex(digits);
  std::ranges::copy(bytes_of(bytes), key.begin());
  return key;
}

struct Vector {
  const char* private_key;
  const char* public_key;
  const char* message;
  const char* signature;
};

// RFC 8032, section 7.1, tests 1 to 3.
constexpr Vector kRfc8032[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "46b"
     "d25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d8c"
     "387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "659"
     "4a7c15e9716ed28dc027beceea1ec40a"},
};

TEST(Ed25519, GivesTheAnswersOfRfc8032) {
  for (const Vector& one : kRfc8032) {
    const Ed25519Signer signer{Secret{unhex(one.private_key)}};
    const std::string message = unhex(one.message);
    EXPECT_EQ(to_hex(signer.public_key()), one.public_key);
    const Ed25519Signature signature = signer.sign(bytes_of(message));
    EXPECT_EQ(to_hex(signature), one.signature);
    EXPECT_TRUE(verify_ed25519(public_key_of(one.public_key), bytes_of(message), signature));
  }
}

TEST(Ed25519, RefusesEveryFlippedBit) {
  SystemRandom random;
  const Ed25519Signer signer{Ed25519Signer::make_key(random)};
  const std::string message = "200,000 values verified";
  const Ed25519Signature signature = signer.sign(bytes_of(message));
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    Ed25519Signature other = signature;
    other[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
    EXPECT_FALSE(verify_ed25519(signer.public_key(), bytes_of(message), other)) << bit;
  }
  EXPECT_FALSE(verify_ed25519(signer.public_key(), bytes_of("200,001 values verified"), signature));
  EXPECT_FALSE(verify_ed25519(signer.public_key(), bytes_of(message), Bytes{signature}.first(63)));
}

TEST(Ed25519, RefusesAPublicKeyThatIsNone) {
  const Ed25519Signer signer{Secret{unhex(kRfc8032[0].private_key)}};
  Ed25519PublicKey none;
  none.fill(std::byte{0xff});
  EXPECT_FALSE(verify_ed25519(none, bytes_of(""), signer.sign(bytes_of(""))));
}

TEST(Ed25519, RefusesAPrivateKeyOfAnotherSize) {
  const Error error =
      testing::error_of([] { const Ed25519Signer signer{Secret{std::string(31, 'k')}}; });
  EXPECT_EQ(error.code(), ErrorCode::crypto);
  EXPECT_STREQ(error.what(), "a key for Ed25519 has 32 bytes, not 31");
}

}  // namespace
}  // namespace pcx::crypto
