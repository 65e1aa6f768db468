#include "kpi/definition_fields.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/text.h"
#include "core/yaml_place.h"
#include "kpi/definition.h"

namespace pcx::kpi {

namespace {

constexpr std::size_t kShownCharactersMax = 60;

}  // namespace

bool is_name(std::string_view text) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_part = [is_letter](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
  };
  return !text.empty() && text.size() <= kNameBytesMax && is_letter(text.front()) &&
         std::ranges::all_of(text, is_part);
}

std::string without_line_end(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string quoted(std::string_view text) {
  const std::size_t end = byte_offset_of_character(text, kShownCharactersMax + 1);
  const bool is_long = end < text.size();
  return fmt::format("\"{}{}\"", escape_controls(text.substr(0, end)), is_long ? "..." : "");
}

std::string hint_of(std::string_view word, const std::vector<std::string>& known) {
  if (const auto meant = nearest(word, known)) return fmt::format("Did you mean \"{}\"?", *meant);
  return known.empty() ? std::string{} : fmt::format("Known here: {}.", join(known, ", "));
}

void refuse(const std::string& message, Location place, std::string hint) {
  throw Error{ErrorCode::data, message, std::move(hint)}.at(std::move(place));
}

Location place_within(std::string_view file, const YamlNode& node, std::size_t offset) {
  Location place = pcx::place_within(file, node, line_column_at(node.text, offset));
  // The whole value, with its quotes.
  return offset == 0 && place.line == node.place.line ? node.place : place;
}

Fields::Fields(std::string_view file, std::string noun, const YamlNode& map, Location place,
               std::span<const std::string_view> known)
    : file_(file), noun_(std::move(noun)), map_(map), place_(std::move(place)) {
  if (map.kind != YamlNode::Kind::map) refuse(fmt::format("{} is not a map", noun_), map.place);
  for (std::size_t i = 0; i < map.members.size(); ++i) {
    const std::string& key = map.members[i].first;
    if (std::ranges::find(known, key) != known.end()) continue;
    refuse(fmt::format("unknown key {} of {}", quoted(key), noun_), map.key_places[i],
           hint_of(key, {known.begin(), known.end()}));
  }
}

const YamlNode& Fields::need(std::string_view key) const {
  for (std::size_t i = 0; i < map_.members.size(); ++i) {
    if (map_.members[i].first != key) continue;
    const YamlNode& found = map_.members[i].second;
    if (found.kind != YamlNode::Kind::null) return found;
    refuse(fmt::format("{} of {} has no value", key, noun_), map_.key_places[i]);
  }
  refuse(fmt::format("{} has no {}", noun_, key), place_);
}

const std::string& Fields::scalar(std::string_view key) const {
  const YamlNode& node = need(key);
  if (node.kind != YamlNode::Kind::scalar) refuse_value(key, "is not a text");
  if (trim(node.text).empty()) refuse_value(key, "is empty");
  return node.text;
}

void Fields::check_controls(std::string_view key, std::string_view text,
                            bool may_have_lines) const {
  std::string shown{text};
  if (may_have_lines) {
    std::ranges::replace_if(
        shown, [](char c) { return c == '\n' || c == '\t'; }, ' ');
  }
  const std::string escaped = escape_controls(shown);
  if (escaped == shown) return;
  const auto first = std::ranges::mismatch(shown, escaped).in1 - shown.begin();
  refuse_value(key, "has a control character", {}, static_cast<std::size_t>(first));
}

std::string Fields::line(std::string_view key, std::size_t characters_max) const {
  std::string text = without_line_end(scalar(key));
  const std::size_t line_break = text.find('\n');
  if (line_break != text.npos) {
    refuse_value(key, "has more than one line", "Write it in one line, or fold it with >-.",
                 line_break);
  }
  check_controls(key, text, false);
  const std::size_t behind = byte_offset_of_character(text, characters_max + 1);
  if (behind < text.size()) {
    refuse_value(key, fmt::format("is longer than {} characters", characters_max), {}, behind);
  }
  return text;
}

std::string Fields::optional_line(std::string_view key, std::size_t characters_max) const {
  return has(key) ? line(key, characters_max) : std::string{};
}

std::string Fields::prose(std::string_view key, std::size_t bytes_max) const {
  const std::string& text = scalar(key);
  check_controls(key, text, true);
  if (text.size() > bytes_max) refuse_value(key, fmt::format("is longer than {} bytes", bytes_max));
  return text;
}

std::size_t Fields::choice(std::string_view key, std::span<const std::string_view> words) const {
  const std::string& word = scalar(key);
  const auto found = std::ranges::find(words, word);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  refuse_value(key, fmt::format("cannot be {}", quoted(word)),
               hint_of(word, {words.begin(), words.end()}));
}

void Fields::refuse_value(std::string_view key, std::string_view phrase, std::string hint,
                          std::size_t offset) const {
  const YamlNode& node = *map_.find(key);
  refuse(fmt::format("{} of {} {}", key, noun_, phrase), place_within(file_, node, offset),
         std::move(hint));
}

SqlOutline outline_without_fault(const Fields& fields, std::string_view key,
                                 std::string_view text) {
  SqlOutline outline = outline_sql(text);
  if (outline.fault) {
    fields.refuse_value(key, fmt::format("has {}", outline.fault->phrase), {},
                        outline.fault->offset);
  }
  return outline;
}

}  // namespace pcx::kpi
