#include "alert/zone_rule.h"

#include <chrono>
#include <limits>

namespace pcx::alert {
namespace {

constexpr int kOffsetHoursMax = 24;
constexpr int kTimeHoursMax = 167;
constexpr std::size_t kNameLettersMin = 3;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Each reading says whether it could; what was read then is past.
class ZoneRuleReader {
 public:
  explicit ZoneRuleReader(std::string_view text) : rest_(text) {}

  bool read(ZoneRule& rule) {
    if (!name() || !offset(rule.offset_s)) return false;
    if (rest_.empty()) return true;
    ZoneSummer& summer = rule.summer.emplace();
    if (!name()) return false;
    summer.offset_s = rule.offset_s + 3600;
    if (!rest_.starts_with(',') && !offset(summer.offset_s)) return false;
    return skip(',') && moment(summer.begin) && skip(',') && moment(summer.end) && rest_.empty();
  }

 private:
  bool skip(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // "EST", or "<+03>" with signs and digits, too.
  bool name() {
    const bool is_quoted = skip('<');
    std::size_t letters = 0;
    while (letters < rest_.size() && is_of_name(rest_[letters], is_quoted)) ++letters;
    rest_.remove_prefix(letters);
    return letters >= kNameLettersMin && (!is_quoted || skip('>'));
  }
  static bool is_of_name(char c, bool is_quoted) noexcept {
    return is_letter(c) || (is_quoted && (is_digit(c) || c == '+' || c == '-'));
  }

  bool number(int max, int& value) {
    if (rest_.empty() || !is_digit(rest_.front())) return false;
    value = 0;
    while (!rest_.empty() && is_digit(rest_.front())) {
      value = value * 10 + (rest_.front() - '0');
      if (value > max) return false;
      rest_.remove_prefix(1);
    }
    return true;
  }

  // [+-]hh[:mm[:ss]]
  bool time(int hours_max, std::int32_t& seconds) {
    const bool is_negative = skip('-');
    if (!is_negative) skip('+');
    int hours = 0;
    int minutes = 0;
    int rest = 0;
    if (!number(hours_max, hours)) return false;
    if (skip(':') && (!number(59, minutes) || (skip(':') && !number(59, rest)))) return false;
    seconds = (hours * 60 + minutes) * 60 + rest;
    if (is_negative) seconds = -seconds;
    return true;
  }

  // TZ counts what is to be added to local time.
  bool offset(std::int32_t& seconds) {
    if (!time(kOffsetHoursMax, seconds)) return false;
    seconds = -seconds;
    return true;
  }

  bool moment(ZoneMoment& moment) {
    using Kind = ZoneMoment::Kind;
    bool is_read = false;
    if (skip('M')) {
      is_read = number(12, moment.month) && moment.month > 0 && skip('.') &&
                number(5, moment.week) && moment.week > 0 && skip('.') && number(6, moment.weekday);
    } else if (skip('J')) {
      moment.kind = Kind::julian;
      is_read = number(365, moment.day) && moment.day > 0;
    } else {
      moment.kind = Kind::day_of_year;
      is_read = number(365, moment.day);
    }
    return is_read && (!skip('/') || time(kTimeHoursMax, moment.time_s));
  }

  std::string_view rest_;
};

// In seconds of local time since 1970.
std::int64_t local_s(const ZoneMoment& moment, int year) {
  using namespace std::chrono;
  constexpr int kLastWeek = 5;
  const std::chrono::year y{year};
  sys_days day = y / January / 1;
  switch (moment.kind) {
    case ZoneMoment::Kind::day_of_month: {
      const auto in = y / month{static_cast<unsigned>(moment.month)};
      const weekday on{static_cast<unsigned>(moment.weekday)};
      day = moment.week == kLastWeek ? sys_days{in / on[last]}
                                     : sys_days{in / on[static_cast<unsigned>(moment.week)]};
      break;
    }
    case ZoneMoment::Kind::julian:  // February 29 is not counted
      day += days{moment.day - 1 + (y.is_leap() && moment.day >= 60 ? 1 : 0)};
      break;
    case ZoneMoment::Kind::day_of_year: day += days{moment.day}; break;
  }
  return sys_seconds{day}.time_since_epoch().count() + moment.time_s;
}

}  // namespace

std::optional<ZoneRule> ZoneRule::parse(std::string_view text) {
  ZoneRule rule;
  if (!ZoneRuleReader{text}.read(rule)) return std::nullopt;
  return rule;
}

int ZoneRule::utc_offset_s(Time at) const {
  using namespace std::chrono;
  if (!summer) return offset_s;
  const sys_seconds now = floor<seconds>(at);
  const std::int64_t now_s = now.time_since_epoch().count();
  const int year{year_month_day{floor<days>(now)}.year()};
  // Times outside of their day, and local ones, may be those of the year before or after. At one
  // instant a beginning comes after an end: then it is summer all the year.
  std::int64_t latest_s = std::numeric_limits<std::int64_t>::min();
  int offset = offset_s;
  const auto look_at = [&](std::int64_t change_s, int offset_after) {
    if (change_s > now_s || change_s < latest_s) return;
    latest_s = change_s;
    offset = offset_after;
  };
  for (int one = year - 1; one <= year + 1; ++one) {
    look_at(local_s(summer->end, one) - summer->offset_s, offset_s);
  }
  for (int one = year - 1; one <= year + 1; ++one) {
    look_at(local_s(summer->begin, one) - offset_s, summer->offset_s);
  }
  return offset;
}

}  // namespace pcx::alert
