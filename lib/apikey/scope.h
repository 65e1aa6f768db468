// What a key may do: scopes such as "patients:read", segments between colons. Pure.
//
//   segment   letters, digits, '_', '-' and '.'; large and small letters are different
//   *         in place of a segment: any one segment
//   **        in place of the last segment: any one or more
//
// What no granted scope matches is denied, and so is everything to a key without scopes. The order
// of segments means nothing: the application's "read:patients" and a bare word are scopes as they
// are.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pcx::apikey {

inline constexpr std::size_t kScopeBytesMax = 128;
inline constexpr std::size_t kScopesMax = 64;  // of one key

enum class ScopeFault {
  empty,
  too_long,           // above kScopeBytesMax
  empty_segment,      // a colon at the beginning or the end, or two together
  foreign_character,  // neither of the above nor a colon
  partial_wildcard,   // '*' within a segment
  early_wildcard,     // '**' before the last segment
  wildcard,           // in a scope that is wanted
  too_many,           // above kScopesMax in one list; the text was not looked at
};

struct ScopeRefusal {
  ScopeFault fault = ScopeFault::empty;
  std::size_t at = 0;  // byte offset of what is wrong, or of the segment that is

  bool operator==(const ScopeRefusal&) const = default;
};

class Scope {
 public:
  // A scope that can be granted.
  static std::variant<Scope, ScopeRefusal> parse(std::string_view text);
  // What a request needs: without wildcards, which would ask for everything at once.
  static std::variant<Scope, ScopeRefusal> parse_wanted(std::string_view text);

  const std::string& text() const noexcept { return text_; }
  bool has_wildcard() const noexcept { return text_.find('*') != std::string::npos; }

  bool operator==(const Scope&) const = default;

 private:
  explicit Scope(std::string_view text) : text_(text) {}

  std::string text_;
};

// The first of the granted scopes that matches; nullptr: denied. A wanted scope with a wildcard is
// matched by none, whatever is granted. Takes no memory.
const Scope* match(std::span<const Scope> granted, const Scope& wanted) noexcept;

// Whether everything that `narrow` matches is matched by `wide`, too.
bool covers(const Scope& wide, const Scope& narrow) noexcept;

// Whether it names nothing that it is for: wildcards only ("**", "*", "*:*").
bool is_over_scoped(const Scope& scope) noexcept;

// The list of a key as a table has it. What is no scope grants nothing, and neither does what comes
// behind the first kScopesMax; it is named by its place in the list.
struct RefusedScope {
  std::size_t index = 0;
  ScopeRefusal refusal;
};
struct ScopeList {
  std::vector<Scope> scopes;
  std::vector<RefusedScope> refused;
};
ScopeList read_scopes(std::span<const std::string> texts);

// The list of a key that is about to be made. Throws Error{usage} with reason "scope" for the first
// that is refused, naming it and the place in it.
std::vector<Scope> require_scopes(std::span<const std::string> texts);

// "a wildcard within a segment": a phrase for messages.
const char* to_string(ScopeFault fault) noexcept;

}  // namespace pcx::apikey
