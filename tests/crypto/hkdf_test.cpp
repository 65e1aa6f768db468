#include "crypto/hkdf.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/crypto/vectors.h"

namespace pcx::crypto {
namespace {

std::string derive(const std::string& key, const std::string& salt, const std::string& info,
                   std::size_t size) {
  const Secret derived = hkdf_sha256(Secret{key}, bytes_of(salt), info, size);
  return to_hex(derived.reveal_bytes());
}

std::string counting(unsigned first, unsigned last) {
  std::string bytes;
  for (unsigned value = first; value <= last; ++value) bytes += static_cast<char>(value);
  return bytes;
}

TEST(Hkdf, GivesTheAnswersOfRfc5869) {
  EXPECT_EQ(derive(std::string(22, '\x0b'), counting(0x00, 0x0c), counting(0xf0, 0xf9), 42),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  EXPECT_EQ(derive(counting(0x00, 0x4f), counting(0x60, 0xaf), counting(0xb0, 0xff), 82),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41"
            "c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");
  EXPECT_EQ(derive(std::string(22, '\x0b'), "", "", 42),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(Hkdf, AgreesWithWycheproof) {
  int derived = 0;
  int refused = 0;
  for_each_wycheproof("hkdf_sha256_test.json", [&](const Document&, const Document& test) {
    const auto size = static_cast<std::size_t>(number_at(test, "size"));
    const auto run = [&] {
      return derive(hex_at(test, "ikm"), hex_at(test, "salt"), hex_at(test, "info"), size);
    };
    if (is_valid(test)) {
      ++derived;
      EXPECT_EQ(run(), text_at(test, "okm")) << number_at(test, "tcId");
    } else {
      ++refused;
      EXPECT_THROW(run(), Error) << number_at(test, "tcId");
    }
  });
  EXPECT_EQ(derived, 83);
  EXPECT_EQ(refused, 3);
}

TEST(Hkdf, RefusesNoBytesAndTooMany) {
  EXPECT_EQ(derive("key", "", "", kHkdfBytesMax).size(), 2 * kHkdfBytesMax);
  for (const std::size_t size : {std::size_t{0}, kHkdfBytesMax + 1}) {
    try {
      derive("key", "", "", size);
      FAIL() << size;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::crypto);
      EXPECT_NE(std::string{error.what()}.find("1 to 8160 bytes"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace pcx::crypto
