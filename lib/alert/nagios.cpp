#include "alert/nagios.h"

#include <algorithm>
#include <cmath>

#include "alert/nagios_number.h"
#include "core/text.h"

namespace pcx::alert {
namespace {

const char* word_of(Finding finding) noexcept {
  switch (finding) {
    case Finding::ok: return "OK";
    case Finding::warning: return "WARNING";
    case Finding::critical: return "CRITICAL";
    case Finding::unknown: return "UNKNOWN";
  }
  return "UNKNOWN";
}

char upper_case(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
}

bool is_control(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// As python3-nagiosplugin: without quotes only letters, digits and underscores; here of ASCII.
bool is_word(std::string_view label) noexcept {
  const auto is_part = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !label.empty() && std::ranges::all_of(label, is_part);
}

std::string label_of(std::string label) {
  const auto is_forbidden = [](char c) {
    return c == '=' || c == '\'' || c == '|' || is_control(c);
  };
  std::ranges::replace_if(label, is_forbidden, '_');
  label = escape_controls(label);
  return is_word(label) ? label : "'" + label + "'";
}

// One line, without what ends the text of a plugin.
std::string plugin_words(std::string_view text) {
  std::string line{trim(text)};
  std::ranges::replace_if(line, is_control, ' ');
  std::ranges::replace(line, '|', '/');
  return escape_controls(line);
}

// At most kPluginLineBytesMax bytes, of whole characters.
void cut(std::string& line) {
  if (line.size() <= kPluginLineBytesMax) return;
  line.resize(kPluginLineBytesMax);
  const auto broken = find_invalid_utf8(line);
  if (broken) line.resize(*broken);
}

void append_values(std::string& line, const std::vector<PerfData>& data) {
  std::string_view separator = " | ";
  for (const PerfData& each : data) {
    const std::string value = to_string(each);
    if (line.size() + separator.size() + value.size() > kPluginLineBytesMax) return;
    line.append(separator).append(value);
    separator = " ";
  }
}

}  // namespace

std::string to_string(const PerfData& data) {
  const bool is_known = data.value && std::isfinite(*data.value);
  std::string text = label_of(data.label) + "=";
  text += is_known ? plugin_number(*data.value) : "U";
  if (!data.warning.empty() || !data.critical.empty()) text += ";" + data.warning;
  if (!data.critical.empty()) text += ";" + data.critical;
  return text;
}

std::string plugin_line(std::string_view service, Finding finding, std::string_view text,
                        const std::vector<PerfData>& data) {
  std::string line = plugin_words(service);
  std::ranges::transform(line, line.begin(), upper_case);
  line += std::string{line.empty() ? "" : " "} + word_of(finding);
  const std::string words = plugin_words(text);
  if (!words.empty()) line += ": " + words;
  cut(line);
  append_values(line, data);
  return line;
}

}  // namespace pcx::alert
