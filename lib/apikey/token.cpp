#include "apikey/token.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>

#include "core/ascii.h"
#include "core/crc32.h"

namespace pcx::apikey {

namespace {

constexpr std::string_view kAlphabet =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::uint32_t kBase = kAlphabet.size();
constexpr std::size_t kIdAt = kLivePrefix.size();
constexpr std::size_t kSecretAt = kIdAt + kIdDigits + 1;
constexpr std::size_t kChecksumAt = kSecretAt + kSecretDigits;
static_assert(kLivePrefix.size() == kTestPrefix.size());
static_assert(kChecksumAt + kChecksumDigits == kTokenBytes && kTokenBytes <= kPresentedBytesMax);

// In groups of a fixed size and without an early end: vector instructions at -O2, and most texts
// that come this far are base62 throughout.
bool is_base62(std::string_view text) noexcept {
  constexpr std::size_t kGroup = 16;
  const auto is_other = [](char c) -> std::uint8_t {
    const auto digit = static_cast<std::uint8_t>(c - '0');
    const auto letter = static_cast<std::uint8_t>((c | 0x20) - 'a');
    return static_cast<std::uint8_t>((digit >= 10) & (letter >= 26));
  };
  const char* from = text.data();
  std::size_t left = text.size();
  std::uint8_t others = 0;
  for (; left >= kGroup; left -= kGroup, from += kGroup) {
    for (std::size_t i = 0; i < kGroup; ++i) others |= is_other(from[i]);
  }
  for (; left > 0; --left, ++from) others |= is_other(*from);
  return others == 0;
}

constexpr bool is_hexadecimal(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

// What digests begin with, in small letters. The same list is in sql/count_plain_rows.sql and in
// adapter/api-keys.ts; tests/data/stored-digests.json is asked of all three.
constexpr std::string_view kDigestSchemes[] = {
    "sha1:",    "sha224:",  "sha256:",   "sha384:",   "sha512:",   "sha-1:",  "sha-224:",
    "sha-256:", "sha-384:", "sha-512:",  "md5:",      "hmac:",     "hmac-",   "hmac_",
    "hmac$",    "hmacsha",  "$1$",       "$2a$",      "$2b$",      "$2y$",    "$5$",
    "$6$",      "$argon2",  "$scrypt",   "$pbkdf2",   "pbkdf2_",   "pbkdf2:", "scrypt:",
    "{ssha}",   "{sha}",    "{ssha256}", "{ssha384}", "{ssha512}", "{md5}",   "{crypt}",
    "{sha256}", "{sha384}", "{sha512}",
};

// Digits one by one: the low six bits of a byte, and the next byte where they are 62 or 63, so that
// no digit is likelier than another. A whole key takes one block, nearly always.
class Digits {
 public:
  explicit Digits(Random& random) : random_(random), block_(Secret::with_size(64)) {}

  std::byte next() {
    while (true) {
      if (at_ == block_.size()) refill();
      const auto drawn = std::to_integer<std::size_t>(block_.reveal_bytes()[at_++] & std::byte{63});
      if (drawn < kBase) return static_cast<std::byte>(kAlphabet[drawn]);
    }
  }

 private:
  void refill() {
    random_.fill(block_.writable_bytes());
    at_ = 0;
  }

  Random& random_;
  Secret block_;
  std::size_t at_ = 64;
};

void write(std::span<std::byte> target, std::string_view text) {
  std::memcpy(target.data(), text.data(), text.size());
}

bool has_prefix(std::string_view text, Kind& kind) {
  const bool is_test = text.starts_with(kTestPrefix);
  kind = is_test ? Kind::test : Kind::live;
  return is_test || text.starts_with(kLivePrefix);
}

bool has_digits(std::string_view text) {
  return text[kSecretAt - 1] == '_' && is_base62(text.substr(kIdAt, kIdDigits)) &&
         is_base62(text.substr(kSecretAt));
}

bool starts_with_ignoring_case(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() &&
         std::equal(lower.begin(), lower.end(), text.begin(),
                    [](char wanted, char c) { return wanted == to_lower_ascii(c); });
}

bool is_digest(std::string_view text) {
  if (starts_with_ignoring_case(text, "\\x")) {
    return std::ranges::all_of(text.substr(2), is_hexadecimal);
  }
  return std::ranges::any_of(kDigestSchemes, [text](std::string_view scheme) {
    return starts_with_ignoring_case(text, scheme);
  });
}

}  // namespace

Token generate_token(Kind kind, Random& random) {
  Token token{.kind = kind, .text = Secret::with_size(kTokenBytes)};
  const auto bytes = token.text.writable_bytes();
  Digits digits{random};
  const auto next = [&digits] { return digits.next(); };
  write(bytes, kind == Kind::live ? kLivePrefix : kTestPrefix);
  std::ranges::generate(bytes.subspan(kIdAt, kIdDigits), next);
  write(bytes.subspan(kSecretAt - 1), "_");
  std::ranges::generate(bytes.subspan(kSecretAt, kSecretDigits), next);
  const std::string_view text = token.text.reveal_text();
  const auto checksum = token_checksum(text.substr(0, kChecksumAt));
  write(bytes.subspan(kChecksumAt), {checksum.data(), checksum.size()});
  token.id = text.substr(kIdAt, kIdDigits);
  return token;
}

std::string generate_key_id(Random& random) {
  Digits digits{random};
  std::string id(kIdDigits, '0');
  for (char& digit : id) digit = std::to_integer<char>(digits.next());
  return id;
}

std::variant<ParsedToken, TokenFault> parse_token(std::string_view text) noexcept {
  if (text.size() > kPresentedBytesMax) return TokenFault::too_long;
  ParsedToken parsed;
  if (!has_prefix(text, parsed.kind)) return TokenFault::wrong_prefix;
  if (text.size() != kTokenBytes) return TokenFault::wrong_length;
  if (!has_digits(text)) return TokenFault::wrong_alphabet;
  if (!std::ranges::equal(token_checksum(text.substr(0, kChecksumAt)), text.substr(kChecksumAt))) {
    return TokenFault::bad_checksum;
  }
  parsed.id = text.substr(kIdAt, kIdDigits);
  return parsed;
}

bool is_key_id(std::string_view text) noexcept {
  return text.size() == kIdDigits && is_base62(text);
}

std::array<char, kChecksumDigits> token_checksum(std::string_view text) noexcept {
  std::array<char, kChecksumDigits> digits{};
  std::uint32_t rest = crc32(text);
  for (std::size_t i = digits.size(); i-- > 0; rest /= kBase) digits[i] = kAlphabet[rest % kBase];
  return digits;
}

StoredShape stored_shape_of(std::string_view text) noexcept {
  if (text.starts_with("pcx:")) return StoredShape::placeholder;
  if (is_digest(text)) return StoredShape::digest;
  return text.size() == 64 && std::ranges::all_of(text, is_hexadecimal) ? StoredShape::digits
                                                                        : StoredShape::none;
}

const char* to_string(Kind kind) noexcept {
  switch (kind) {
    case Kind::live: return "live";
    case Kind::test: return "test";
    case Kind::adopted: return "adopted";
  }
  return "unknown";
}

std::optional<Kind> kind_of(std::string_view name) noexcept {
  for (const Kind kind : {Kind::live, Kind::test, Kind::adopted}) {
    if (name == to_string(kind)) return kind;
  }
  return std::nullopt;
}

const char* to_string(TokenFault fault) noexcept {
  switch (fault) {
    case TokenFault::too_long: return "too long";
    case TokenFault::wrong_prefix: return "wrong prefix";
    case TokenFault::wrong_length: return "wrong length";
    case TokenFault::wrong_alphabet: return "wrong alphabet";
    case TokenFault::bad_checksum: return "bad checksum";
  }
  return "unknown";
}

}  // namespace pcx::apikey
