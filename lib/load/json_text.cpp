#include "load/json_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>

#include "core/error.h"
#include "core/javascript.h"

namespace pcx::load {

namespace {

constexpr int kDepthMax = 500;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// Inside of a string only these need a second look.
constexpr std::array<bool, 256> special_characters() {
  std::array<bool, 256> special{};
  for (std::size_t i = 0; i < 0x20; ++i) special[i] = true;
  special['"'] = special['\\'] = true;
  return special;
}
constexpr std::array<bool, 256> kSpecial = special_characters();

std::optional<std::uint32_t> hexadecimal(std::string_view digits) {
  std::uint32_t value = 0;
  const auto [end, failed] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  const bool is_whole = failed == std::errc{} && end == digits.data() + digits.size();
  return is_whole && digits.size() == 4 ? std::optional{value} : std::nullopt;
}

void append_utf8(std::uint32_t c, std::string& out) {
  const auto byte = [&out](std::uint32_t value) { out += static_cast<char>(value); };
  if (c < 0x80) return byte(c);
  if (c < 0x800) {
    byte(0xc0 | (c >> 6));
  } else if (c < 0x10000) {
    byte(0xe0 | (c >> 12));
    byte(0x80 | ((c >> 6) & 0x3f));
  } else {
    byte(0xf0 | (c >> 18));
    byte(0x80 | ((c >> 12) & 0x3f));
    byte(0x80 | ((c >> 6) & 0x3f));
  }
  byte(0x80 | (c & 0x3f));
}

// Behind "\u" at `at`, which moves on: one character, of two escapes when they are a pair.
std::uint32_t escaped_character(std::string_view text, std::size_t& at) {
  constexpr std::uint32_t kReplacement = 0xfffd;
  const std::uint32_t first = hexadecimal(text.substr(at, 4)).value_or(kReplacement);
  at += 4;
  if (first < 0xd800 || first > 0xdfff) return first;
  if (first > 0xdbff || text.substr(at, 2) != "\\u") return kReplacement;
  const std::uint32_t second = hexadecimal(text.substr(at + 2, 4)).value_or(0);
  if (second < 0xdc00 || second > 0xdfff) return kReplacement;
  at += 6;
  return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
}

// What stands between the quotes of a valid JSON string.
std::string unescaped(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at++];
    if (c != '\\') {
      plain += c;
      continue;
    }
    const char escape = text[at++];
    switch (escape) {
      case 'n': plain += '\n'; break;
      case 't': plain += '\t'; break;
      case 'r': plain += '\r'; break;
      case 'b': plain += '\b'; break;
      case 'f': plain += '\f'; break;
      case 'u': append_utf8(escaped_character(text, at), plain); break;
      default: plain += escape;
    }
  }
  return plain;
}

// Builds the tree of a text that is known to be JSON, as JSON.parse() does: of members that occur
// twice the last one counts, at the first one's place; numbers are doubles, 1e400 is Infinity.
class Builder {
 public:
  explicit Builder(std::string_view text) : text_(text) {}

