#include "cli/values.h"

#include <charconv>
#include <chrono>

#include <fmt/format.h>

#include "cli/command.h"
#include "core/duration.h"
#include "core/error.h"

namespace pcx::cli {

std::optional<std::int64_t> parse_integer(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.size() > 1 && digits[0] == '0') return std::nullopt;  // octal, or a typo
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<bool> parse_switch(std::string_view text) {
  if (text == "1" || text == "true" || text == "yes" || text == "on") return true;
  if (text == "0" || text == "false" || text == "no" || text == "off") return false;
  return std::nullopt;
}

const Values::Entry& Values::entry(std::string_view name) const {
  for (const Entry& entry : entries_) {
    if (entry.name == name) return entry;
  }
  throw Error{ErrorCode::internal, fmt::format("the command has no option or argument {}", name)};
}

bool Values::has(std::string_view name) const { return !entry(name).texts.empty(); }

bool Values::flag(std::string_view name) const {
  const auto& texts = entry(name).texts;
  return !texts.empty() && texts.front() == "true";
}

const std::string& Values::text(std::string_view name) const {
  const auto& texts = entry(name).texts;
  if (texts.empty()) throw Error{ErrorCode::internal, fmt::format("{} has no value", name)};
  return texts.front();
}

std::int64_t Values::integer(std::string_view name) const {
  const auto value = parse_integer(text(name));
  if (!value) throw Error{ErrorCode::internal, fmt::format("{} is no integer", name)};
  return *value;
}

std::chrono::milliseconds Values::duration(std::string_view name) const {
  const auto value = parse_duration(text(name));
  if (!value) throw Error{ErrorCode::internal, fmt::format("{} is no duration", name)};
  return *value;
}

std::optional<std::string> Values::optional_text(std::string_view name) const {
  if (!has(name)) return std::nullopt;
  return text(name);
}

std::optional<std::int64_t> Values::optional_integer(std::string_view name) const {
  if (!has(name)) return std::nullopt;
  return integer(name);
}

const std::vector<std::string>& Values::texts(std::string_view name) const {
  return entry(name).texts;
}

}  // namespace pcx::cli
