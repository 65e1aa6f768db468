#include "load/script_ensure.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "load/script_tree.h"

namespace pcx::load {

namespace {

constexpr std::string_view kAggregates[] = {"min", "max", "count", "mean", "p50", "median",
                                            "p75", "p90", "p95",   "p99",  "p999"};
constexpr std::string_view kLegacy[] = {"min", "max", "median", "p95", "p99"};
// What Artillery measures as a distribution; all else are counters and rates.
constexpr std::string_view kSummaries[] = {"http.response_time",
                                           "http.response_time.2xx",
                                           "http.response_time.3xx",
                                           "http.response_time.4xx",
                                           "http.response_time.5xx",
                                           "vusers.session_length",
                                           "http.dns",
                                           "http.tcp",
                                           "http.tls",
                                           "http.total",
                                           "pcx.latency",
                                           "pcx.start_lag",
                                           "pcx.loop_lag",
                                           "pcx.connect",
                                           "pcx.tls",
                                           "pcx.first_byte",
                                           "pcx.read"};
constexpr std::string_view kCounters[] = {
    "http.requests",        "http.responses",   "http.request_rate", "http.downloaded_bytes",
    "vusers.created",       "vusers.completed", "vusers.failed",     "vusers.skipped",
    "apdex.satisfied",      "apdex.tolerated",  "apdex.frustrated",  "plugins.expect.ok",
    "plugins.expect.failed"};
// Those that may end in anything.
constexpr std::string_view kFamilies[] = {"http.codes.", "errors.", "plugins.", "pcx.",
                                          "vusers.created_by_name."};

struct OldName {
  std::string_view old_name, name;
};
constexpr OldName kOldNames[] = {{"engine.http.", "http."},
                                 {"core.vusers.created.total", "vusers.created"},
                                 {"core.vusers.", "vusers."}};

template <typename List>
bool contains(const List& list, std::string_view word) {
  return std::ranges::find(list, word) != std::end(list);
}

bool is_metric(std::string_view name) {
  if (contains(kCounters, name)) return true;
  if (std::ranges::any_of(kFamilies, [&](auto family) { return name.starts_with(family); })) {
    return true;
  }
  const auto dot = name.rfind('.');
  return dot != std::string_view::npos && contains(kSummaries, name.substr(0, dot)) &&
         contains(kAggregates, name.substr(dot + 1));
}

std::optional<std::string> suggestion_for(std::string_view name) {
  if (contains(kAggregates, name)) return "http.response_time." + std::string{name};
  if (contains(kSummaries, name)) return std::string{name} + ".p95";
  std::vector<std::string> known;
  for (const auto summary : kSummaries) {
    for (const auto aggregate : kAggregates) {
      known.push_back(fmt::format("{}.{}", summary, aggregate));
    }
  }
  known.insert(known.end(), std::begin(kCounters), std::end(kCounters));
  return nearest(name, known);
}

class EnsureReader {
 public:
  explicit EnsureReader(Reading& reading) : reading_(reading) {}

  void read(const YamlNode& node) {
    if (!require_map(reading_, node, "ensure")) return;
    for (std::size_t i = 0; i < node.members.size(); ++i) {
      const auto& [key, value] = node.members[i];
      if (key == "thresholds")
        thresholds(value);
      else if (key == "conditions")
        conditions(value);
      else if (key == "maxErrorRate")
        error_rate(value);
      else if (contains(kLegacy, key))
        threshold("http.response_time." + key, value, value.place);
      else
        unknown_key(key, node.key_places[i]);
    }
  }

 private:
  Faults& faults() { return reading_.faults; }

  void unknown_key(const std::string& key, const Location& place) {
    static const std::vector<std::string> known = {
        "thresholds", "conditions", "maxErrorRate", "min", "max", "median", "p95", "p99"};
    const auto meant = nearest(key, known);
    std::string hint = "Nothing is judged by it. ";
    if (key.find("ResponseTime") != std::string::npos || key.find("p9") != std::string::npos) {
      hint += "Write `thresholds: [{http.response_time.p95: 200}]`.";
    } else if (meant) {
      hint += fmt::format("Did you mean {}?", *meant);
    } else {
      hint += fmt::format("ensure has {}.", join(known, ", "));
    }
    faults().fault("unknown_ensure_key", place,
                   fmt::format("ensure has no {}", escape_controls(key)), std::move(hint));
  }

