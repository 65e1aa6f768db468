#include "load/script_phases.h"

#include <chrono>
#include <cmath>
#include <ratio>

#include <fmt/format.h>

#include "core/text.h"
#include "load/arrivals.h"
#include "load/script_tree.h"
#include "load/time_text.h"

namespace pcx::load {

namespace {

constexpr double kRateMax = 10'000'000;
constexpr double kUsersMax = 1e9;  // of a phase, and of all of them
constexpr double kDaysMax = 7;

// One phase after another.
class PhaseReader {
 public:
  PhaseReader(Reading& reading, const YamlNode& node, const YamlNode* mode)
      : reading_(reading), node_(node), mode_(mode) {}

  void read() {
    if (!require_map(reading_, node_, "a phase")) return;
    if (const YamlNode* name = find_value(node_, "name")) {
      phase_.name = read_text(reading_, *name, "name").value_or("");
    }
    read_mode();
    const char* hint = "Write how many may be active at once; 0 is no limit.";
    phase_.users_max = whole_number("maxVusers", hint).value_or(0);
    const bool is_read = find_value(node_, "pause") != nullptr ? read_pause() : read_arrivals();
    if (is_read) reading_.plan.phases.push_back(std::move(phase_));
  }

 private:
  Faults& faults() { return reading_.faults; }

  void read_mode() {
    const YamlNode* node = find_value(node_, "mode");
    if (node == nullptr) node = mode_;
    if (node == nullptr) return;
    if (node->text == "poisson") phase_.law = ArrivalLaw::poisson;
    if (node->text == "poisson" || node->text == "uniform") return;
    faults().refuse("unknown_mode", node->place, "mode is neither uniform nor poisson",
                    "Artillery knows these two.");
  }

  std::optional<double> number(const char* key, double max) {
    const YamlNode* node = find_value(node_, key);
    if (node == nullptr) return std::nullopt;
    const auto value = read_number(reading_, *node, key);
    if (!value) return std::nullopt;
    if (*value >= 0 && *value <= max) return value;
    faults().refuse(
        "bad_number", node->place,
        fmt::format("{} of {} is not between 0 and {:.0f}", key, escape_controls(node->text), max),
        "Write a rate in users a second.");
    return std::nullopt;
  }

  // Users are not cut in two: half of one would be none, which is no limit.
  std::optional<std::int64_t> whole_number(const char* key, const char* hint) {
    const YamlNode* node = find_value(node_, key);
    if (node == nullptr) return std::nullopt;
    const auto value = read_number(reading_, *node, key);
    if (!value) return std::nullopt;
    if (*value >= 0 && *value <= kUsersMax && *value == std::trunc(*value)) {
      return static_cast<std::int64_t>(*value);
    }
    faults().refuse("bad_number", node->place,
                    fmt::format("{} of {} is no whole number between 0 and {:.0f}", key,
                                escape_controls(node->text), kUsersMax),
                    hint);
    return std::nullopt;
  }

  bool read_time(const char* key) {
    const YamlNode& node = *find_value(node_, key);
    const auto text = read_text(reading_, node, key);
    if (!text) return false;
    const auto length = parse_length(*text);
    if (!length || length->count() == 0) {
      faults().refuse("bad_duration", node.place,
                      fmt::format("{} is no {}", escape_controls(*text), key),
                      "Write seconds (60), or a text with a unit: 500ms, 30s, 5m, 1h.");
      return false;
    }
    phase_.duration = *length;
    check_fraction(key, node, *text);
    return true;
  }

  void check_fraction(const char* key, const YamlNode& node, const std::string& text) {
    const double value = Value{text}.to_number();
    if (std::isnan(value) || value == std::trunc(value)) return;
    const std::string message =
        fmt::format("Artillery cannot read {} {}, which has a fraction", key, text);
    if (reading_.options.strict) {
      faults().refuse("fractional_duration", node.place, message, "Write it with a unit: 500ms.");
    } else {
      faults().differs("fractional_duration", node.place, message, "pcx takes it as seconds.");
    }
  }

  bool read_pause() {
    phase_.is_pause = true;
    return read_time("pause");
  }

