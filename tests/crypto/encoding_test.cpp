#include "crypto/encoding.h"

#include <gtest/gtest.h>

#include "core/random.h"

namespace pcx::crypto {
namespace {

struct Known {
  const char* text;
  const char* base64;
  const char* hex;
};

class EncodingOf : public ::testing::TestWithParam<Known> {};

TEST_P(EncodingOf, WritesAndReadsTheKnownText) {
  const auto [text, base64, hex] = GetParam();
  EXPECT_EQ(to_base64(bytes_of(text)), base64);
  EXPECT_EQ(from_base64(base64), text);
  EXPECT_EQ(to_hex(bytes_of(text)), hex);
  EXPECT_EQ(from_hex(hex), text);
}

// RFC 4648, section 10.
INSTANTIATE_TEST_SUITE_P(Rfc4648, EncodingOf,
                         ::testing::Values(Known{"", "", ""}, Known{"f", "Zg==", "66"},
                                           Known{"fo", "Zm8=", "666f"},
                                           Known{"foo", "Zm9v", "666f6f"},
                                           Known{"foob", "Zm9vYg==", "666f6f62"},
                                           Known{"fooba", "Zm9vYmE=", "666f6f6261"},
                                           Known{"foobar", "Zm9vYmFy", "666f6f626172"}));

TEST(Base64url, HasItsOwnAlphabetAndNoPadding) {
  EXPECT_EQ(to_base64url(bytes_of("\xfb\xff\xfe")), "-__-");
  EXPECT_EQ(to_base64(bytes_of("\xfb\xff\xfe")), "+//+");
  EXPECT_EQ(to_base64url(bytes_of("f")), "Zg");
  EXPECT_EQ(from_base64url("-__-"), "\xfb\xff\xfe");
  EXPECT_EQ(from_base64url("Zg"), "f");
  EXPECT_EQ(from_base64url("Zm8"), "fo");
  EXPECT_EQ(from_base64url("Zg=="), std::nullopt);
  EXPECT_EQ(from_base64url("+//+"), std::nullopt);
  EXPECT_EQ(from_base64url("Zh"), std::nullopt);
}

TEST(Encoding, ReadsBackEveryLengthOfRandomBytes) {
  SeededRandom random{7};
  for (std::size_t size = 0; size < 200; ++size) {
    std::string bytes(size, '\0');
    random.fill(std::as_writable_bytes(std::span{bytes.data(), bytes.size()}));
    EXPECT_EQ(from_base64(to_base64(bytes_of(bytes))), bytes);
    EXPECT_EQ(from_base64url(to_base64url(bytes_of(bytes))), bytes);
    EXPECT_EQ(from_hex(to_hex(bytes_of(bytes))), bytes);
  }
}

struct Faulty {
  const char* text;
  EncodingFault fault;
};

std::string sized(std::size_t size) { return std::string(size, '\0'); }

std::span<std::byte> room(std::string& bytes) {
  return std::as_writable_bytes(std::span{bytes.data(), bytes.size()});
}

class Base64Refuses : public ::testing::TestWithParam<Faulty> {};

TEST_P(Base64Refuses, ByName) {
  std::string bytes = sized(base64_bytes(GetParam().text));
  EXPECT_EQ(read_base64(GetParam().text, room(bytes)), GetParam().fault) << GetParam().text;
  EXPECT_EQ(from_base64(GetParam().text), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, Base64Refuses,
    ::testing::Values(
        Faulty{"Zm9v\n", EncodingFault::white_space}, Faulty{"Zm8=\n", EncodingFault::white_space},
        Faulty{"Zm 9v", EncodingFault::white_space}, Faulty{"Z\tg==", EncodingFault::white_space},
        Faulty{"-_-_", EncodingFault::other_alphabet},
        Faulty{"Zm9v_w==", EncodingFault::other_alphabet},
        Faulty{"Zm9*", EncodingFault::foreign_character},
        Faulty{"Zm9v*", EncodingFault::foreign_character},
        Faulty{"Zm\xc3\xa9", EncodingFault::foreign_character},
        Faulty{"Zg", EncodingFault::padding}, Faulty{"Zg=", EncodingFault::padding},
        Faulty{"Zm8", EncodingFault::padding}, Faulty{"Z", EncodingFault::padding},
        Faulty{"Zm9vZ", EncodingFault::padding}, Faulty{"=", EncodingFault::padding},
        Faulty{"==", EncodingFault::padding}, Faulty{"====", EncodingFault::padding},
        Faulty{"Zg===", EncodingFault::padding}, Faulty{"Zg==Zg==", EncodingFault::padding},
        Faulty{"Zm9v====", EncodingFault::padding}, Faulty{"Zm9vZ===", EncodingFault::padding},
        Faulty{"Zh==", EncodingFault::stray_bits}, Faulty{"Zm9=", EncodingFault::stray_bits},
        Faulty{"Zm9vYh==", EncodingFault::stray_bits}));

class HexRefuses : public ::testing::TestWithParam<Faulty> {};

TEST_P(HexRefuses, ByName) {
  std::string bytes = sized(hex_bytes(GetParam().text));
  EXPECT_EQ(read_hex(GetParam().text, room(bytes)), GetParam().fault) << GetParam().text;
  EXPECT_EQ(from_hex(GetParam().text), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Texts, HexRefuses,
                         ::testing::Values(Faulty{"0A", EncodingFault::other_alphabet},
                                           Faulty{"0 ", EncodingFault::white_space},
                                           Faulty{"0g", EncodingFault::foreign_character},
                                           Faulty{"001", EncodingFault::odd_length},
                                           Faulty{"00F", EncodingFault::other_alphabet},
                                           Faulty{"0", EncodingFault::odd_length}));

// For every four characters there is at most one reading, and it writes the same four again.
TEST(Base64, AcceptsOnlyWhatItWrites) {
  const std::string characters = "AQZaz09+/=-_ \n*";
  std::size_t accepted = 0;
  std::string text(4, ' ');
  for (const char a : characters) {
    for (const char b : characters) {
      for (const char c : characters) {
        for (const char d : characters) {
          text = {a, b, c, d};
          const auto bytes = from_base64(text);
          if (!bytes) continue;
          ++accepted;
          EXPECT_EQ(to_base64(bytes_of(*bytes)), text);
        }
      }
    }
  }
  // 9^4 whole groups; of the last characters before '=', A, Q and 0 (52 = 0b110100) leave no bits
  // for three (A Q 0), and A and Q for two.
  EXPECT_EQ(accepted, 9u * 9 * 9 * 9 + 9u * 9 * 3 + 9u * 2);
}

TEST(EncodingFault, HasAPhraseEach) {
  EXPECT_STREQ(to_string(EncodingFault::none), "nothing wrong");
  EXPECT_STREQ(to_string(EncodingFault::white_space), "white space");
  EXPECT_STREQ(to_string(EncodingFault::other_alphabet), "characters of the other alphabet");
  EXPECT_STREQ(to_string(EncodingFault::foreign_character), "foreign characters");
  EXPECT_STREQ(to_string(EncodingFault::padding), "wrong padding");
  EXPECT_STREQ(to_string(EncodingFault::stray_bits), "stray bits at the end");
  EXPECT_STREQ(to_string(EncodingFault::odd_length), "half a byte at the end");
  EXPECT_STREQ(to_string(static_cast<EncodingFault>(99)), "unknown");
}

}  // namespace
}  // namespace pcx::crypto
