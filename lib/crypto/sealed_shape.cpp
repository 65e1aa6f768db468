#include "crypto/sealed_shape.h"

#include <limits>

namespace pcx::crypto {

namespace {

constexpr std::string_view kMarker = "enc";
constexpr std::string_view kQuoteEntity = "quot;";  // its "&" may be escaped itself
constexpr std::size_t kNonceLetters = 16;
constexpr std::size_t kTagLetters = 22;
constexpr std::size_t kKeyIdDigits = 10;
constexpr std::size_t kShortestV2 = 38;
constexpr std::size_t kHexDigits = 32;
constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_base64url(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}
bool is_base64(char c) { return is_base64url(c) || c == '+' || c == '/'; }

// Walks over a text, the application's HTML escapes undone.
class Walk {
 public:
  explicit Walk(std::string_view rest) : rest_(rest) {}

  bool take(std::string_view wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(wanted.size());
    return true;
  }
  bool take(char wanted) {
    return take_if([&](char c) { return c == wanted; });
  }
  // As many as there are, up to `most`.
  template <typename Is>
  std::size_t take_run(const Is& is, std::size_t most = kAny) {
    std::size_t taken = 0;
    while (taken < most && take_if(is)) ++taken;
    return taken;
  }
  // Also behind backslashes.
  bool take_quote() {
    take_run([](char c) { return c == '\\'; });
    return take('"');
  }
  void skip_blanks() {
    take_run([](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
  }

 private:
  struct Letter {
    char c = '\0';
    std::size_t size = 0;  // as it is written; 0: the text is at its end
  };

  // "/" and quotes are what the formats have of all that is escaped.
  Letter next() const {
    if (rest_.empty()) return {};
    if (rest_.front() != '&') return {rest_.front(), 1};
    std::string_view entity = rest_.substr(1);
    while (entity.starts_with("amp;")) entity.remove_prefix(4);
    const std::size_t before = rest_.size() - entity.size();
    if (entity.starts_with("#x2F;")) return {'/', before + 5};
    if (entity.starts_with(kQuoteEntity)) return {'"', before + 5};
    return {'&', before};
  }

  template <typename Is>
  bool take_if(const Is& is) {
    const Letter letter = next();
    if (letter.size == 0 || !is(letter.c)) return false;
    rest_.remove_prefix(letter.size);
    return true;
  }

  std::string_view rest_;
};

bool is_v1(Walk walk) {
  if (!walk.take("enc:v1:") || walk.take_run(is_base64, kNonceLetters) != kNonceLetters ||
      !walk.take(':') || walk.take_run(is_base64, kTagLetters) != kTagLetters) {
    return false;
  }
  walk.take_run([](char c) { return c == '='; }, 2);
  return walk.take(':');
}

bool is_v2(Walk walk) {
  if (!walk.take("enc:v2:") || walk.take('0')) return false;
  const std::size_t digits = walk.take_run(is_digit, kKeyIdDigits);
  return digits > 0 && walk.take(':') && walk.take_run(is_base64url, kShortestV2) == kShortestV2;
}

// A member whose name is at `at`, with a text of hexadecimal digits; kAny: any even number of them.
bool is_hex_member(std::string_view text, std::size_t at, std::string_view name,
                   std::size_t digits) {
  const std::string_view before = text.substr(0, at);
  if (!before.ends_with('"') && !before.ends_with(kQuoteEntity)) return false;
  Walk walk{text.substr(at)};
  if (!walk.take(name) || !walk.take_quote()) return false;
  walk.skip_blanks();
  if (!walk.take(':')) return false;
  walk.skip_blanks();
  if (!walk.take_quote()) return false;
  const std::size_t taken = walk.take_run(is_hex);
  return walk.take_quote() && (digits == kAny ? taken % 2 == 0 : taken == digits);
}

bool has_hex_member(std::string_view text, std::string_view name, std::size_t digits) {
  for (std::size_t at = text.find(name); at != text.npos; at = text.find(name, at + 1)) {
    if (is_hex_member(text, at, name, digits)) return true;
  }
  return false;
}

bool has_guide(std::string_view text) {
  return has_hex_member(text, "encrypted", kAny) && has_hex_member(text, "iv", kHexDigits) &&
         has_hex_member(text, "tag", kHexDigits);
}

// Whether a quoted text is at the end.
bool ends_as_name(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  const std::string_view trimmed = text.substr(0, last + 1);  // npos + 1: nothing
  return trimmed.ends_with('"') || trimmed.ends_with(kQuoteEntity);
}

}  // namespace

// All formats have colons, and few texts have many.
bool holds_sealed_value(std::string_view text) {
  bool may_be_guide = false;
  for (std::size_t at = text.find(':'); at != text.npos; at = text.find(':', at + 1)) {
    const std::string_view before = text.substr(0, at);
    if (before.ends_with(kMarker)) {
      const Walk walk{text.substr(at - kMarker.size())};
      if (is_v1(walk) || is_v2(walk)) return true;
    } else {
      may_be_guide = may_be_guide || ends_as_name(before);
    }
  }
  return may_be_guide && has_guide(text);
}

}  // namespace pcx::crypto
