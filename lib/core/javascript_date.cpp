// Dates of JavaScript: ECMA-262 section 21.4.1.32, the date time string format.
#include <charconv>
#include <cstdint>

#include "core/javascript.h"

namespace pcx::javascript {

namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool at_end() const { return text_.empty(); }
  bool take(char wanted) {
    if (text_.empty() || text_[0] != wanted) return false;
    text_.remove_prefix(1);
    return true;
  }
  // Exactly `digits` digits that make a number from 0 to `max`.
  std::optional<int> number(std::size_t digits, int max) {
    if (text_.size() < digits) return std::nullopt;
    const std::string_view taken = text_.substr(0, digits);
    if (taken.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    int value = 0;
    std::from_chars(taken.data(), taken.data() + digits, value);
    text_.remove_prefix(digits);
    if (value > max) return std::nullopt;
    return value;
  }
  // Digits behind a point, as whole milliseconds; further ones are cut off.
  std::optional<int> milliseconds() {
    int value = 0;
    int unit = 100;
    bool any = false;
    for (; !text_.empty() && text_[0] >= '0' && text_[0] <= '9'; text_.remove_prefix(1)) {
      value += (text_[0] - '0') * unit;
      unit /= 10;
      any = true;
    }
    if (!any) return std::nullopt;
    return value;
  }

 private:
  std::string_view text_;
};

// "2026", "2026-01" or "2026-01-31", the year also as "+012026".
std::optional<Date> read_day(Reader& reader) {
  const bool minus = reader.take('-');
  const bool extended = minus || reader.take('+');
  const auto year = extended ? reader.number(6, 275'760) : reader.number(4, 9'999);
  if (!year || (minus && *year == 0)) return std::nullopt;
  std::optional<int> month = 1;
  std::optional<int> day = 1;
  if (reader.take('-')) {
    month = reader.number(2, 12);
    if (reader.take('-')) day = reader.number(2, 31);
  }
  if (!month || *month == 0 || !day || *day == 0) return std::nullopt;
  // std::chrono::year ends at 32767, JavaScript's at 275760; 400 years are 146097 days.
  const int signed_year = minus ? -*year : *year;
  const int cycles = signed_year / 400;
  const std::chrono::sys_days first_of_month{std::chrono::year{signed_year % 400} /
                                             static_cast<int>(*month) / 1};
  return first_of_month + std::chrono::days{std::int64_t{cycles} * 146'097 + *day - 1};
}

std::optional<std::chrono::milliseconds> read_time(Reader& reader) {
  using namespace std::chrono;
  const auto hour = reader.number(2, 24);
  if (!hour || !reader.take(':')) return std::nullopt;
  const auto minute = reader.number(2, 59);
  if (!minute) return std::nullopt;
  std::optional<int> second = 0;
  std::optional<int> fraction = 0;
  if (reader.take(':')) {
    second = reader.number(2, 59);
    if (reader.take('.')) fraction = reader.milliseconds();
  }
  if (!second || !fraction) return std::nullopt;
  const milliseconds time =
      hours{*hour} + minutes{*minute} + seconds{*second} + milliseconds{*fraction};
  if (time > hours{24}) return std::nullopt;  // 24:00:00 is the end of the day
  return time;
}

std::optional<std::chrono::minutes> read_offset(Reader& reader) {
  if (reader.at_end() || reader.take('Z')) return std::chrono::minutes{0};
  const bool west = reader.take('-');
  if (!west && !reader.take('+')) return std::nullopt;
  const auto hour = reader.number(2, 23);
  if (!hour || !reader.take(':')) return std::nullopt;
  const auto minute = reader.number(2, 59);
  if (!minute) return std::nullopt;
  const std::chrono::minutes offset{*hour * 60 + *minute};
  return west ? -offset : offset;
}

}  // namespace

std::optional<Date> parse_date(std::string_view text) {
  constexpr std::chrono::days kRange{100'000'000};  // ECMA-262: on either side of 1970
  Reader reader{text};
  auto date = read_day(reader);
  if (!date) return std::nullopt;
  if (reader.take('T')) {
    const auto time = read_time(reader);
    if (!time) return std::nullopt;
    const auto offset = read_offset(reader);
    if (!offset) return std::nullopt;
    *date += *time - *offset;
  }
  const auto distance = date->time_since_epoch();
  if (!reader.at_end() || distance > kRange || distance < -kRange) return std::nullopt;
  return date;
}

}  // namespace pcx::javascript
