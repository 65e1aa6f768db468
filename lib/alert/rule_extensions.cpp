#include "alert/rule_extensions.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include <fmt/format.h>

#include "core/text.h"
#include "core/yaml_place.h"

namespace pcx::alert {

namespace {

constexpr const char* kDurationHint = "Durations are written as 90s, 5m or 1h30m.";

[[noreturn]] void refuse_value(const TextMember& annotation, const std::string& phrase,
                               std::string hint = {}) {
  refuse_at(fmt::format("{} {}", annotation.name, phrase), annotation.value.place, std::move(hint));
}

std::chrono::milliseconds duration_of(const TextMember& annotation) {
  const auto duration = parse_prometheus_duration(annotation.value.text);
  if (duration) return *duration;
  refuse_value(annotation, fmt::format("is no duration: {}", in_quotes(annotation.value.text)),
               kDurationHint);
}

// "a, b": at least one, none twice.
std::vector<std::string> names_of(const TextMember& annotation) {
  std::vector<std::string> names;
  for (const std::string& part : split(annotation.value.text, ',')) {
    std::string name{trim(part)};
    if (name.empty()) refuse_value(annotation, "has an empty name in its list");
    if (std::ranges::find(names, name) != names.end()) {
      refuse_value(annotation, fmt::format("names {} twice", in_quotes(name)));
    }
    names.push_back(std::move(name));
  }
  return names;
}

void set_resolve_expr(Rule& rule, const TextMember& annotation, const ExtensionSource& source) {
  rule.resolve = at_value(source.file, annotation.value, [&](const Location& place) {
    return Expression::parse(annotation.value.text, place);
  });
  if (rule.resolve->is_vector()) return;
  refuse_value(annotation, "is a number, which no alert has the labels of",
               "It has to select the series that are well again.");
}

void set_no_data(Rule& rule, const TextMember& annotation, const ExtensionSource&) {
  static const std::vector<std::string> words{"keep", "ok", "alert", "error"};
  const std::string& word = annotation.value.text;
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) {
    refuse_value(annotation, fmt::format("cannot be {}", in_quotes(word)),
                 suggestion_for(word, words));
  }
  rule.no_data = static_cast<NoData>(found - words.begin());
}

void set_schedule(Rule& rule, const TextMember& annotation, const ExtensionSource& source) {
  rule.schedule = at_value(source.file, annotation.value, [&](const Location& place) {
    return parse_schedule(annotation.value.text, source.default_zone, place);
  });
}

void set_receivers(Rule& rule, const TextMember& annotation, const ExtensionSource&) {
  rule.receivers = names_of(annotation);
}

void set_repeat(Rule& rule, const TextMember& annotation, const ExtensionSource&) {
  rule.repeat = duration_of(annotation);
}

void set_max_gap(Rule& rule, const TextMember& annotation, const ExtensionSource&) {
  rule.gap_max = duration_of(annotation);
  if (rule.gap_max.count() == 0) refuse_value(annotation, "must be longer than nothing");
}

void set_volatile(Rule& rule, const TextMember& annotation, const ExtensionSource&) {
  for (std::string& name : names_of(annotation)) {
    if (!is_label_name(name)) {
      refuse_value(annotation, fmt::format("has {}, which is no label's name", in_quotes(name)));
    }
    if (name == "alertname") refuse_value(annotation, "cannot name alertname");
    rule.volatile_labels.insert(std::move(name));
  }
}

// "4 in 1h".
std::optional<Flap> parse_flap(std::string_view text) {
  std::vector<std::string> words = split(text, ' ');
  std::erase(words, "");
  if (words.size() != 3 || words[1] != "in") return std::nullopt;
  Flap flap;
  const char* const end = words[0].data() + words[0].size();
  const auto read = std::from_chars(words[0].data(), end, flap.changes_max);
  const auto window = parse_prometheus_duration(words[2]);
  if (read.ec != std::errc{} || read.ptr != end || !window) return std::nullopt;
  if (flap.changes_max < 2 || flap.changes_max > kFlapChangesMax) return std::nullopt;
  flap.window = *window;
  return flap;
}

void set_flap(Rule& rule, const TextMember& annotation, const ExtensionSource&) {
  if (annotation.value.text == "off") {
    rule.flap.changes_max = 0;
    return;
  }
  const auto flap = parse_flap(annotation.value.text);
  if (!flap || flap->window.count() == 0) {
    refuse_value(
        annotation, fmt::format("cannot be {}", in_quotes(annotation.value.text)),
        fmt::format("Write it as \"4 in 1h\", with 2 to {} changes, or \"off\".", kFlapChangesMax));
  }
  rule.flap = *flap;
}

struct Extension {
  std::string_view name;
  void (*set)(Rule& rule, const TextMember& annotation, const ExtensionSource& source);
};

constexpr Extension kExtensions[] = {
    {"pcx_resolve_expr", set_resolve_expr},
    {"pcx_no_data", set_no_data},
    {"pcx_schedule", set_schedule},
    {"pcx_receivers", set_receivers},
    {"pcx_repeat", set_repeat},
    {"pcx_flap", set_flap},
    {"pcx_volatile", set_volatile},
    {"pcx_max_gap", set_max_gap},
};

}  // namespace

void set_extension(Rule& rule, const TextMember& annotation, const ExtensionSource& source) {
  const auto found = std::ranges::find(kExtensions, annotation.name, &Extension::name);
  if (found == std::end(kExtensions)) {
    std::vector<std::string> known;
    for (const Extension& extension : kExtensions) known.emplace_back(extension.name);
    refuse_at(fmt::format("unknown annotation {}", in_quotes(annotation.name)), annotation.place,
              suggestion_for(annotation.name, known));
  }
  if (trim(annotation.value.text).empty())
    refuse_at(annotation.name + " is empty", annotation.place);
  found->set(rule, annotation, source);
}

}  // namespace pcx::alert
