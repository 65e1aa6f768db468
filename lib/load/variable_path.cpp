#include "load/variable_path.h"

#include <charconv>

#include "core/text.h"

namespace pcx::load {

namespace {

// An index is written without sign and leading zeros.
PathStep step_of(std::string_view key) {
  PathStep step{std::string{key}};
  long index = 0;
  const auto [end, failed] = std::from_chars(key.data(), key.data() + key.size(), index);
  const bool is_whole = failed == std::errc{} && end == key.data() + key.size();
  if (is_whole && index >= 0 && std::to_string(index) == key) step.index = index;
  return step;
}

// Inside of brackets: 0, name, 'some name', "some name". Moves `at` behind the closing one.
std::string bracketed(std::string_view text, std::size_t& at) {
  const char quote = at < text.size() && (text[at] == '\'' || text[at] == '"') ? text[at] : '\0';
  std::string key;
  if (quote == '\0') {
    const auto end = std::min(text.find(']', at), text.size());
    key = trim(text.substr(at, end - at));
    at = std::min(end + 1, text.size());
    return key;
  }
  for (++at; at < text.size() && text[at] != quote; ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    key += text[at];
  }
  at = std::min(text.find(']', at), text.size() - 1) + 1;
  return key;
}

}  // namespace

Path parse_variable_path(std::string_view text) {
  Path path;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] == '[') {
      path.push_back(step_of(bracketed(text, ++at)));
    } else {
      if (text[at] == '.' && !path.empty()) ++at;
      const auto end = std::min(text.find_first_of(".[", at), text.size());
      path.push_back(step_of(text.substr(at, end - at)));
      at = end == at && at < text.size() && text[at] == '.' ? at + 1 : end;
    }
  }
  if (path.empty()) path.push_back({});
  return path;
}

std::string to_string(const Path& path) {
  std::string text;
  for (const PathStep& step : path) {
    if (step.index >= 0) {
      text.append("[").append(step.key).append("]");
    } else {
      text.append(text.empty() ? "" : ".").append(step.key);
    }
  }
  return text;
}

}  // namespace pcx::load
