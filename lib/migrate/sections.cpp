#include "migrate/sections.h"

#include <vector>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "migrate/mark.h"

namespace pcx::migrate {

namespace {

struct Marker {
  bool up = false;
  int line = 0;           // of the file, from 1
  std::size_t begin = 0;  // of the marker's line
  std::size_t end = 0;    // behind its line break
};

[[noreturn]] void refuse(const std::filesystem::path& file, int line, const std::string& message,
                         const std::string& hint) {
  throw Error{ErrorCode::data, message, hint}.at({escape_controls(file.native()), line, 1});
}

std::optional<Marker> marker_in(std::string_view line, const std::filesystem::path& file,
                                int number) {
  if (!line.starts_with("--")) return std::nullopt;
  const std::string_view rest = trim(line.substr(2));
  if (!rest.starts_with("migrate:")) return std::nullopt;
  if (rest == "migrate:up") return Marker{true, number};
  if (rest == "migrate:down") return Marker{false, number};
  refuse(file, number, fmt::format("unknown marker \"{}\"", escape_controls(trim(line))),
         "Write -- migrate:up or -- migrate:down alone on the line.");
}

std::vector<Marker> find_markers(const std::string& text, const std::filesystem::path& file) {
  std::vector<Marker> markers;
  int number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    ++number;
    const std::size_t line_break = text.find('\n', begin);
    const std::size_t end = line_break == std::string::npos ? text.size() : line_break + 1;
    auto marker = marker_in(std::string_view{text}.substr(begin, end - begin), file, number);
    if (marker) {
      marker->begin = begin;
      marker->end = end;
      markers.push_back(*marker);
    }
    begin = end;
  }
  return markers;
}

// Editors show it as a line break and PostgreSQL ends a comment there; other tools read on. Whether
// what follows is a marker or SQL would depend on who reads.
void refuse_lone_carriage_return(const std::string& text, const std::filesystem::path& file) {
  for (std::size_t at = text.find('\r'); at != std::string::npos; at = text.find('\r', at + 1)) {
    if (at + 1 < text.size() && text[at + 1] == '\n') continue;
    refuse(file, static_cast<int>(line_column_at(text, at).line),
           "a line ends with a lone carriage return", "Save the file with LF or CRLF line ends.");
  }
}

void check_nothing_before(const std::string& text, const Marker& first,
                          const std::filesystem::path& file) {
  int number = 0;
  for (const auto& line : split(std::string_view{text}.substr(0, first.begin), '\n')) {
    ++number;
    const std::string_view content = trim(line);
    const bool is_comment = content.starts_with("--");
    if (is_comment && is_for_pcx(content)) {
      refuse(file, number, "a comment for pcx stands before -- migrate:up",
             "Move it below the marker: what stands above belongs to neither part.");
    }
    if (content.empty() || is_comment) continue;
    refuse(file, number, "SQL stands before -- migrate:up", "Move it below the marker.");
  }
}

Script script_between(const std::string& text, const Marker& marker, std::size_t end,
                      const std::filesystem::path& file) {
  return {text.substr(marker.end, end - marker.end), file, marker.line};
}

}  // namespace

std::pair<Script, std::optional<Script>> split_sections(const std::string& text,
                                                        const std::filesystem::path& file) {
  refuse_lone_carriage_return(text, file);
  const std::vector<Marker> markers = find_markers(text, file);
  if (markers.empty()) {
    refuse(file, 1, "file has no -- migrate:up",
           "Begin it with that line, or use the layout <timestamp>_<name>/migration.sql.");
  }
  if (!markers[0].up) refuse(file, markers[0].line, "-- migrate:down stands first", "Swap them.");
  check_nothing_before(text, markers[0], file);
  if (markers.size() == 1) return {script_between(text, markers[0], text.size(), file), {}};
  if (markers[1].up || markers.size() > 2) {
    const Marker& extra = markers[1].up ? markers[1] : markers[2];
    refuse(file, extra.line, "a marker occurs twice", "Keep one of each in a file.");
  }
  return {script_between(text, markers[0], markers[1].begin, file),
          script_between(text, markers[1], text.size(), file)};
}

}  // namespace pcx::migrate
