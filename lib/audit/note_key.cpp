#include "audit/note_key.h"

#include <algorithm>
#include <optional>
#include <strings.h>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "crypto/digest.h"
#include "crypto/encoding.h"

namespace pcx::audit {

namespace {

constexpr std::string_view kSigningStart = "PRIVATE+KEY+";
constexpr std::byte kEd25519{1};
constexpr std::size_t kTypedKeyBytes = 1 + crypto::kEd25519KeyBytes;
constexpr std::size_t kTypedKeyDigits = kTypedKeyBytes / 3 * 4;  // of base64, which needs no '='
constexpr std::size_t kIdDigits = 8;
static_assert(kTypedKeyBytes % 3 == 0);

// Control characters, and White_Space of the Unicode character database (Go's unicode.IsSpace).
bool is_control_or_space(char32_t c) {
  return c <= 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
         c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

std::string_view require_name(std::string_view name) {
  if (is_key_name(name)) return name;
  throw Error{
      ErrorCode::data,
      fmt::format("'{}' cannot be the name of a signing key",
                  escape_controls(name.substr(0, kKeyNameBytesMax))),
      fmt::format("Name it without white space and '+', in at most {} bytes.", kKeyNameBytesMax)};
}

std::uint32_t id_of(std::string_view name, const crypto::Ed25519PublicKey& key) {
  crypto::Sha256 sha256;
  sha256.update(name);
  sha256.update("\n");
  sha256.update(crypto::Bytes{&kEd25519, 1});
  sha256.update(key);
  const crypto::Sha256Digest digest = sha256.finish();
  std::uint32_t id = 0;
  for (std::size_t i = 0; i < sizeof id; ++i)
    id = id << 8 | std::to_integer<std::uint32_t>(digest[i]);
  return id;
}

struct KeyText {
  std::string_view name;
  std::string_view id;
  std::string_view key;
};

// The three parts of either text; std::nullopt when one has a wrong length.
std::optional<KeyText> split_key(std::string_view text) {
  constexpr std::size_t kEnd = 1 + kIdDigits + 1 + kTypedKeyDigits;
  if (text.size() <= kEnd) return std::nullopt;
  const std::string_view name = text.substr(0, text.size() - kEnd);
  const std::string_view end = text.substr(name.size());
  if (!is_key_name(name) || end[0] != '+' || end[1 + kIdDigits] != '+') return std::nullopt;
  return KeyText{name, end.substr(1, kIdDigits), end.substr(kEnd - kTypedKeyDigits)};
}

// The 32 bytes behind the type; false when there is another type, or no base64.
bool read_key(std::string_view digits, std::span<std::byte> typed_key) {
  if (crypto::base64_bytes(digits) != typed_key.size()) return false;
  return crypto::read_base64(digits, typed_key) == crypto::EncodingFault::none &&
         typed_key.front() == kEd25519;
}

std::string hex_of(std::uint32_t id) { return fmt::format("{:08x}", id); }

}  // namespace

bool is_key_name(std::string_view name) noexcept {
  if (name.empty() || name.size() > kKeyNameBytesMax) return false;
  while (!name.empty()) {
    const CodePoint point = first_code_point(name);
    if (point.bytes == 0 || point.value == '+' || is_control_or_space(point.value)) return false;
    name.remove_prefix(point.bytes);
  }
  return true;
}

VerifierKey VerifierKey::parse(std::string_view text) {
  const auto parts = split_key(text);
  std::array<std::byte, kTypedKeyBytes> typed_key;
  if (!parts || !read_key(parts->key, typed_key)) {
    throw Error{ErrorCode::data, "malformed verifier key",
                "It is <name>+<8 hexadecimal digits>+<44 digits of base64>, for Ed25519."};
  }
  crypto::Ed25519PublicKey public_key;
  std::ranges::copy(std::span{typed_key}.subspan(1), public_key.begin());
  VerifierKey key{parts->name, public_key};
  if (parts->id == hex_of(key.id_)) return key;
  throw Error{ErrorCode::data,
              fmt::format("the id of verifier key {} is not {}", escape_controls(key.label()),
                          escape_controls(parts->id))};
}

VerifierKey::VerifierKey(std::string_view name, const crypto::Ed25519PublicKey& key)
    : name_(require_name(name)), key_(key), id_(id_of(name, key)) {}

std::string VerifierKey::text() const {
  std::array<std::byte, kTypedKeyBytes> typed_key{kEd25519};
  std::ranges::copy(key_, typed_key.begin() + 1);
  return fmt::format("{}+{}", label(), crypto::to_base64(typed_key));
}

std::string VerifierKey::label() const { return fmt::format("{}+{}", name_, hex_of(id_)); }

bool VerifierKey::verify(std::string_view message, crypto::Bytes signature) const {
  return crypto::verify_ed25519(key_, crypto::bytes_of(message), signature);
}

SigningKey::SigningKey(std::string_view name, Secret seed)
    : seed_(std::move(seed)), signer_(seed_), verifier_(name, signer_.public_key()) {}

SigningKey SigningKey::generate(std::string_view name, Random& random) {
  return SigningKey{require_name(name), crypto::Ed25519Signer::make_key(random)};
}

SigningKey SigningKey::parse(const Secret& text) {
  std::string_view rest = text.reveal_text();
  if (rest.ends_with('\n')) rest.remove_suffix(1);
  const bool is_signing = rest.starts_with(kSigningStart);
  const auto parts = split_key(rest.substr(is_signing ? kSigningStart.size() : 0));
  Secret typed_key = Secret::with_size(kTypedKeyBytes);
  if (!is_signing || !parts || !read_key(parts->key, typed_key.writable_bytes())) {
    throw Error{ErrorCode::crypto, "malformed signing key",
                "It is PRIVATE+KEY+<name>+<8 hexadecimal digits>+<44 digits of base64>, for "
                "Ed25519."};
  }
  SigningKey key{parts->name, Secret{typed_key.reveal_bytes().subspan(1)}};
  if (parts->id == hex_of(key.verifier_.id())) return key;
  throw Error{ErrorCode::crypto, fmt::format("the id in the signing key of {} is another key's",
                                             escape_controls(parts->name))};
}

Secret SigningKey::text() const {
  Secret typed_key = Secret::with_size(kTypedKeyBytes);
  typed_key.writable_bytes().front() = kEd25519;
  std::ranges::copy(seed_.reveal_bytes(), typed_key.writable_bytes().begin() + 1);
  std::string digits = crypto::to_base64(typed_key.reveal_bytes());
  const std::string head = fmt::format("{}{}+", kSigningStart, verifier_.label());
  Secret text = Secret::with_size(head.size() + digits.size());
  std::ranges::copy(crypto::bytes_of(head), text.writable_bytes().begin());
  std::ranges::copy(crypto::bytes_of(digits), text.writable_bytes().subspan(head.size()).begin());
  ::explicit_bzero(digits.data(), digits.size());
  return text;
}

}  // namespace pcx::audit
