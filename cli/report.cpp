#include "cli/report.h"

#include <cstdio>
#include <unistd.h>

#include <fmt/format.h>

#include "alert/nagios.h"
#include "cli/terminal.h"
#include "core/json.h"
#include "core/redact.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

std::string shown(std::string_view text) { return escape_controls(redact(text)); }

// A secret may stand on another line than the word that announces it.
std::vector<std::string> shown_lines(std::string_view text) {
  std::vector<std::string> lines = split(redact(text), '\n');
  for (std::string& line : lines) line = escape_controls(line);
  return lines;
}

// The value of the last "--name=value", "--name value" or "-xvalue", as nearly as words tell.
std::string last_value(const std::vector<std::string>& words, const std::string& name,
                       const std::string& letter) {
  std::string value;
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    const bool is_alone = words[i] == name || (!letter.empty() && words[i] == letter);
    if (is_alone && i + 1 < words.size()) value = words[i + 1];
    if (words[i].starts_with(name + "=")) value = words[i].substr(name.size() + 1);
    if (!letter.empty() && !is_alone && words[i].starts_with(letter)) {
      value = words[i].substr(letter.size());
    }
  }
  return value;
}

bool contains(const std::vector<std::string>& words, std::string_view wanted) {
  for (const std::string& word : words) {
    if (word == wanted) return true;
  }
  return false;
}

void set_unless_empty(Document& object, const char* key, const std::string& text) {
  if (!text.empty()) object.set(key, redact(text));
}

Document to_document(const Location& location) {
  Document object = Document::object();
  object.set("file", location.file);
  if (location.line > 0) object.set("line", location.line);
  if (location.column > 0) object.set("column", location.column);
  return object;
}

}  // namespace

ErrorStyle error_style(const std::vector<std::string>& words, const Environment& environment) {
  std::string format = last_value(words, "--format", "-o");
  const bool is_format = format == "text" || format == "csv" || format == "json" ||
                         format == "ndjson";  // `load run -o FILE` is none
  if (!is_format) format = environment.get("PCX_FORMAT").value_or("");
  std::string color = last_value(words, "--color", "");
  if (contains(words, "--no-color")) color = "never";
  std::string log_format = last_value(words, "--log-format", "");
  if (log_format.empty()) log_format = environment.get("PCX_LOG_FORMAT").value_or("");
  return {.json = format == "json" || format == "ndjson" || log_format == "json",
          .color = use_color(color, is_terminal(STDERR_FILENO), environment)};
}

std::string error_text(const Error& error, bool color) {
  const char* red = color ? "\x1b[1;31m" : "";
  const char* plain = color ? "\x1b[0m" : "";
  std::string place = to_string(error.location());
  if (!place.empty()) place = shown(place) + ": ";
  std::string text = fmt::format("pcx: {}error:{} {}{}\n", red, plain, place, shown(error.what()));
  const auto add_lines = [&](std::string_view name, std::string_view lines) {
    if (lines.empty()) return;
    for (const std::string& line : shown_lines(lines)) {
      text += fmt::format("pcx: {}: {}\n", name, line);
    }
  };
  add_lines("detail", error.detail());
  add_lines("hint", error.hint());  // may have lines to copy
  return text;
}

std::string error_json(const Error& error, int exit) {
  Document inner = Document::object();
  inner.set("code", to_string(error.code()));
  inner.set("message", redact(error.what()));
  set_unless_empty(inner, "detail", error.detail());
  set_unless_empty(inner, "hint", error.hint());
  set_unless_empty(inner, "reason", error.reason());
  set_unless_empty(inner, "sqlstate", error.sqlstate());
  if (!error.location().file.empty()) inner.set("location", to_document(error.location()));
  inner.set("exit", exit);
  Document outer = Document::object();
  outer.set("error", std::move(inner));
  return to_json(outer) + "\n";
}

std::string plugin_error_line(const Error& error) {
  std::string text = shown(to_string(error.location()));
  text += (text.empty() ? "" : ": ") + shown(error.what());
  return alert::plugin_line("ALERT", Finding::unknown, text, {}) + "\n";
}

int report(const Error& error, const ErrorStyle& style, int exit) {
  const std::string text = style.json ? error_json(error, exit) : error_text(error, style.color);
  std::fputs(text.c_str(), stderr);
  return exit;
}

}  // namespace pcx::cli
