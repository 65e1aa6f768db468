#include "load/script_tree.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <regex>

#include "core/javascript.h"
#include "load/value.h"

namespace pcx::load {

namespace {

using Kind = YamlNode::Kind;

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

std::optional<double> radix_number(std::string_view digits, int base) {
  if (digits.empty()) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, failed] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  const bool is_whole = failed == std::errc{} && end == digits.data() + digits.size();
  return is_whole ? std::optional{static_cast<double>(value)} : std::nullopt;
}

// 0x1f, 0b1, 017: the text without its sign.
std::optional<double> other_radix(std::string_view text) {
  if (text.starts_with("0x")) return radix_number(text.substr(2), 16);
  if (text.starts_with("0b")) return radix_number(text.substr(2), 2);
  if (text.size() > 1 && text.front() == '0') return radix_number(text.substr(1), 8);
  return std::nullopt;
}

bool is_decimal(std::string_view text) {
  const bool has_digit = text.find_first_of("0123456789") != std::string_view::npos;
  return has_digit && text.find_first_not_of("0123456789.eE+-") == std::string_view::npos &&
         !text.starts_with('e') && !text.starts_with('E');
}

std::optional<double> special_number(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_one_of(text, {".nan", ".NaN", ".NAN"})) return std::numeric_limits<double>::quiet_NaN();
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  if (!is_one_of(text, {".inf", ".Inf", ".INF"})) return std::nullopt;
  const double infinity = std::numeric_limits<double>::infinity();
  return is_negative ? -infinity : infinity;
}

std::optional<double> number_of(std::string_view text) {
  if (text.empty() || text.front() == '_' || text.back() == '_') return std::nullopt;
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return c != '_'; });
  if (const auto special = special_number(digits)) return special;
  const bool has_sign = digits.front() == '-' || digits.front() == '+';
  const std::string_view unsigned_digits = std::string_view{digits}.substr(has_sign ? 1 : 0);
  if (const auto other = other_radix(unsigned_digits)) {
    return digits.front() == '-' ? -*other : *other;
  }
  if (!is_decimal(digits)) return std::nullopt;
  const double number = javascript::to_number(Document{digits});
  return std::isnan(number) ? std::nullopt : std::optional{number};
}

void add_missing(YamlNode& map, const YamlNode& other) {
  for (std::size_t i = 0; i < other.members.size(); ++i) {
    if (map.find(other.members[i].first) != nullptr) continue;
    map.members.push_back(other.members[i]);
    map.key_places.push_back(other.key_places[i]);
  }
}

auto place_in(YamlNode& map, std::string_view key) {
  return std::ranges::find_if(map.members,
                              [key](const auto& member) { return member.first == key; });
}

YamlNode* find_member(YamlNode& map, std::string_view key) {
  const auto found = place_in(map, key);
  return found == map.members.end() ? nullptr : &found->second;
}

YamlNode take_member(YamlNode& map, std::string_view key) {
  const auto found = place_in(map, key);
  YamlNode value = std::move(found->second);
  map.key_places.erase(map.key_places.begin() + (found - map.members.begin()));
  map.members.erase(found);
  return value;
}

void merge_lists(YamlNode& base, const YamlNode& over) {
  for (std::size_t i = 0; i < over.items.size(); ++i) {
    if (i < base.items.size()) {
      merge_over(base.items[i], over.items[i], Lists::by_index);
    } else {
      base.items.push_back(over.items[i]);
    }
  }
}

void merge_maps(YamlNode& base, const YamlNode& over, Lists lists) {
  for (std::size_t i = 0; i < over.members.size(); ++i) {
    const auto& [key, value] = over.members[i];
    if (YamlNode* found = find_member(base, key)) {
      merge_over(*found, value, lists);
    } else {
      base.members.emplace_back(key, value);
      base.key_places.push_back(over.key_places[i]);
    }
  }
}

}  // namespace

void resolve_merge_keys(YamlNode& node) {
  for (YamlNode& item : node.items) resolve_merge_keys(item);
  for (auto& member : node.members) resolve_merge_keys(member.second);
  if (node.find("<<") == nullptr) return;
  const YamlNode merged = take_member(node, "<<");
  if (merged.kind == Kind::map) add_missing(node, merged);
  for (const YamlNode& item : merged.items) add_missing(node, item);
}

Document scalar_of(const YamlNode& node) {
  if (node.kind == Kind::null) return {};
  if (node.quoted) return node.text;
  if (is_one_of(node.text, {"true", "True", "TRUE"})) return true;
  if (is_one_of(node.text, {"false", "False", "FALSE"})) return false;
  if (is_one_of(node.text, {"", "~", "null", "Null", "NULL"})) return {};
  const auto number = number_of(node.text);
  return number ? Value{*number}.to_document() : Document{node.text};
}

Document to_document(const YamlNode& node) {
  if (node.kind == Kind::list) {
    Document::Array items;
    for (const YamlNode& item : node.items) items.push_back(to_document(item));
    return items;
  }
  if (node.kind != Kind::map) return scalar_of(node);
  Document::Object members;
  for (const auto& [key, value] : node.members) members.emplace_back(key, to_document(value));
  return members;
}

YamlNode to_node(const Document& document, const Location& place) {
  YamlNode node;
  node.place = place;
  if (document.is_array()) {
    node.kind = Kind::list;
    for (const Document& item : document.items()) node.items.push_back(to_node(item, place));
  } else if (document.is_object()) {
    node.kind = Kind::map;
    for (const auto& [key, value] : document.members()) {
      node.members.emplace_back(key, to_node(value, place));
      node.key_places.push_back(place);
    }
  } else if (!document.is_null()) {
    node.kind = Kind::scalar;
    const Value value = Value::of(document);
    node.text = value.to_text();
    node.quoted = value.text() != nullptr;
  }
  return node;
}

Surprise surprise_of(const YamlNode& node) {
  if (node.kind != Kind::scalar || node.quoted) return Surprise::none;
  static const std::regex date{R"(\d{4}-\d\d?-\d\d?([Tt ]+\d.*)?)"};
  static const std::regex base_60{R"([-+]?[1-9]\d*(:[0-5]?\d)+)"};
  static const std::regex octal{R"([-+]?0[0-7_]+)"};
  const auto is = [&node](const std::regex& form) { return std::regex_match(node.text, form); };
  if (node.text.size() > 40) return Surprise::none;
  if (is(date)) return Surprise::date;
  if (is(base_60)) return Surprise::base_60;
  return is(octal) ? Surprise::octal : Surprise::none;
}

void merge_over(YamlNode& base, const YamlNode& over, Lists lists) {
  if (base.kind == Kind::map && over.kind == Kind::map) {
    merge_maps(base, over, lists);
  } else if (base.kind == Kind::list && over.kind == Kind::list && lists == Lists::by_index) {
    merge_lists(base, over);
  } else {
    base = over;
  }
}

void set_member(YamlNode& map, std::string_view key, YamlNode value) {
  map.kind = Kind::map;
  if (YamlNode* found = find_member(map, key)) {
    *found = std::move(value);
    return;
  }
  map.key_places.push_back(value.place);
  map.members.emplace_back(std::string{key}, std::move(value));
}

YamlNode& map_member(YamlNode& map, std::string_view key) {
  if (find_member(map, key) == nullptr) set_member(map, key, {});
  YamlNode& found = *find_member(map, key);
  if (found.kind != Kind::map) {
    const Location place = found.place;
    found = {};
    found.kind = Kind::map;
    found.place = place;
  }
  return found;
}

}  // namespace pcx::load
