#include "alert/rule_fields.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "alert/prometheus_duration.h"
#include "core/text.h"

namespace pcx::alert {

namespace {

constexpr std::size_t kShownCharactersMax = 60;

}  // namespace

std::string in_quotes(std::string_view text) {
  const std::size_t end = byte_offset_of_character(text, kShownCharactersMax + 1);
  const bool is_long = end < text.size();
  return fmt::format("\"{}{}\"", escape_controls(text.substr(0, end)), is_long ? "..." : "");
}

std::string suggestion_for(std::string_view word, const std::vector<std::string>& known) {
  if (const auto meant = nearest(word, known)) return fmt::format("Did you mean \"{}\"?", *meant);
  return fmt::format("Known here: {}.", join(known, ", "));
}

void refuse_at(const std::string& message, Location place, std::string hint) {
  throw Error{ErrorCode::data, message, std::move(hint)}.at(std::move(place));
}

RuleFields::RuleFields(std::string noun, const YamlNode& map,
                       std::span<const std::string_view> known)
    : noun_(std::move(noun)), map_(map) {
  if (map.kind != YamlNode::Kind::map) refuse_at(fmt::format("{} is not a map", noun_), map.place);
  for (std::size_t i = 0; i < map.members.size(); ++i) {
    const std::string& key = map.members[i].first;
    if (std::ranges::find(known, key) != known.end()) continue;
    refuse_at(fmt::format("unknown key {} of {}", in_quotes(key), noun_), map.key_places[i],
              suggestion_for(key, {known.begin(), known.end()}));
  }
}

const YamlNode* RuleFields::find(std::string_view key) const {
  const YamlNode* const node = map_.find(key);
  return node == nullptr || node->kind == YamlNode::Kind::null ? nullptr : node;
}

Location RuleFields::place_of(std::string_view key) const {
  for (std::size_t i = 0; i < map_.members.size(); ++i) {
    if (map_.members[i].first == key) return map_.key_places[i];
  }
  return map_.place;
}

std::string RuleFields::text(std::string_view key) const {
  const YamlNode* const node = find(key);
  if (node == nullptr) return {};
  if (node->kind != YamlNode::Kind::scalar) {
    refuse_at(fmt::format("{} of {} is not a text", key, noun_), node->place);
  }
  return node->text;
}

std::optional<std::chrono::milliseconds> RuleFields::duration(std::string_view key) const {
  const std::string written = text(key);
  const YamlNode* const node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto duration = parse_prometheus_duration(written);
  if (!duration) {
    refuse_at(fmt::format("{} of {} is no duration: {}", key, noun_, in_quotes(written)),
              node->place, "Durations are written as 90s, 5m or 1h30m.");
  }
  return duration;
}

std::vector<TextMember> RuleFields::texts(std::string_view key) const {
  std::vector<TextMember> members;
  const YamlNode* const node = find(key);
  if (node == nullptr) return members;
  if (node->kind != YamlNode::Kind::map) {
    refuse_at(fmt::format("{} of {} is not a map", key, noun_), node->place);
  }
  for (std::size_t i = 0; i < node->members.size(); ++i) {
    const auto& [name, value] = node->members[i];
    if (value.kind == YamlNode::Kind::list || value.kind == YamlNode::Kind::map) {
      refuse_at(fmt::format("{} in {} of {} is not a text", in_quotes(name), key, noun_),
                value.place);
    }
    members.push_back({name, node->key_places[i], value});
  }
  return members;
}

std::vector<YamlNode> RuleFields::list(std::string_view key) const {
  const YamlNode* const node = find(key);
  if (node == nullptr) return {};
  if (node->kind != YamlNode::Kind::list) {
    refuse_at(fmt::format("{} of {} is not a list", key, noun_), node->place);
  }
  return node->items;
}

}  // namespace pcx::alert