  // The name that is measured under today.
  std::string metric(std::string name, const Location& place) {
    for (const OldName& old : kOldNames) {
      if (!name.starts_with(old.old_name)) continue;
      std::string today = std::string{old.name} + name.substr(old.old_name.size());
      faults().differs("old_metric_name", place,
                       fmt::format("{} is a name of Artillery 1; a check of it fails always",
                                   escape_controls(name)),
                       fmt::format("pcx takes {}.", escape_controls(today)));
      name = std::move(today);
      break;
    }
    if (is_metric(name) || reading_.has_hooks) return name;
    const auto meant = suggestion_for(name);
    faults().fault("unknown_metric", place,
                   fmt::format("nothing is measured by the name {}", escape_controls(name)),
                   meant ? fmt::format("Did you mean {}?", *meant)
                         : "`pcx help artillery` lists the metrics.");
    return name;
  }

  void thresholds(const YamlNode& node) {
    if (is_map(node)) {
      faults().differs("thresholds_map", node.place,
                       "Artillery judges no thresholds that are a map instead of a list",
                       "pcx judges them. Write a dash in front of each.");
    }
    for (const YamlNode* item : read_items(node)) {
      if (!require_map(reading_, *item, "a threshold")) continue;
      for (std::size_t i = 0; i < item->members.size(); ++i) {
        threshold(item->members[i].first, item->members[i].second, item->key_places[i]);
      }
    }
  }

  void threshold(const std::string& name, const YamlNode& value, const Location& place) {
    const auto below = read_number(reading_, value, name);
    const std::string measured = metric(name, place);
    if (below) reading_.plan.ensure.thresholds.push_back({measured, *below, value.place});
  }

  void conditions(const YamlNode& node) {
    for (const YamlNode* item : read_items(node)) {
      if (!require_map(reading_, *item, "a condition")) continue;
      const YamlNode* expression = find_value(*item, "expression");
      if (expression == nullptr) {
        faults().refuse("condition_without_expression", item->place,
                        "a condition without an expression",
                        "Write `- expression: \"http.response_time.p95 < 200\"`.");
        continue;
      }
      condition(*item, *expression);
    }
  }

  std::size_t number_of(const std::string& name, const Location& place) {
    auto& metrics = reading_.plan.ensure.metrics;
    const std::string measured = metric(name, place);
    const auto found = std::ranges::find(metrics, measured);
    if (found != metrics.end()) return static_cast<std::size_t>(found - metrics.begin());
    metrics.push_back(measured);
    return metrics.size() - 1;
  }

  void condition(const YamlNode& item, const YamlNode& node) {
    const auto text = read_text(reading_, node, "expression");
    if (!text) return;
    const YamlNode* strict = find_value(item, "strict");
    const bool is_strict =
        strict == nullptr || read_flag(reading_, *strict, "strict").value_or(true);
    Location start = node.place;
    if (node.quoted) ++start.column;
    try {
      const auto number = [&](std::string_view name) {
        return number_of(std::string{name}, node.place);
      };
      reading_.plan.ensure.conditions.push_back(
          {*text, Expression::parse(*text, start, number), is_strict, node.place});
    } catch (const Error& error) {
      faults().refuse("expression_syntax", error.location(), error.what(), error.hint());
    }
  }

  void error_rate(const YamlNode& value) {
    const auto percent = read_number(reading_, value, "maxErrorRate");
    if (!percent) return;
    if (*percent < 0 || *percent > 100) {
      faults().fault("bad_percentage", value.place,
                     fmt::format("an error rate of {} percent", escape_controls(value.text)),
                     "Write a number from 0 to 100.");
    }
    reading_.plan.ensure.error_rate_max = percent;
    reading_.plan.ensure.error_rate_place = value.place;
  }

  Reading& reading_;
};

}  // namespace

void read_ensure(Reading& reading, const YamlNode& config) {
  const YamlNode* plugins = find_value(config, "plugins");
  const YamlNode* plugin = plugins != nullptr ? plugins->find("ensure") : nullptr;
  const YamlNode* node = find_value(config, "ensure");
  if (node != nullptr && plugin == nullptr) {
    if (reading.options.strict) return;
    reading.faults.differs("ensure_without_plugin", place_of_key(config, "ensure"),
                           "Artillery judges nothing unless config.plugins has `ensure: {}`",
                           "pcx judges it.");
  }
  if (node == nullptr) node = plugin;
  if (node != nullptr && node->kind != YamlNode::Kind::null) EnsureReader{reading}.read(*node);
}

}  // namespace pcx::load
