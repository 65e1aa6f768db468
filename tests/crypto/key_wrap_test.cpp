#include "crypto/key_wrap.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/crypto/vectors.h"
#include "tests/support/errors.h"

namespace pcx::crypto {
namespace {

std::optional<std::string> unwrap(KeyWrap form, const Secret& wrapping_key,
                                  const std::string& wrapped) {
  const auto key = unwrap_key(form, wrapping_key, bytes_of(wrapped));
  if (!key) return std::nullopt;
  return std::string{key->reveal_text()};
}

struct Counts {
  int valid = 0;
  int invalid = 0;
};

// "acceptable" is what OpenSSL and RFC 3394 do not take: one block only.
Counts run_wycheproof(KeyWrap form, const std::string& file) {
  Counts counts;
  for_each_wycheproof(file, [&](const Document& group, const Document& test) {
    if (number_at(group, "keySize") != 256) return;
    const Secret wrapping_key{hex_at(test, "key")};
    const std::string key = hex_at(test, "msg");
    const std::string wrapped = hex_at(test, "ct");
    SCOPED_TRACE(number_at(test, "tcId"));
    if (is_valid(test)) {
      ++counts.valid;
      EXPECT_EQ(to_hex(bytes_of(wrap_key(form, wrapping_key, Secret{key}))),
                to_hex(bytes_of(wrapped)));
      EXPECT_EQ(unwrap(form, wrapping_key, wrapped), key);
    } else {
      ++counts.invalid;
      EXPECT_EQ(unwrap(form, wrapping_key, wrapped), std::nullopt);
    }
  });
  return counts;
}

TEST(KeyWrap, AgreesWithWycheproofWithPadding) {
  const Counts counts = run_wycheproof(KeyWrap::padded, "aes_kwp_test.json");
  EXPECT_EQ(counts.valid, 25);
  EXPECT_EQ(counts.invalid, 69);
}

TEST(KeyWrap, AgreesWithWycheproofWithoutPadding) {
  const Counts counts = run_wycheproof(KeyWrap::plain, "aes_wrap_test.json");
  EXPECT_EQ(counts.valid, 13);
  EXPECT_EQ(counts.invalid, 55);
}

TEST(KeyWrap, RefusesEveryFlippedBit) {
  const Secret wrapping_key{std::string(kKeyWrapKeyBytes, 'w')};
  const std::string wrapped = wrap_key(KeyWrap::padded, wrapping_key, Secret{std::string(33, 'k')});
  EXPECT_EQ(wrapped.size(), 48u);
  for (std::size_t bit = 0; bit < wrapped.size() * 8; ++bit) {
    std::string other = wrapped;
    other[bit / 8] = static_cast<char>(other[bit / 8] ^ 1 << bit % 8);
    EXPECT_EQ(unwrap(KeyWrap::padded, wrapping_key, other), std::nullopt) << bit;
  }
}

TEST(KeyWrap, RefusesSizesThatTheFormDoesNotTake) {
  const Secret wrapping_key{std::string(kKeyWrapKeyBytes, 'w')};
  struct Case {
    KeyWrap form;
    std::size_t size;
  };
  for (const Case& one : {Case{KeyWrap::padded, 0},
                          {KeyWrap::padded, kWrappedKeyBytesMax + 1},
                          {KeyWrap::plain, 0},
                          {KeyWrap::plain, 8},
                          {KeyWrap::plain, 17}}) {
    const Secret key = Secret::with_size(one.size);
    const Error error = testing::error_of([&] { wrap_key(one.form, wrapping_key, key); });
    EXPECT_EQ(error.code(), ErrorCode::crypto) << one.size;
  }
  for (const std::size_t size : {0u, 8u, 15u, 17u, 23u}) {
    EXPECT_EQ(unwrap(KeyWrap::plain, wrapping_key, std::string(size, 'x')), std::nullopt) << size;
    EXPECT_EQ(unwrap(KeyWrap::padded, wrapping_key, std::string(size, 'x')), std::nullopt) << size;
  }
}

TEST(KeyWrap, RefusesAWrappingKeyOfAnotherSize) {
  const Secret key{std::string(32, 'k')};
  const Secret short_one{std::string(31, 'w')};
  const Error wrapping = testing::error_of([&] { wrap_key(KeyWrap::padded, short_one, key); });
  EXPECT_STREQ(wrapping.what(), "a key for AES-256 key wrap has 32 bytes, not 31");
  EXPECT_THROW(unwrap(KeyWrap::padded, short_one, std::string(40, 'x')), Error);
}

}  // namespace
}  // namespace pcx::crypto
