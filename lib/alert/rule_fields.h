// The keys of a map in a rule file, read by their kinds as yaml.v3 of Prometheus does: a key
// without a value is as good as none. Everything thrown is Error{data} with its place.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/yaml.h"

namespace pcx::alert {

// Data in a message: in quotes, without what would steer a terminal, cut when it is long.
std::string in_quotes(std::string_view text);

// "Did you mean "x"?", else what is known.
std::string suggestion_for(std::string_view word, const std::vector<std::string>& known);

[[noreturn]] void refuse_at(const std::string& message, Location place, std::string hint = {});

// A member of a map of texts: labels, annotations.
struct TextMember {
  std::string name;
  Location place;  // of the name
  YamlNode value;  // a scalar; its text is empty for null
};

class RuleFields {
 public:
  // `noun`: "group \"practice\"". `map` outlives this. Throws when it is none, or has other keys.
  RuleFields(std::string noun, const YamlNode& map, std::span<const std::string_view> known);

  const std::string& noun() const { return noun_; }
  void set_noun(std::string noun) { noun_ = std::move(noun); }
  const Location& place() const { return map_.place; }

  const YamlNode* find(std::string_view key) const;  // nullptr: missing, or null
  Location place_of(std::string_view key) const;     // of the key; of the map when it is missing
  std::string text(std::string_view key) const;      // empty: missing
  // Throws for what is no duration of Prometheus.
  std::optional<std::chrono::milliseconds> duration(std::string_view key) const;
  std::vector<TextMember> texts(std::string_view key) const;
  std::vector<YamlNode> list(std::string_view key) const;

 private:
  std::string noun_;
  const YamlNode& map_;
};

}  // namespace pcx::alert
