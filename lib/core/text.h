// Small questions about text: UTF-8, first lines, near misses, safe display.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pcx {

// Byte offset of the first byte that is not valid UTF-8 (RFC 3629: no surrogates, no overlong
// forms, at most U+10FFFF); std::nullopt when all of it is valid.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

// The code point at the start of `text`; bytes is 0 when there is none that is valid.
struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;
};
CodePoint first_code_point(std::string_view text);

// Line and column of a byte offset; both start at 1, the column counts code points.
struct LineColumn {
  int line = 1;
  int column = 1;
};
LineColumn line_column_at(std::string_view text, std::size_t byte_offset);

// Byte offset of the `character`-th code point (1-based, as PostgreSQL's error positions).
std::size_t byte_offset_of_character(std::string_view text, std::size_t character);

std::string_view first_line(std::string_view text);
std::string_view trim(std::string_view text);  // ASCII white space
std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);

// The candidate nearest to `word` by Damerau-Levenshtein distance, when it is at most
// max(1, length / 3) edits away; std::nullopt otherwise. Ties go to the first.
std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates);

// `text` with control characters (C0, DEL, C1, line and paragraph separators, bidirectional
// overrides) and invalid bytes written as \n, \t, \x1b, \u{202e}, so that data cannot steer a
// terminal.
std::string escape_controls(std::string_view text);

// Whether a spreadsheet runs a cell of CSV that begins so: with = + - @, in full width, too, a tab
// or a line break (OWASP, "CSV Injection").
bool is_formula(std::string_view text) noexcept;

// "3 rows", "1 row": the plural is singular + "s".
std::string counted(long long count, std::string_view singular);

}  // namespace pcx
