#include "alert/template_functions.h"

#include <chrono>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>

#include "alert/template_case.h"
#include "core/error.h"
#include "core/text.h"

namespace pcx::alert {

namespace {

constexpr int kDigits = 4;
// The next double above is one that 64 bits cannot hold any more.
constexpr double kSecondsMax = 9.2e18;
constexpr double kInt64End = 9'223'372'036'854'775'808.0;

double number_of(const TemplateValue& argument) {
  if (const double* const number = std::get_if<double>(&argument)) return *number;
  const std::string& text = std::get<std::string>(argument);
  if (const auto number = parse_go_number(text)) return *number;
  throw Error{ErrorCode::data, fmt::format("\"{}\" is no number", escape_controls(text))};
}

const std::string& text_of(const TemplateValue& argument) {
  return std::get<std::string>(argument);
}

std::string shown(double number) { return to_go_text(number, kDigits); }

// Divided by `step` as often as there are prefixes that make it smaller than one step.
std::string with_large_prefix(double number, double step, std::span<const char* const> prefixes) {
  std::string prefix;
  for (const char* const next : prefixes) {
    if (std::fabs(number) < step) break;
    prefix = next;
    number /= step;
  }
  return shown(number) + prefix;
}

std::string with_small_prefix(double number) {
  std::string prefix;
  for (const char* const next : {"m", "u", "n", "p", "f", "a", "z", "y"}) {
    if (std::fabs(number) >= 1) break;
    prefix = next;
    number *= 1000;
  }
  return shown(number) + prefix;
}

std::string humanize(const TemplateValue& argument) {
  static constexpr const char* kPrefixes[] = {"k", "M", "G", "T", "P", "E", "Z", "Y"};
  const double number = number_of(argument);
  if (number == 0 || !std::isfinite(number)) return shown(number);
  if (std::fabs(number) >= 1) return with_large_prefix(number, 1000, kPrefixes);
  return with_small_prefix(number);
}

std::string humanize_1024(const TemplateValue& argument) {
  static constexpr const char* kPrefixes[] = {"ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"};
  const double number = number_of(argument);
  if (std::fabs(number) <= 1 || !std::isfinite(number)) return shown(number);
  return with_large_prefix(number, 1024, kPrefixes);
}

// From a minute on without fractions of a second.
std::string long_duration(double seconds) {
  const auto all = static_cast<std::int64_t>(std::fmin(seconds, kSecondsMax));
  const auto days = all / 86'400;
  const auto hours = all / 3600 % 24;
  const auto minutes = all / 60 % 60;
  if (days != 0) return fmt::format("{}d {}h {}m {}s", days, hours, minutes, all % 60);
  if (hours != 0) return fmt::format("{}h {}m {}s", hours, minutes, all % 60);
  if (minutes != 0) return fmt::format("{}m {}s", minutes, all % 60);
  return shown(seconds) + "s";
}

std::string humanize_duration(const TemplateValue& argument) {
  const double seconds = number_of(argument);
  if (!std::isfinite(seconds)) return shown(seconds);
  if (seconds == 0) return shown(seconds) + "s";
  if (std::fabs(seconds) < 1) return with_small_prefix(seconds) + "s";
  return (seconds < 0 ? "-" : "") + long_duration(std::fabs(seconds));
}

std::string humanize_percentage(const TemplateValue& argument) {
  return shown(number_of(argument) * 100) + "%";
}

// As Go writes a time.Time in UTC: "2026-01-31 23:59:59.12 +0000 UTC".
std::string humanize_timestamp(const TemplateValue& argument) {
  const double seconds = number_of(argument);
  if (!std::isfinite(seconds)) return shown(seconds);
  const double nanoseconds = seconds * 1e9;
  if (nanoseconds >= kInt64End || nanoseconds < -kInt64End) {
    throw Error{ErrorCode::data,
                fmt::format("{} is no instant that can be written", to_go_text(seconds))};
  }
  const std::chrono::sys_time<std::chrono::milliseconds> instant{
      std::chrono::milliseconds{static_cast<std::int64_t>(nanoseconds) / 1'000'000}};
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{instant - day};
  std::string fraction = fmt::format(".{:03}", time.subseconds().count());
  fraction.erase(fraction.find_last_not_of(".0") + 1);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}{} +0000 UTC", int{date.year()},
                     unsigned{date.month()}, unsigned{date.day()}, time.hours().count(),
                     time.minutes().count(), time.seconds().count(), fraction);
}

std::string title(const TemplateValue& argument) { return to_title(text_of(argument)); }
std::string upper(const TemplateValue& argument) { return to_upper(text_of(argument)); }
std::string lower(const TemplateValue& argument) { return to_lower(text_of(argument)); }

constexpr TemplateFunction kFunctions[] = {
    {"humanize", true, humanize},
    {"humanize1024", true, humanize_1024},
    {"humanizeDuration", true, humanize_duration},
    {"humanizePercentage", true, humanize_percentage},
    {"humanizeTimestamp", true, humanize_timestamp},
    {"title", false, title},
    {"toUpper", false, upper},
    {"toLower", false, lower},
};

}  // namespace

std::span<const TemplateFunction> template_functions() { return kFunctions; }

}  // namespace pcx::alert
