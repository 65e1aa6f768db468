#include "apikey/hash.h"

#include <numeric>

#include <gtest/gtest.h>

#include "core/error.h"
#include "crypto/encoding.h"
#include "tests/support/errors.h"

namespace pcx::apikey {
namespace {

constexpr const char* kLive =
    "pcx_live_0123456789_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA2koefy";
constexpr const char* kTest =
    "pcx_test_ABCDEFGHIJ_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg2fq1Vw";

Secret counted_pepper() {
  std::string bytes(32, '\0');
  std::iota(bytes.begin(), bytes.end(), '\0');
  return Secret{bytes};
}

std::string hex_of(KeyHasher& hasher, std::string_view key) {
  return crypto::to_hex(hasher.hash(key));
}

// Made with Python: hmac.new(pepper, key, hashlib.sha256).hexdigest().
TEST(KeyHasher, GivesTheKnownAnswers) {
  KeyHasher one{counted_pepper()};
  KeyHasher other{Secret{std::string(32, '\x42')}};
  EXPECT_EQ(hex_of(one, kLive), "51cf23761fc97a6f9b633f7cd4ec036c6568123e450676a5792be1bcd47e509c");
  EXPECT_EQ(hex_of(one, kTest), "9c6309e619009d97d05960a9cdf39407ed0ed9f42f054207ffc1186e5b4615da");
  EXPECT_EQ(hex_of(one, "legacy-key-0001"),
            "93854b567e5812d5a99c7fa9d3338ab42093551577742f1623c052dca896d05f");
  EXPECT_EQ(hex_of(one, ""), "d38b42096d80f45f826b44a9d5607de72496a415d3f4a1a8c88e3bb9da8dc1cb");
  EXPECT_EQ(hex_of(other, kLive),
            "2f034b09dc570fb30d5c1178e5b7507c90a4b09cf8bf4263479589cef1ff7ad1");
  EXPECT_EQ(hex_of(one, kLive), "51cf23761fc97a6f9b633f7cd4ec036c6568123e450676a5792be1bcd47e509c");
}

TEST(KeyHasher, MatchesTheKeyAndNothingElse) {
  KeyHasher hasher{counted_pepper()};
  const KeyHash stored = hasher.hash(kLive);
  EXPECT_TRUE(hasher.matches(kLive, &stored));
  EXPECT_FALSE(hasher.matches(kTest, &stored));
  EXPECT_FALSE(hasher.matches("", &stored));
  EXPECT_FALSE(hasher.matches(kLive, nullptr));
  // A digest that was read from the table is no key.
  EXPECT_FALSE(hasher.matches(crypto::text_of(stored), &stored));
  EXPECT_FALSE(hasher.matches(crypto::to_hex(stored), &stored));
  EXPECT_FALSE(KeyHasher{Secret{std::string(32, '\x42')}}.matches(kLive, &stored));
  for (std::size_t bit = 0; bit < 256; ++bit) {
    KeyHash other = stored;
    other[bit / 8] ^= std::byte{1} << bit % 8;
    EXPECT_FALSE(hasher.matches(kLive, &other)) << bit;
  }
}

TEST(KeyHasher, RefusesAPepperThatIsNone) {
  for (const std::size_t size : {0u, 16u, 31u, 33u}) {
    const Error error =
        pcx::testing::error_of([&] { KeyHasher{Secret{std::string(size, '\x42')}}; });
    EXPECT_EQ(error.code(), ErrorCode::crypto);
    EXPECT_EQ(error.what(), "a pepper has 32 bytes, not " + std::to_string(size));
  }
}

TEST(KeyHash, IsReadFromItsBytes) {
  const std::string bytes(33, '\x07');
  const auto all = crypto::bytes_of(bytes);
  EXPECT_EQ(key_hash_of(all), std::nullopt);
  EXPECT_EQ(key_hash_of(all.first(31)), std::nullopt);
  EXPECT_EQ(key_hash_of({}), std::nullopt);
  const auto hash = key_hash_of(all.first(32));
  ASSERT_TRUE(hash);
  EXPECT_EQ(crypto::text_of(*hash), bytes.substr(1));
}

}  // namespace
}  // namespace pcx::apikey
