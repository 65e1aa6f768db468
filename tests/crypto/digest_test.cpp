#include "crypto/digest.h"

#include <gtest/gtest.h>

namespace pcx::crypto {
namespace {

struct Known {
  std::string text;
  const char* hex;
};

class Sha256Of : public ::testing::TestWithParam<Known> {};

TEST_P(Sha256Of, IsTheKnownAnswer) { EXPECT_EQ(sha256_hex(GetParam().text), GetParam().hex); }

// FIPS 180-4 examples (csrc.nist.gov, "SHA-256 examples"): one block, two blocks, a million 'a'.
INSTANTIATE_TEST_SUITE_P(
    Fips180, Sha256Of,
    ::testing::Values(Known{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
                      Known{"abc",
                            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
                      Known{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
                      Known{std::string(1'000'000, 'a'),
                            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"}));

TEST(Sha256, IsTheSamePieceByPiece) {
  Sha256 pieces;
  for (int i = 0; i < 1000; ++i) pieces.update(std::string(1000, 'a'));
  EXPECT_EQ(pieces.finish(), sha256(std::string(1'000'000, 'a')));
}

TEST(Sha256, StartsAgainAfterFinish) {
  Sha256 pieces;
  pieces.update("something else");
  pieces.finish();
  EXPECT_EQ(pieces.finish(), sha256(""));
  pieces.update("abc");
  EXPECT_EQ(pieces.finish(), sha256("abc"));
}

// The application's hashToken(), all known answers of its vectors (Node 20).
INSTANTIATE_TEST_SUITE_P(
    HashToken, Sha256Of,
    ::testing::Values(
        Known{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        Known{"a", "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"},
        Known{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        Known{"\u00e9", "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c"},
        Known{"\U0001f600", "f0443a342c5ef54783a111b51ba56c938e474c32324d90c3a60c9c8e3a37e2d9"},
        Known{"b2148a71", "f5f0cfcbe3a29e263520280ad71fbf7175cef8552beef300000f4de9c112ea24"}));

}  // namespace
}  // namespace pcx::crypto
