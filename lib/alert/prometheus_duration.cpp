#include "alert/prometheus_duration.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <limits>

namespace pcx::alert {

namespace {

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
  bool only_without_rest;
};

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kHour = 3600 * kSecond;
constexpr std::int64_t kDay = 24 * kHour;
constexpr Unit kUnits[] = {
    {"y", 365 * kDay, true},    {"w", 7 * kDay, true}, {"d", kDay, false}, {"h", kHour, false},
    {"m", 60 * kSecond, false}, {"s", kSecond, false}, {"ms", 1, false},
};
constexpr std::int64_t kMillisecondsMax = std::numeric_limits<std::int64_t>::max() / 1'000'000;

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// Takes the digits at the beginning of `text`.
std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || !is_digit(text.front())) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::string_view take_word(std::string_view& text) {
  const auto length = static_cast<std::size_t>(std::ranges::find_if(text, is_digit) - text.begin());
  const std::string_view word = text.substr(0, length);
  text.remove_prefix(length);
  return word;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_prometheus_duration(std::string_view text) {
  if (text == "0") return std::chrono::milliseconds{0};
  if (text.empty()) return std::nullopt;
  std::int64_t sum = 0;
  const Unit* next = std::begin(kUnits);
  while (!text.empty()) {
    const auto number = take_number(text);
    const Unit* const unit =
        std::ranges::find(next, std::end(kUnits), take_word(text), &Unit::name);
    if (!number || unit == std::end(kUnits)) return std::nullopt;
    if (*number > (kMillisecondsMax - sum) / unit->milliseconds) return std::nullopt;
    sum += *number * unit->milliseconds;
    next = unit + 1;
  }
  return std::chrono::milliseconds{sum};
}

std::string to_prometheus_duration(std::chrono::milliseconds duration) {
  std::int64_t rest = duration.count();
  if (rest == 0) return "0s";
  std::string text;
  for (const Unit& unit : kUnits) {
    if (unit.only_without_rest && rest % unit.milliseconds != 0) continue;
    if (rest < unit.milliseconds) continue;
    text += std::to_string(rest / unit.milliseconds);
    text += unit.name;
    rest %= unit.milliseconds;
  }
  return text;
}

}  // namespace pcx::alert
