// Keys for tests of the scanner, and what it has to find, told in the plainest way.
#pragma once

#include <cstdint>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "apikey/token.h"
#include "core/random.h"

namespace pcx::apikey::testing {

inline constexpr std::string_view kBase62 =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

inline std::string base62_text(Random& random, std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += kBase62[random.below(kBase62.size())];
  return text;
}

inline std::string with_checksum(std::string text) {
  const auto digits = token_checksum(text);
  return text.append(digits.data(), digits.size());
}

inline std::string random_key(Random& random) {
  const std::string kind = random.below(2) == 0 ? "pcx_live_" : "pcx_test_";
  return with_checksum(kind + base62_text(random, 10) + "_" + base62_text(random, 43));
}

// Right prefix and length, wrong checksum.
inline std::string near_miss(Random& random) {
  std::string key = random_key(random);
  char& last = key.back();
  last = last == '0' ? '1' : '0';
  return key;
}

struct Place {
  std::uint64_t offset;
  std::string key;
  bool operator==(const Place&) const = default;
};

// CRC-32 bit by bit, as the standard tells it.
inline std::uint32_t plain_crc32(std::string_view text) {
  std::uint32_t crc = 0xffffffff;
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320u : 0u);
  }
  return ~crc;
}

// Every place is tried with a regular expression, and the checksum read as a number.
inline std::vector<Place> plainly_found(const std::string& text) {
  static const std::regex shape{"pcx_(live|test)_[0-9A-Za-z]{10}_[0-9A-Za-z]{49}"};
  constexpr std::size_t kBytes = 69;
  std::vector<Place> places;
  for (std::size_t at = 0; at + kBytes <= text.size(); ++at) {
    const std::string candidate = text.substr(at, kBytes);
    if (!std::regex_match(candidate, shape)) continue;
    std::uint64_t number = 0;
    for (const char c : candidate.substr(kBytes - 6)) number = number * 62 + kBase62.find(c);
    if (number == plain_crc32(candidate.substr(0, kBytes - 6))) places.push_back({at, candidate});
  }
  return places;
}

}  // namespace pcx::apikey::testing
