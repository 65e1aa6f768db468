#include "crypto/guide_envelope.h"

#include <array>
#include <optional>

#include "core/error.h"
#include "crypto/envelope.h"

namespace pcx::crypto {

namespace {

constexpr std::size_t kNonceBytes = 16;
constexpr std::size_t kKeyDigits = 2 * kAeadKeyBytes;

std::size_t bytes_of_hex(std::string_view text) noexcept { return hex_bytes(text); }
constexpr Encoding kEncoding{bytes_of_hex, read_hex, kNonceBytes};

// Walks over the tokens of one flat JSON object of strings. No string of the format needs an
// escape, so a backslash ends the walk.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool take(char wanted) {
    skip_white_space();
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::optional<std::string_view> take_string() {
    if (!take('"')) return std::nullopt;
    const std::size_t end = rest_.find('"');
    const std::string_view text = rest_.substr(0, end);
    if (end == std::string_view::npos || text.find('\\') != text.npos) return std::nullopt;
    rest_.remove_prefix(end + 1);
    return text;
  }

  bool at_end() {
    skip_white_space();
    return rest_.empty();
  }

 private:
  void skip_white_space() {
    const std::size_t start = rest_.find_first_not_of(" \t\r\n");
    rest_.remove_prefix(start == std::string_view::npos ? rest_.size() : start);
  }

  std::string_view rest_;
};

using Found = std::array<std::optional<std::string_view>, 3>;  // encrypted, iv, tag

std::optional<std::size_t> slot_of(std::string_view name) {
  if (name == "encrypted") return 0;
  if (name == "iv") return 1;
  if (name == "tag") return 2;
  return std::nullopt;
}

Refusal read_member(Scanner& scanner, Found& found) {
  const auto name = scanner.take_string();
  if (!name || !scanner.take(':')) return Refusal::not_json;
  const auto slot = slot_of(*name);
  if (!slot) return Refusal::extra_part;
  if (found[*slot]) return Refusal::repeated_part;
  found[*slot] = scanner.take_string();
  return found[*slot] ? Refusal::none : Refusal::not_json;
}

Refusal read_members(std::string_view value, Found& found) {
  Scanner scanner{value};
  if (!scanner.take('{')) return Refusal::not_json;
  do {  // at most four turns: the fourth member is an extra or a repeated one
    const Refusal refusal = read_member(scanner, found);
    if (refusal != Refusal::none) return refusal;
  } while (scanner.take(','));
  if (!scanner.take('}') || !scanner.at_end()) return Refusal::not_json;
  return found[0] && found[1] && found[2] ? Refusal::none : Refusal::missing_part;
}

}  // namespace

Secret GuideEnvelope::read_key(const Secret& hex_key) {
  const std::string_view digits = hex_key.reveal_text();
  Secret lower = Secret::with_size(digits.size());
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const bool upper = digits[i] >= 'A' && digits[i] <= 'F';
    lower.writable_bytes()[i] = static_cast<std::byte>(upper ? digits[i] + 32 : digits[i]);
  }
  Secret key = Secret::with_size(kAeadKeyBytes);
  if (digits.size() != kKeyDigits ||
      read_hex(lower.reveal_text(), key.writable_bytes()) != EncodingFault::none) {
    throw Error{ErrorCode::crypto, "the encryption key is not 64 hexadecimal digits",
                "Give the value of ENCRYPTION_KEY, for example made by `openssl rand -hex 32`."};
  }
  return key;
}

bool GuideEnvelope::claims(std::string_view value) const {
  constexpr std::string_view kName = "\"encrypted\"";
  if (!Scanner{value}.take('{')) return false;
  for (std::size_t at = value.find(kName); at != std::string_view::npos; at = value.find(kName)) {
    value.remove_prefix(at + kName.size());
    if (Scanner{value}.take(':')) return true;
  }
  return false;
}

std::string GuideEnvelope::seal(std::string_view plaintext, Random& random) {
  const auto [nonce, tag, data] = seal_parts<kNonceBytes>(cipher_, plaintext, random);
  std::string value;
  value.reserve(100 + 2 * data.size());
  value += R"({"encrypted":")";
  append_hex(value, bytes_of(data));
  value += R"(","iv":")";
  append_hex(value, nonce);
  value += R"(","tag":")";
  append_hex(value, tag);
  value += R"("})";
  return value;
}

Opened GuideEnvelope::open(std::string_view value) {
  if (!claims(value)) return {};
  Found found;
  const Refusal refusal = read_members(value, found);
  if (refusal != Refusal::none) return {.verdict = Verdict::malformed, .refusal = refusal};
  return open_parts(cipher_, kEncoding, {.nonce = *found[1], .tag = *found[2], .data = *found[0]});
}

}  // namespace pcx::crypto
