#include "apikey/scope.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"

namespace pcx::apikey {

namespace {

constexpr std::string_view kOne = "*";
constexpr std::string_view kRest = "**";

// The segments of a text that was parsed, one after another.
class Segments {
 public:
  explicit Segments(std::string_view text) : rest_(text) {}

  // "" behind the last one.
  std::string_view next() {
    const std::size_t end = std::min(rest_.find(':'), rest_.size());
    const std::string_view segment = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return segment;
  }

 private:
  std::string_view rest_;
};

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

std::optional<ScopeRefusal> refusal_of_segment(std::string_view segment, bool is_last) {
  if (segment.empty()) return ScopeRefusal{ScopeFault::empty_segment};
  if (segment == kOne) return std::nullopt;
  if (segment == kRest) {
    return is_last ? std::nullopt : std::optional{ScopeRefusal{ScopeFault::early_wildcard}};
  }
  const auto odd = std::ranges::find_if_not(segment, is_plain);
  if (odd == segment.end()) return std::nullopt;
  return ScopeRefusal{*odd == '*' ? ScopeFault::partial_wildcard : ScopeFault::foreign_character,
                      static_cast<std::size_t>(odd - segment.begin())};
}

std::optional<ScopeRefusal> refusal_of(std::string_view text) {
  if (text.empty()) return ScopeRefusal{ScopeFault::empty};
  if (text.size() > kScopeBytesMax) return ScopeRefusal{ScopeFault::too_long, kScopeBytesMax};
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = std::min(text.find(':', begin), text.size());
    const bool is_last = end == text.size();
    if (const auto bad = refusal_of_segment(text.substr(begin, end - begin), is_last)) {
      return ScopeRefusal{bad->fault, begin + bad->at};
    }
    if (is_last) return std::nullopt;
    begin = end + 1;
  }
}

}  // namespace

std::variant<Scope, ScopeRefusal> Scope::parse(std::string_view text) {
  if (const auto bad = refusal_of(text)) return *bad;
  return Scope{text};
}

std::variant<Scope, ScopeRefusal> Scope::parse_wanted(std::string_view text) {
  auto parsed = parse(text);
  const auto* const scope = std::get_if<Scope>(&parsed);
  if (scope == nullptr || !scope->has_wildcard()) return parsed;
  return ScopeRefusal{ScopeFault::wildcard, text.find('*')};
}

const Scope* match(std::span<const Scope> granted, const Scope& wanted) noexcept {
  if (wanted.has_wildcard()) return nullptr;
  const auto found =
      std::ranges::find_if(granted, [&](const Scope& each) { return covers(each, wanted); });
  return found == granted.end() ? nullptr : &*found;
}

bool covers(const Scope& wide, const Scope& narrow) noexcept {
  Segments wide_ones{wide.text()};
  Segments narrow_ones{narrow.text()};
  while (true) {
    const std::string_view left = wide_ones.next();
    const std::string_view right = narrow_ones.next();
    if (left.empty() || right.empty()) return left.empty() && right.empty();
    if (left == kRest) return true;
    if (right == kRest) return false;  // it matches longer ones than `wide` can from here on
    if (left != kOne && left != right) return false;
  }
}

bool is_over_scoped(const Scope& scope) noexcept {
  return scope.text().find_first_not_of("*:") == std::string::npos;
}

ScopeList read_scopes(std::span<const std::string> texts) {
  ScopeList list;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (list.scopes.size() == kScopesMax) {
      list.refused.push_back({i, {ScopeFault::too_many}});
      continue;
    }
    auto parsed = Scope::parse(texts[i]);
    if (auto* const scope = std::get_if<Scope>(&parsed)) {
      list.scopes.push_back(std::move(*scope));
    } else {
      list.refused.push_back({i, std::get<ScopeRefusal>(parsed)});
    }
  }
  return list;
}

std::vector<Scope> require_scopes(std::span<const std::string> texts) {
  if (texts.size() > kScopesMax) {
    throw Error{ErrorCode::usage, fmt::format("{} scopes are too many for one key", texts.size()),
                fmt::format("A key has at most {}: use wildcards, or make two keys.", kScopesMax)}
        .because("scope");
  }
  auto [scopes, refused] = read_scopes(texts);
  if (refused.empty()) return std::move(scopes);
  const auto& [index, refusal] = refused.front();
  const std::string_view shown = std::string_view{texts[index]}.substr(0, kScopeBytesMax);
  throw Error{ErrorCode::usage,
              fmt::format("'{}' is no scope: {}, at byte {}", escape_controls(shown),
                          to_string(refusal.fault), refusal.at + 1),
              "Scopes look like patients:read; * stands for one segment, ** as the last one for "
              "the rest."}
      .because("scope");
}

const char* to_string(ScopeFault fault) noexcept {
  switch (fault) {
    case ScopeFault::empty: return "empty";
    case ScopeFault::too_long: return "too long";
    case ScopeFault::empty_segment: return "an empty segment";
    case ScopeFault::foreign_character: return "a foreign character";
    case ScopeFault::partial_wildcard: return "a wildcard within a segment";
    case ScopeFault::early_wildcard: return "'**' before the last segment";
    case ScopeFault::wildcard: return "a wildcard";
    case ScopeFault::too_many: return "too many scopes";
  }
  return "unknown";
}

}  // namespace pcx::apikey
