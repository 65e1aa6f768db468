#include "kpi/metric_name.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "core/text.h"

namespace pcx::kpi {

namespace {

constexpr std::string_view kAnyCurrency = "???";

struct Unit {
  std::string_view name;
  std::string_view base;
};

constexpr Unit kUnits[] = {
    {"amperes", "amperes"}, {"bytes", "bytes"},        {"celsius", "celsius"},
    {"grams", "grams"},     {"joules", "joules"},      {"kelvin", "kelvin"},
    {"meters", "meters"},   {"metres", "metres"},      {"seconds", "seconds"},
    {"volts", "volts"},     {"minutes", "seconds"},    {"hours", "seconds"},
    {"days", "seconds"},    {"weeks", "seconds"},      {"kelvins", "kelvin"},
    {"rankine", "celsius"}, {"fahrenheit", "celsius"}, {"inches", "meters"},
    {"yards", "meters"},    {"miles", "meters"},       {"bits", "bytes"},
    {"calories", "joules"}, {"pounds", "grams"},       {"ounces", "grams"},
};

constexpr std::string_view kPrefixes[] = {
    "",     "pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo",
    "kibi", "mega", "mibi", "giga",  "gibi",  "tera",  "tebi", "peta", "pebi",
};

constexpr std::string_view kAbbreviations[] = {"s",  "ms", "us", "ns", "sec", "b", "kb",
                                               "mb", "gb", "tb", "pb", "m",   "h", "d"};

constexpr std::string_view kTypes[] = {"counter", "gauge", "summary", "histogram"};

constexpr std::string_view kSuffixes[] = {"_total", "_count", "_sum", "_bucket", "_info"};

bool is_one_of(std::string_view word, auto& words) {
  return std::ranges::find(words, word) != std::end(words);
}

// What `word` should be instead, when it is a unit with a prefix, or not a base unit.
std::optional<std::string_view> base_unit(std::string_view word) {
  for (const Unit& unit : kUnits) {
    if (!word.ends_with(unit.name) || word == unit.base) continue;
    const auto prefix = word.substr(0, word.size() - unit.name.size());
    if (is_one_of(prefix, kPrefixes)) return unit.base;
  }
  return std::nullopt;
}

std::string with_suffix(std::string name, std::string_view suffix) {
  if (!name.ends_with(suffix)) name += suffix;
  return name;
}

// promlint asks for "_name_" and names that end so: the first word is always "pcx".
std::optional<std::string> fault_of_word(std::string_view word) {
  if (const auto base = base_unit(word)) return fmt::format("has {} instead of {}", word, *base);
  if (is_one_of(word, kAbbreviations)) return fmt::format("has the abbreviated unit _{}", word);
  if (is_one_of(word, kTypes)) return fmt::format("has the type of a metric, {}", word);
  return std::nullopt;
}

bool ends_in_letters(std::string_view name, std::size_t count) {
  if (name.size() <= count || name[name.size() - count - 1] != '_') return false;
  return std::ranges::all_of(name.substr(name.size() - count),
                             [](char c) { return c >= 'a' && c <= 'z'; });
}

bool can_be(char one, char other) {
  return one == other || (one == '?' && other >= 'a' && other <= 'z');
}

}  // namespace

std::string metric_name(const Definition& definition, std::string_view currency) {
  std::string name = "pcx_kpi_" + definition.name;
  switch (definition.kind) {
    case Kind::count: return name;
    case Kind::money: return with_suffix(std::move(name), fmt::format("_{}", currency));
    case Kind::duration: return with_suffix(std::move(name), "_seconds");
    case Kind::ratio: return with_suffix(std::move(name), "_ratio");
  }
  return name;
}

std::vector<std::string> metric_names(const Definition& definition) {
  std::vector<std::string> names = {metric_name(definition, kAnyCurrency)};
  // revenue_eur is so named when euros are the currency, too.
  if (definition.kind == Kind::money &&
      ends_in_letters("pcx_kpi_" + definition.name, kAnyCurrency.size())) {
    names.push_back("pcx_kpi_" + definition.name);
  }
  if (definition.by.empty()) return names;
  const std::size_t count = names.size();
  for (std::size_t i = 0; i < count; ++i) names.push_back(names[i] + "_by_" + definition.by);
  return names;
}

bool can_meet(std::string_view one, std::string_view other) {
  return std::ranges::equal(one, other,
                            [](char a, char b) { return can_be(a, b) || can_be(b, a); });
}

std::optional<std::string> fault_of_metric(std::string_view name) {
  for (const std::string_view suffix : kSuffixes) {
    if (name.ends_with(suffix)) return fmt::format("ends in {}", suffix);
  }
  for (const std::string& word : split(name, '_')) {
    if (auto fault = fault_of_word(word)) return fault;
  }
  return std::nullopt;
}

}  // namespace pcx::kpi
