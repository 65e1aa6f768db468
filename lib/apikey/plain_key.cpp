#include "apikey/plain_key.h"

#include <algorithm>
#include <bitset>
#include <cmath>

#include "apikey/token.h"

namespace pcx::apikey {

namespace {

// Fewer different characters than this are an alphabet of their own: "aaaaaaaaaaaaaaaaaaaa".
constexpr std::size_t kFewCharacters = 8;

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr double kOthers = 32;  // those of ASCII that can be typed

bool has_one_of(std::string_view text, std::string_view characters) {
  return text.find_first_of(characters) != std::string_view::npos;
}
bool has_only(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

std::size_t different_in(std::string_view text) {
  std::bitset<256> seen;
  for (const char c : text) seen.set(static_cast<unsigned char>(c));
  return seen.count();
}

double alphabet_of(std::string_view text) {
  const std::size_t different = different_in(text);
  if (different < kFewCharacters) return static_cast<double>(different);
  if (has_only(text, kDigits)) return kDigits.size();
  if (has_only(text, "0123456789abcdef") || has_only(text, "0123456789ABCDEF")) return 16;
  double size = 0;
  std::size_t known = 0;
  for (const std::string_view characters : {kDigits, kLower, kUpper}) {
    if (has_one_of(text, characters)) size += static_cast<double>(characters.size());
    known += static_cast<std::size_t>(std::ranges::count_if(
        text, [&](char c) { return characters.find(c) != std::string_view::npos; }));
  }
  return known < text.size() ? size + kOthers : size;
}

}  // namespace

PlainShape plain_shape_of(std::string_view text) noexcept {
  if (text.empty()) return PlainShape::empty;
  if (text.size() > kPresentedBytesMax) return PlainShape::too_long;
  if (stored_shape_of(text) == StoredShape::digest) return PlainShape::digest;
  const bool is_ours = text.starts_with(kLivePrefix) || text.starts_with(kTestPrefix);
  return is_ours ? PlainShape::of_pcx : PlainShape::key;
}

const char* explain(PlainShape shape) noexcept {
  switch (shape) {
    case PlainShape::key: return "is a key";
    case PlainShape::empty: return "is empty: nobody can present it";
    case PlainShape::too_long: return "is longer than 256 bytes: no verifier takes it";
    case PlainShape::digest: return "is a digest already: nobody can tell its key";
    case PlainShape::of_pcx: return "begins as a key of pcx: no verifier takes it from here";
  }
  return "";
}

bool may_be_digest(std::string_view text) noexcept {
  return plain_shape_of(text) == PlainShape::key && stored_shape_of(text) == StoredShape::digits;
}

double bits_at_most(std::string_view text) noexcept {
  if (text.empty()) return 0;
  return static_cast<double>(text.size()) * std::log2(alphabet_of(text));
}

bool is_weak(std::string_view text) noexcept {
  return text.size() < kWeakBelowBytes || bits_at_most(text) < kWeakBelowBits;
}

}  // namespace pcx::apikey
