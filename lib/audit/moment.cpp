#include "audit/moment.h"

#include <algorithm>
#include <charconv>

#include "core/duration.h"
#include "core/time.h"

namespace pcx::audit {

namespace {

constexpr int kFirstYear = 1678;
constexpr int kLastYear = 2261;

// Digits alone, all of them.
std::optional<int> number_in(std::string_view text) {
  int number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_digits =
      !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_digits || fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool is_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const auto year = number_in(text.substr(0, 4));
  const auto month = number_in(text.substr(5, 2));
  const auto day = number_in(text.substr(8, 2));
  if (!year || !month || !day || *year < kFirstYear || *year > kLastYear) return false;
  return std::chrono::year_month_day{std::chrono::year{*year},
                                     std::chrono::month{static_cast<unsigned>(*month)},
                                     std::chrono::day{static_cast<unsigned>(*day)}}
      .ok();
}

// "10:00", "10:00:00".
bool is_time_of_day(std::string_view text) {
  if (text.size() != 5 && text.size() != 8) return false;
  const auto hour = number_in(text.substr(0, 2));
  const auto minute = number_in(text.substr(3, 2));
  const auto second = text.size() == 8 ? number_in(text.substr(6, 2)) : std::optional<int>{0};
  return text[2] == ':' && (text.size() == 5 || text[5] == ':') && hour && *hour < 24 && minute &&
         *minute < 60 && second && *second < 60;
}

}  // namespace

std::optional<Moment> parse_moment(std::string_view text) {
  if (text == "today") return Moment{.kind = Moment::Kind::today};
  if (text == "yesterday") return Moment{.kind = Moment::Kind::today, .days = -1};
  if (text.starts_with('-')) {
    const auto ago = parse_duration(text.substr(1));
    if (!ago) return std::nullopt;
    return Moment{.kind = Moment::Kind::ago, .ago = *ago};
  }
  if (is_day(text)) return Moment{.kind = Moment::Kind::day, .text = std::string{text}};
  if (text.size() > 11 && is_day(text.substr(0, 10)) && text[10] == 'T' &&
      is_time_of_day(text.substr(11))) {
    return Moment{.kind = Moment::Kind::local, .text = std::string{text}};
  }
  const auto instant = parse_rfc3339(text);
  if (!instant) return std::nullopt;
  return Moment{.kind = Moment::Kind::instant, .instant = *instant};
}

}  // namespace pcx::audit
