// Scopes, as they are granted and wanted: two lines of foreign text.
#include <algorithm>
#include <string>

#include "apikey/scope.h"
#include "tests/fuzz/fuzz.h"

namespace {

using pcx::apikey::Scope;
using pcx::apikey::ScopeRefusal;
using pcx::fuzz::promise;

void check(std::string_view text, const std::variant<Scope, ScopeRefusal>& parsed) {
  if (const auto* const scope = std::get_if<Scope>(&parsed)) {
    promise(scope->text() == text, "a scope is its text");
    promise(covers(*scope, *scope), "a scope covers itself");
    promise((match({scope, 1}, *scope) == scope) == !scope->has_wildcard(),
            "a scope matches itself, and wildcards are not wanted");
  } else {
    promise(std::get<ScopeRefusal>(parsed).at <= text.size(), "a fault has its place in the text");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = pcx::fuzz::text_of(data, size);
  const std::string_view first = text.substr(0, text.find('\n'));
  const std::string_view second = text.substr(std::min(first.size() + 1, size));
  const auto granted = Scope::parse(first);
  const auto wanted = Scope::parse_wanted(second);
  check(first, granted);
  check(second, wanted);
  const auto* const one = std::get_if<Scope>(&granted);
  const auto* const other = std::get_if<Scope>(&wanted);
  if (one == nullptr || other == nullptr) return 0;
  promise(!other->has_wildcard(), "wildcards are not wanted");
  promise((match({one, 1}, *other) == one) == covers(*one, *other), "to match is to cover");
  return 0;
}
