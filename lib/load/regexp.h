// Regular expressions as JavaScript writes them, by way of Perl's.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace pcx::load {

class Regexp {
 public:
  // Of the flags i, m and s count; g, u and y mean nothing for a single search.
  // Throws Error{data} with what is wrong.
  static Regexp compile(const std::string& pattern, std::string_view flags = {});

  bool matches(std::string_view text) const { return find(text, {}).has_value(); }
  // The group (a number or a name; empty: the whole match) of the first match; std::nullopt: no
  // match. A group that does not exist is the whole match, as Artillery has it, and one that took
  // no part is "". A search that takes too long for its text is no match.
  std::optional<std::string> find(std::string_view text, const std::string& group) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace pcx::load
