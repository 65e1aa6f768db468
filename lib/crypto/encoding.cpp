#include "crypto/encoding.h"

#include <array>
#include <cstdint>
#include <cstring>

namespace pcx::crypto {

namespace {

using Alphabet = std::array<char, 64>;
using Values = std::array<std::uint8_t, 256>;

constexpr std::uint8_t kNoValue = 0xff;
constexpr char kHexDigits[] = "0123456789abcdef";

constexpr Alphabet alphabet_ending(char c62, char c63) {
  Alphabet letters{};
  std::size_t next = 0;
  for (char c = 'A'; c <= 'Z'; ++c) letters[next++] = c;
  for (char c = 'a'; c <= 'z'; ++c) letters[next++] = c;
  for (char c = '0'; c <= '9'; ++c) letters[next++] = c;
  letters[62] = c62;
  letters[63] = c63;
  return letters;
}

constexpr Alphabet kStandard = alphabet_ending('+', '/');
constexpr Alphabet kUrl = alphabet_ending('-', '_');

// Base64 is written two characters at a time: the pair that stands for 12 bits.
using Pairs = std::array<std::array<char, 2>, 4096>;

constexpr Pairs pairs_of(const Alphabet& letters) {
  Pairs pairs{};
  for (std::size_t bits = 0; bits < pairs.size(); ++bits) {
    pairs[bits] = {letters[bits >> 6], letters[bits & 63]};
  }
  return pairs;
}

constexpr Pairs kStandardPairs = pairs_of(kStandard);
constexpr Pairs kUrlPairs = pairs_of(kUrl);

template <std::size_t Size>
constexpr Values values_of(const std::array<char, Size>& letters, std::size_t count = Size) {
  Values values{};
  for (auto& value : values) value = kNoValue;
  for (std::size_t i = 0; i < count; ++i) {
    values[static_cast<unsigned char>(letters[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}

constexpr Values kStandardValues = values_of(kStandard);
constexpr Values kUrlValues = values_of(kUrl);
constexpr Values kHexValues = values_of(std::to_array(kHexDigits), 16);

constexpr unsigned value_in(const Values& values, char c) {
  return values[static_cast<unsigned char>(c)];
}

// The loops below run over pointers: each access through a span or a string is checked, which
// would cost more than the work. They stay inside since they count whole groups.
void append(std::string& text, Bytes bytes, const Pairs& pairs, bool padded) {
  const std::size_t start = text.size();
  const std::size_t rest = bytes.size() % 3;
  const std::size_t last = rest == 0 ? 0 : (padded ? 4 : rest + 1);
  text.resize(start + bytes.size() / 3 * 4 + last, '=');
  const auto* from = reinterpret_cast<const unsigned char*>(bytes.data());
  char* to = text.data() + start;
  for (std::size_t left = bytes.size() / 3; left > 0; --left, from += 3, to += 4) {
    const unsigned group = unsigned{from[0]} << 16 | unsigned{from[1]} << 8 | from[2];
    std::memcpy(to, pairs[group >> 12].data(), 2);
    std::memcpy(to + 2, pairs[group & 4095].data(), 2);
  }
  if (rest == 0) return;
  const unsigned group = unsigned{from[0]} << 16 | (rest == 2 ? unsigned{from[1]} << 8 : 0);
  std::memcpy(to, pairs[group >> 12].data(), 2);
  if (rest == 2) to[2] = pairs[group & 4095][0];
}

// What is wrong with a text that did not decode; looked for only then. Misplaced padding is named
// last: a line break behind the '=' is the better reason.
EncodingFault fault_in(std::string_view text, const Values& values, std::string_view other) {
  for (const char c : text) {
    if (value_in(values, c) != kNoValue || c == '=') continue;
    if (c == ' ' || (c >= '\t' && c <= '\r')) return EncodingFault::white_space;
    if (other.find(c) != std::string_view::npos) return EncodingFault::other_alphabet;
    return EncodingFault::foreign_character;
  }
  return EncodingFault::padding;
}

// `text` without its padding.
EncodingFault read(std::string_view text, std::span<std::byte> bytes, const Values& values,
                   std::string_view other) noexcept {
  const char* from = text.data();
  auto* to = reinterpret_cast<unsigned char*>(bytes.data());
  for (std::size_t left = text.size() / 4; left > 0; --left, from += 4, to += 3) {
    const unsigned a = value_in(values, from[0]), b = value_in(values, from[1]);
    const unsigned c = value_in(values, from[2]), d = value_in(values, from[3]);
    if ((a | b | c | d) > 63) return fault_in(text, values, other);
    const unsigned group = a << 18 | b << 12 | c << 6 | d;
    to[0] = static_cast<unsigned char>(group >> 16);
    to[1] = static_cast<unsigned char>(group >> 8);
    to[2] = static_cast<unsigned char>(group);
  }
  const std::string_view tail = text.substr(text.size() / 4 * 4);
  if (tail.empty()) return EncodingFault::none;
  unsigned group = 0;
  for (std::size_t k = 0; k < 4; ++k) {
    const unsigned value = k < tail.size() ? value_in(values, tail[k]) : 0;
    if (value > 63) return fault_in(tail, values, other);
    group = group << 6 | value;
  }
  if (tail.size() == 1) return EncodingFault::padding;
  const unsigned unused_bits = tail.size() == 2 ? 0xffff : 0xff;
  if ((group & unused_bits) != 0) return EncodingFault::stray_bits;
  to[0] = static_cast<unsigned char>(group >> 16);
  if (tail.size() == 3) to[1] = static_cast<unsigned char>(group >> 8);
  return EncodingFault::none;
}

std::string_view without_padding(std::string_view text) noexcept {
  for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i) text.remove_suffix(1);
  return text;
}

std::size_t unpadded_bytes(std::string_view text) noexcept { return text.size() * 3 / 4; }

template <typename Read>
std::optional<std::string> read_all(Read reader, std::string_view text, std::size_t size) {
  std::string bytes(size, '\0');
  const auto target = std::as_writable_bytes(std::span{bytes.data(), bytes.size()});
  if (reader(text, target) != EncodingFault::none) return std::nullopt;
  return bytes;
}

}  // namespace

void append_base64(std::string& text, Bytes bytes) { append(text, bytes, kStandardPairs, true); }
void append_base64url(std::string& text, Bytes bytes) { append(text, bytes, kUrlPairs, false); }

void append_hex(std::string& text, Bytes bytes) {
  const std::size_t start = text.size();
  text.resize(start + bytes.size() * 2);
  char* to = text.data() + start;
  for (const std::byte byte : bytes) {
    *to++ = kHexDigits[std::to_integer<unsigned>(byte) >> 4];
    *to++ = kHexDigits[std::to_integer<unsigned>(byte) & 15];
  }
}

std::string to_base64(Bytes bytes) {
  std::string text;
  append_base64(text, bytes);
  return text;
}

std::string to_base64url(Bytes bytes) {
  std::string text;
  append_base64url(text, bytes);
  return text;
}

std::string to_hex(Bytes bytes) {
  std::string text;
  append_hex(text, bytes);
  return text;
}

std::size_t base64_bytes(std::string_view text) noexcept {
  return unpadded_bytes(without_padding(text));
}

std::size_t base64url_bytes(std::string_view text) noexcept { return unpadded_bytes(text); }

EncodingFault read_base64(std::string_view text, std::span<std::byte> bytes) noexcept {
  const std::string_view characters = without_padding(text);
  const auto fault = read(characters, bytes, kStandardValues, "-_");
  if (fault == EncodingFault::none && text.size() % 4 != 0) return EncodingFault::padding;
  return fault;
}

EncodingFault read_base64url(std::string_view text, std::span<std::byte> bytes) noexcept {
  return read(text, bytes, kUrlValues, "+/");
}

EncodingFault read_hex(std::string_view text, std::span<std::byte> bytes) noexcept {
  const char* from = text.data();
  std::byte* to = bytes.data();
  for (std::size_t left = text.size() / 2; left > 0; --left, from += 2, ++to) {
    const unsigned high = value_in(kHexValues, from[0]), low = value_in(kHexValues, from[1]);
    if ((high | low) > 15) return fault_in(text, kHexValues, "ABCDEF");
    *to = static_cast<std::byte>(high << 4 | low);
  }
  if (text.size() % 2 == 0) return EncodingFault::none;
  const bool good = value_in(kHexValues, text.back()) <= 15;
  return good ? EncodingFault::odd_length : fault_in(text, kHexValues, "ABCDEF");
}

std::optional<std::string> from_base64(std::string_view text) {
  return read_all(read_base64, text, base64_bytes(text));
}

std::optional<std::string> from_base64url(std::string_view text) {
  return read_all(read_base64url, text, base64url_bytes(text));
}

std::optional<std::string> from_hex(std::string_view text) {
  return read_all(read_hex, text, hex_bytes(text));
}

const char* to_string(EncodingFault fault) noexcept {
  switch (fault) {
    case EncodingFault::none: return "nothing wrong";
    case EncodingFault::white_space: return "white space";
    case EncodingFault::other_alphabet: return "characters of the other alphabet";
    case EncodingFault::foreign_character: return "foreign characters";
    case EncodingFault::padding: return "wrong padding";
    case EncodingFault::stray_bits: return "stray bits at the end";
    case EncodingFault::odd_length: return "half a byte at the end";
  }
  return "unknown";
}

}  // namespace pcx::crypto
