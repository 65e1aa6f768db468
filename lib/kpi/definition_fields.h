// The keys of one source or KPI, read by their kinds. Everything thrown is Error{data} with its
// place in the file.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/yaml.h"
#include "kpi/sql_outline.h"

namespace pcx::kpi {

inline constexpr const char* kNameHint =
    "Names are lower-case letters, digits and _, a letter first, 63 bytes at most.";

// [a-z][a-z0-9_]*, kNameBytesMax at most.
bool is_name(std::string_view text);

std::string without_line_end(std::string text);

// Data in a message: in quotes, without what would steer a terminal, cut when it is long.
std::string quoted(std::string_view text);

// "Did you mean "x"?", else what is known; empty when nothing is.
std::string hint_of(std::string_view word, const std::vector<std::string>& known);

[[noreturn]] void refuse(const std::string& message, Location place, std::string hint = {});

// The place of a byte of the value's text: exactly for block scalars written with |, and values in
// one line without escapes; else where the value begins. `file` is the text of the whole file.
Location place_within(std::string_view file, const YamlNode& node, std::size_t offset);

class Fields {
 public:
  // `noun`: "KPI revenue". `map`, `file` (its text) and `known` (keys) outlive this. Throws when
  // `map` is none, or has other keys.
  Fields(std::string_view file, std::string noun, const YamlNode& map, Location place,
         std::span<const std::string_view> known);

  const std::string& noun() const { return noun_; }
  const Location& place() const { return place_; }  // of its name

  bool has(std::string_view key) const { return map_.find(key) != nullptr; }
  // Throws when it is missing or has no value.
  const YamlNode& need(std::string_view key) const;

  // One line without control characters, nor line breaks at its end; never blank.
  std::string line(std::string_view key, std::size_t characters_max) const;
  // The same where the key may be missing: empty then.
  std::string optional_line(std::string_view key, std::size_t characters_max) const;
  // Lines of text, tabs and line breaks among them, as they are; never blank.
  std::string prose(std::string_view key, std::size_t bytes_max) const;
  // Which of `words` it is.
  std::size_t choice(std::string_view key, std::span<const std::string_view> words) const;

  // "KEY of NOUN PHRASE" at the value's byte `offset`.
  [[noreturn]] void refuse_value(std::string_view key, std::string_view phrase,
                                 std::string hint = {}, std::size_t offset = 0) const;

 private:
  const std::string& scalar(std::string_view key) const;
  void check_controls(std::string_view key, std::string_view text, bool may_have_lines) const;

  std::string_view file_;
  std::string noun_;
  const YamlNode& map_;
  Location place_;
};

// The outline of `text`, which the value of `key` begins with. Throws for its fault.
SqlOutline outline_without_fault(const Fields& fields, std::string_view key, std::string_view text);

}  // namespace pcx::kpi
