// Places in a text, as errors and scripts name them.
#pragma once

#include <optional>
#include <string_view>

#include "core/error.h"
#include "core/text.h"

namespace pcx::fuzz {

// `text` from a place on, an empty piece where it ends; none when the place lies outside of it.
// Counts by itself, not with what counted the place.
inline std::optional<std::string_view> text_from(std::string_view text, const Location& place) {
  for (int line = 1; line < place.line; ++line) {
    const auto line_break = text.find('\n');
    if (line_break == text.npos) return std::nullopt;
    text.remove_prefix(line_break + 1);
  }
  for (int column = 1; column < place.column; ++column) {
    if (text.empty() || text.front() == '\n') return std::nullopt;
    const auto bytes = first_code_point(text).bytes;
    if (bytes == 0) return std::nullopt;
    text.remove_prefix(bytes);
  }
  return text;
}

}  // namespace pcx::fuzz
