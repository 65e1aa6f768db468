#include "audit/pg_time.h"

#include <array>
#include <charconv>
#include <limits>

namespace pcx::audit {

namespace {

using std::chrono::days;
using std::chrono::microseconds;
using std::chrono::sys_days;

constexpr std::int64_t kInfinity = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMinusInfinity = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kDayMicroseconds = 86'400'000'000;
constexpr sys_days kEpoch{std::chrono::year{2000} / 1 / 1};
constexpr std::string_view kRest = "-00-00T00:00:00.000000Z";  // behind the year

void put(char* at, unsigned value, int digits) {
  for (int i = digits - 1; i >= 0; --i, value /= 10) {
    at[i] = static_cast<char>('0' + value % 10);
  }
}

// Days since 1970 into a date: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
// civil_from_days(); std::chrono's own year has 16 bits, and PostgreSQL's go to 294276.
struct Date {
  std::int64_t year;
  unsigned month;
  unsigned day;
};

Date date_of(std::int64_t day_number) {
  day_number += 719468;
  const std::int64_t era = (day_number >= 0 ? day_number : day_number - 146096) / 146097;
  const auto day_of_era = static_cast<unsigned>(day_number - era * 146097);
  const unsigned year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const unsigned day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned shifted_month = (5 * day_of_year + 2) / 153;
  const unsigned month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  return {static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * shifted_month + 2) / 5 + 1};
}

// days_from_civil() of the same source.
std::int64_t day_number_of(const Date& date) {
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const auto year_of_era = static_cast<unsigned>(year - era * 400);
  const unsigned day_of_year =
      (153 * (date.month > 2 ? date.month - 3 : date.month + 9) + 2) / 5 + date.day - 1;
  const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + static_cast<std::int64_t>(day_of_era) - 719468;
}

void append_year(std::string& out, std::int64_t year) {
  std::array<char, 8> digits{};
  if (year >= 0 && year <= 9999) {
    put(digits.data(), static_cast<unsigned>(year), 4);
    out.append(digits.data(), 4);
    return;
  }
  out += year < 0 ? '-' : '+';
  put(digits.data(), static_cast<unsigned>(year < 0 ? -year : year), 6);
  out.append(digits.data(), 6);
}

std::optional<unsigned> number_at(std::string_view text, std::size_t at, std::size_t digits) {
  unsigned value = 0;
  for (std::size_t i = at; i < at + digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(text[i] - '0');
  }
  return value;
}

std::optional<std::int64_t> parse_finite(std::string_view text) {
  if (text.size() <= kRest.size()) return std::nullopt;
  const std::size_t year_size = text.size() - kRest.size();
  const bool is_signed = text[0] == '+' || text[0] == '-';
  if (year_size != (is_signed ? 7U : 4U)) return std::nullopt;
  const auto year = number_at(text, is_signed ? 1 : 0, is_signed ? 6 : 4);
  const std::string_view rest = text.substr(year_size);
  const auto month = number_at(rest, 1, 2);
  const auto day = number_at(rest, 4, 2);
  const auto hour = number_at(rest, 7, 2);
  const auto minute = number_at(rest, 10, 2);
  const auto second = number_at(rest, 13, 2);
  const auto fraction = number_at(rest, 16, 6);
  if (!year || !month || !day || !hour || !minute || !second || !fraction) return std::nullopt;
  const auto signed_year = text[0] == '-' ? -static_cast<std::int64_t>(*year) : *year;
  const std::int64_t day_number =
      day_number_of({signed_year, *month, *day}) - kEpoch.time_since_epoch().count();
  return day_number * kDayMicroseconds +
         ((*hour * std::int64_t{60} + *minute) * 60 + *second) * 1'000'000 + *fraction;
}

}  // namespace

void append_pg_time(std::string& out, std::int64_t value) {
  if (value == kInfinity || value == kMinusInfinity) {
    out += value == kInfinity ? "infinity" : "-infinity";
    return;
  }
  const std::int64_t day =
      value >= 0 ? value / kDayMicroseconds : -((-(value + 1)) / kDayMicroseconds) - 1;
  const std::int64_t rest = value - day * kDayMicroseconds;
  const Date date = date_of(day + kEpoch.time_since_epoch().count());
  append_year(out, date.year);
  const std::size_t at = out.size();
  out += kRest;
  char* const text = out.data() + at;
  const auto seconds = static_cast<unsigned>(rest / 1'000'000);
  put(text + 1, date.month, 2);
  put(text + 4, date.day, 2);
  put(text + 7, seconds / 3600, 2);
  put(text + 10, seconds / 60 % 60, 2);
  put(text + 13, seconds % 60, 2);
  put(text + 16, static_cast<unsigned>(rest % 1'000'000), 6);
}

std::optional<std::int64_t> parse_pg_time(std::string_view text) noexcept {
  if (text == "infinity") return kInfinity;
  if (text == "-infinity") return kMinusInfinity;
  const auto value = parse_finite(text);
  if (!value) return std::nullopt;
  // 30 February, 24 o'clock and other separators would be second texts of the same value.
  std::string canonical;
  canonical.reserve(32);
  append_pg_time(canonical, *value);
  return canonical == text ? value : std::nullopt;
}

std::int64_t to_pg_time(std::chrono::system_clock::time_point instant) noexcept {
  return std::chrono::floor<microseconds>(instant - kEpoch).count();
}

}  // namespace pcx::audit
