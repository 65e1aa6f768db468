#include "core/time.h"

#include <charconv>
#include <cstdint>

#include <fmt/format.h>

namespace pcx {

namespace {

using std::chrono::system_clock;

// Reads exactly `digits` digits and removes them from `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + digits, value);
  if (failed != std::errc{} || end != text.data() + digits || text[0] == '-') return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take_character(std::string_view& text, std::string_view allowed) {
  if (text.empty() || allowed.find(text[0]) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::chrono::sys_days> take_date(std::string_view& text) {
  const auto year = take_number(text, 4);
  if (!year || !take_character(text, "-")) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take_character(text, "-")) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date};
}

std::optional<std::chrono::seconds> take_clock(std::string_view& text) {
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take_character(text, ":")) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || *minute > 59 || !take_character(text, ":")) return std::nullopt;
  const auto second = take_number(text, 2);
  if (!second || *second > 60) return std::nullopt;  // 60: a leap second
  return std::chrono::hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{*second};
}

std::optional<std::chrono::nanoseconds> take_fraction(std::string_view& text) {
  if (!take_character(text, ".")) return std::chrono::nanoseconds{0};
  std::int64_t value = 0;
  std::int64_t unit = 1'000'000'000;
  while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
    unit /= 10;
    if (unit == 0) return std::nullopt;
    value += (text[0] - '0') * unit;
    text.remove_prefix(1);
  }
  if (unit == 1'000'000'000) return std::nullopt;
  return std::chrono::nanoseconds{value};
}

std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
  if (take_character(text, "Zz")) return std::chrono::minutes{0};
  const bool west = text.starts_with('-');
  if (!take_character(text, "+-")) return std::nullopt;
  const auto hours = take_number(text, 2);
  if (!hours || *hours > 23 || !take_character(text, ":")) return std::nullopt;
  const auto minutes = take_number(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  const auto offset = std::chrono::hours{*hours} + std::chrono::minutes{*minutes};
  return west ? -offset : offset;
}

template <typename Unit>
std::string with_fraction(system_clock::time_point instant) {
  using namespace std::chrono;
  const auto day = floor<days>(instant);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<Unit>(instant - day)};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:0{}}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count(), hh_mm_ss<Unit>::fractional_width);
}

}  // namespace

std::string to_rfc3339(system_clock::time_point instant) {
  return with_fraction<std::chrono::milliseconds>(instant);
}

std::string to_rfc3339_us(system_clock::time_point instant) {
  return with_fraction<std::chrono::microseconds>(instant);
}

std::optional<system_clock::time_point> parse_rfc3339(std::string_view text) {
  const auto date = take_date(text);
  if (!date || !take_character(text, "Tt ")) return std::nullopt;
  const auto clock = take_clock(text);
  if (!clock) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  using namespace std::chrono;
  if (*date < sys_days{1678y / 1 / 1} || *date >= sys_days{2262y / 1 / 1}) return std::nullopt;
  return system_clock::time_point{date->time_since_epoch()} + *clock - *offset +
         std::chrono::duration_cast<system_clock::duration>(*fraction);
}

std::string to_short_text(std::chrono::nanoseconds duration) {
  using namespace std::chrono;
  const double total_ms =
      duration_cast<std::chrono::duration<double, std::milli>>(duration).count();
  if (total_ms < 10) return fmt::format("{:.1f} ms", total_ms);
  if (total_ms < 999.5) return fmt::format("{:.0f} ms", total_ms);
  if (total_ms < 59'950) return fmt::format("{:.1f} s", total_ms / 1000);
  const auto whole = round<seconds>(duration);
  if (whole < hours{1}) return fmt::format("{} min {} s", whole.count() / 60, whole.count() % 60);
  return fmt::format("{} h {:02} min", whole.count() / 3600, whole.count() / 60 % 60);
}

}  // namespace pcx