  bool read_arrivals() {
    if (find_value(node_, "duration") == nullptr) {
      faults().refuse("phase_without_duration", node_.place, "a phase without a duration",
                      "Add `duration:` in seconds, or `pause:`.");
      return false;
    }
    if (!read_time("duration")) return false;
    if (find_value(node_, "arrivalCount") != nullptr) return read_count();
    const bool has_ramp = find_value(node_, "rampTo") != nullptr;
    if (find_value(node_, "arrivalRate") == nullptr && !has_ramp) {
      faults().refuse("phase_without_arrivals", node_.place, "a phase in which nobody arrives",
                      "Add `arrivalRate:` in users a second, or `arrivalCount:`, or make it a "
                      "`pause:`.");
      return false;
    }
    return read_rates(has_ramp);
  }

  bool read_count() {
    const auto count = whole_number("arrivalCount", "Write how many users arrive in all.");
    if (!count) return false;
    phase_.count = *count;
    phase_.is_pause = phase_.count == 0;
    return true;
  }

  bool read_rates(bool has_ramp) {
    const auto rate = number("arrivalRate", kRateMax);
    if (!rate && find_value(node_, "arrivalRate") != nullptr) return false;
    phase_.rate = phase_.rate_at_end = rate.value_or(0);
    if (has_ramp) {
      const auto end = number("rampTo", kRateMax);
      if (!end) return false;
      phase_.rate_at_end = *end;
    } else {
      check_fractional_rate();
    }
    phase_.is_pause = phase_.rate == 0 && phase_.rate_at_end == 0;
    check_users();
    return true;
  }

  void check_fractional_rate() {
    if (phase_.rate == std::trunc(phase_.rate)) return;
    const YamlNode& node = *find_value(node_, "arrivalRate");
    const std::string message =
        fmt::format("Artillery stops at an arrivalRate of {}, which has a fraction",
                    escape_controls(node.text));
    if (reading_.options.strict) {
      faults().refuse("fractional_rate", node.place, message, "Write whole users a second.");
    } else {
      faults().differs("fractional_rate", node.place, message, "pcx keeps the rate.");
    }
  }

  // A tenth of a user a second, for five seconds.
  void check_users() {
    if (phase_.is_pause || phase_.law == ArrivalLaw::poisson) return;
    const double seconds = std::chrono::duration<double>{phase_.duration}.count();
    if (seconds * (phase_.rate + phase_.rate_at_end) / 2 > 1 - 1e-9) return;
    faults().fault("phase_without_users", node_.place,
                   "the phase is over before its first user arrives",
                   "Make it longer, or its rate higher; for a rest write `pause:`.");
  }

  Reading& reading_;
  const YamlNode& node_;
  const YamlNode* mode_;
  Phase phase_;
};

// Figures are kept for each second, and users are numbered: a slip of a zero is told at its place
// before any memory is taken for it.
class PlanLimits {
 public:
  explicit PlanLimits(Reading& reading) : faults_(reading.faults) {}

  void add(const Phase& phase, const Location& place) {
    days_ += std::chrono::duration<double, std::ratio<86'400>>{phase.duration}.count();
    users_ += users_of(phase);
    if (!is_told_ && days_ > kDaysMax) {
      tell("plan_too_long", place, fmt::format("the phases take more than {:.0f} days", kDaysMax),
           "Write shorter ones; a number without a unit is seconds.");
    } else if (!is_told_ && users_ > kUsersMax) {
      tell("plan_too_large", place,
           fmt::format("more than {:.0f} users arrive in the phases", kUsersMax),
           "Write lower rates, or shorter phases.");
    }
  }

 private:
  void tell(const char* rule, const Location& place, const std::string& what, const char* hint) {
    faults_.refuse(rule, place, what, hint);
    is_told_ = true;
  }

  Faults& faults_;
  double days_ = 0, users_ = 0;
  bool is_told_ = false;
};

}  // namespace

void read_phases(Reading& reading, const YamlNode& config) {
  const YamlNode* phases = find_value(config, "phases");
  if (phases == nullptr || reading.options.solo) {
    reading.plan.phases.push_back({.duration = std::chrono::seconds{1}, .count = 1});
    return;
  }
  if (!require_list(reading, *phases, "phases")) return;
  PlanLimits limits{reading};
  for (const YamlNode& phase : phases->items) {
    const std::size_t before = reading.plan.phases.size();
    PhaseReader{reading, phase, find_value(config, "mode")}.read();
    if (reading.plan.phases.size() > before) limits.add(reading.plan.phases.back(), phase.place);
  }
}

}  // namespace pcx::load
