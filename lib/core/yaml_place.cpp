#include "core/yaml_place.h"

#include <algorithm>
#include <optional>

namespace pcx {

namespace {

// The `number`-th line, from 1, without its end; none behind the last one.
std::optional<std::string_view> line_at(std::string_view text, int number) {
  for (; number > 1; --number) {
    const std::size_t end = text.find('\n');
    if (end == text.npos) return std::nullopt;
    text.remove_prefix(end + 1);
  }
  std::string_view line = first_line(text);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// Lines of a block scalar stand in the file as they are, indented.
std::optional<Location> place_in_block(std::string_view file, const YamlNode& node,
                                       LineColumn within) {
  const int line = node.place.line + within.line;
  const auto written = line_at(file, line);
  const auto read = line_at(node.text, within.line);
  if (!written || !read || !written->ends_with(*read)) return std::nullopt;
  const auto indent = written->substr(0, written->size() - read->size());
  if (indent.find_first_not_of(' ') != indent.npos) return std::nullopt;
  return Location{node.place.file, line, static_cast<int>(indent.size()) + within.column};
}

}  // namespace

Location place_within(std::string_view file, const YamlNode& node, LineColumn within) {
  if (node.text.empty()) return node.place;
  std::string_view written = line_at(file, node.place.line).value_or("");
  const auto column = static_cast<std::size_t>(node.place.column);
  written.remove_prefix(std::min(byte_offset_of_character(written, column), written.size()));
  if (written.starts_with('|')) return place_in_block(file, node, within).value_or(node.place);
  Location place = node.place;
  if (written.starts_with('\'') || written.starts_with('"')) {
    written.remove_prefix(1);
    ++place.column;
  }
  if (within.line != 1 || !written.starts_with(node.text)) return node.place;
  place.column += within.column - 1;
  return place;
}

}  // namespace pcx