  Document value() {
    skip_space();
    if (text_[at_] == '{') return object();
    if (text_[at_] == '[') return array();
    if (text_[at_] == '"') return string();
    return word();
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  // Behind a value or a bracket: whether another one follows.
  bool goes_on(char closing) {
    skip_space();
    if (text_[at_] == ',') {
      ++at_;
      return true;
    }
    const bool is_closed = text_[at_] == closing;
    if (is_closed) ++at_;
    return !is_closed;
  }

  Document object() {
    ++at_;
    Document::Object members;
    std::unordered_map<std::string, std::size_t> places;
    while (goes_on('}')) {
      skip_space();
      std::string key = string();
      skip_space();
      ++at_;  // the colon
      Document member = value();
      const auto [place, is_new] = places.try_emplace(key, members.size());
      if (is_new) {
        members.emplace_back(std::move(key), std::move(member));
      } else {
        members[place->second].second = std::move(member);
      }
    }
    return members;
  }

  Document array() {
    ++at_;
    Document::Array items;
    while (goes_on(']')) items.push_back(value());
    return items;
  }

  std::string string() {
    const std::size_t begin = ++at_;
    while (text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    return unescaped(text_.substr(begin, at_++ - begin));
  }

  Document word() {
    const std::size_t begin = at_;
    at_ = std::min(text_.find_first_of(",]} \n\r\t", at_), text_.size());
    return read_json_value(text_.substr(begin, at_ - begin)).to_document();
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// Goes over the text once, value by value; false: it is no JSON.
class Walker {
 public:
  Walker(std::string_view text, const Path& path) : text_(text), path_(path) {}

  JsonFound find() {
    skip_space();
    found_.is_tree = at_ < text_.size() && (text_[at_] == '{' || text_[at_] == '[');
    found_.is_json = value(0, 0);
    skip_space();
    found_.is_json = found_.is_json && at_ == text_.size();
    if (!found_.is_json) found_.value.reset();
    return found_;
  }

 private:
  static constexpr std::size_t kElsewhere = static_cast<std::size_t>(-1);

  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  // `step` of the path leads here; kElsewhere: this is not on the way.
  bool value(std::size_t step, int depth) {
    skip_space();
    const std::size_t begin = at_;
    if (at_ >= text_.size() || depth > kDepthMax) return false;
    const bool is_wanted = step == path_.size();
    if (!skip_value(is_wanted ? kElsewhere : step, depth)) return false;
    if (is_wanted) found_.value = text_.substr(begin, at_ - begin);
    return true;
  }

  bool skip_value(std::size_t step, int depth) {
    switch (text_[at_]) {
      case '{': return object(step, depth);
      case '[': return array(step, depth);
      case '"': return string();
      case 't': return word("true");
      case 'f': return word("false");
      case 'n': return word("null");
      default: return number();
    }
  }

  bool object(std::size_t step, int depth) {
    ++at_;
    skip_space();
    if (take('}')) return true;
    do {
      skip_space();
      const std::size_t begin = at_;
      if (!string()) return false;
      const bool is_on_the_way =
          step != kElsewhere && is_key(text_.substr(begin + 1, at_ - begin - 2), path_[step].key);
      skip_space();
      if (!take(':')) return false;
      if (is_on_the_way) found_.value.reset();
      if (!value(is_on_the_way ? step + 1 : kElsewhere, depth + 1)) return false;
      skip_space();
    } while (take(','));
    return take('}');
  }

  bool array(std::size_t step, int depth) {
    ++at_;
    skip_space();
    if (take(']')) return true;
    const long wanted = step != kElsewhere ? path_[step].index : -1;
    long index = 0;
    do {
      if (!value(index == wanted ? step + 1 : kElsewhere, depth + 1)) return false;
      ++index;
      skip_space();
    } while (take(','));
    return take(']');
  }

  static bool is_key(std::string_view written, const std::string& key) {
    if (written.find('\\') == std::string_view::npos) return written == key;
    return unescaped(written) == key;
  }

  bool string() {
    if (!take('"')) return false;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (!kSpecial[static_cast<unsigned char>(c)]) continue;
      if (c == '"') return true;
      if (c != '\\' || !escape()) return false;
    }
    return false;
  }

  bool escape() {
    if (at_ >= text_.size()) return false;
    const char c = text_[at_++];
    if (c == 'u') {
      if (!hexadecimal(text_.substr(at_, 4))) return false;
      at_ += 4;
      return true;
    }
    return std::string_view{"\"\\/bfnrt"}.find(c) != std::string_view::npos;
  }

  bool word(std::string_view expected) {
    if (!text_.substr(at_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }

  bool digits() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    return at_ > begin;
  }

  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }

  std::string_view text_;
  const Path& path_;
  std::size_t at_ = 0;
  JsonFound found_;
};

}  // namespace

Document parse_javascript_json(std::string_view text) {
  if (!find_json(text, {}).is_json) throw Error{ErrorCode::data, "not JSON"};
  return Builder{text}.value();
}

JsonFound find_json(std::string_view json, const Path& path) { return Walker{json, path}.find(); }

Value read_json_value(std::string_view text) {
  switch (text.front()) {
    case '"': {
      const std::string_view inside = text.substr(1, text.size() - 2);
      if (inside.find('\\') == std::string_view::npos) return Value{std::string{inside}};
      return Value{unescaped(inside)};
    }
    case 't': return true;
    case 'f': return false;
    case 'n': return nullptr;
    case '{':
    case '[': return Value::of(Builder{text}.value());
    default: return javascript::to_number(Document{std::string{text}});
  }
}

}  // namespace pcx::load
