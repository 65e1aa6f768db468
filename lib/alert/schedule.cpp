#include "alert/schedule.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "core/ascii.h"
#include "core/text.h"

namespace pcx::alert {
namespace {

constexpr std::array<std::string_view, 7> kDayNames = {"mon", "tue", "wed", "thu",
                                                       "fri", "sat", "sun"};
constexpr int kDays = 7;
constexpr int kMinutesADay = 24 * 60;

// The parts of a text, all of them views into it: where one begins is where it is wrong.
using Parts = std::vector<std::string_view>;

Parts split_at(std::string_view text, char separator) {
  Parts parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

Parts words_of(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  Parts words;
  for (;;) {
    const auto begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return words;
    text.remove_prefix(begin);
    const auto end = std::min(text.find_first_of(kBlanks), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

class ScheduleReader {
 public:
  ScheduleReader(std::string_view text, const std::string& default_zone, const Location& place)
      : text_(text), default_zone_(default_zone), place_(place) {}

  Schedule read() const {
    if (text_.size() > kScheduleBytesMax) {
      refuse(text_, fmt::format("the schedule is longer than {} bytes", kScheduleBytesMax));
    }
    Schedule schedule{.text = std::string{text_}};
    for (const std::string_view part : split_at(text_, ';')) schedule.ranges.push_back(range(part));
    return schedule;
  }

 private:
  ScheduleRange range(std::string_view part) const {
    const Parts words = words_of(part);
    if (words.empty()) refuse(part, "the schedule has an empty range", kShape);
    if (words.size() < 2) {
      refuse(words[0], fmt::format("range {} of the schedule has no times", quoted(part)), kShape);
    }
    if (words.size() > 3) {
      refuse(words[3], fmt::format("{} follows the time zone of a range", quoted(words[3])),
             kShape);
    }
    ScheduleRange range{.days = days(words[0])};
    read_times(range, words[1]);
    range.zone = words.size() == 3 ? std::string{words[2]} : default_zone_;
    if (range.zone.empty()) {
      refuse(words[0], fmt::format("range {} of the schedule names no time zone", quoted(part)),
             "Name one after its times, such as America/New_York.");
    }
    return range;
  }

  std::array<bool, kDays> days(std::string_view word) const {
    std::array<bool, kDays> days{};
    if (to_lower_ascii(word) == "daily") {
      days.fill(true);
      return days;
    }
    for (const std::string_view part : split_at(word, ',')) {
      const Parts ends = split_at(part, '-');
      if (ends.size() > 2) refuse(part, fmt::format("{} is no range of days", quoted(part)), kDay);
      const std::size_t last = day(ends.back());
      for (std::size_t one = day(ends.front());; one = (one + 1) % kDays) {
        days.at(one) = true;
        if (one == last) break;
      }
    }
    return days;
  }

  std::size_t day(std::string_view name) const {
    const auto* const found = std::ranges::find(kDayNames, to_lower_ascii(name));
    if (found == kDayNames.end()) {
      refuse(name, fmt::format("{} is no day of the week", quoted(name)), kDay);
    }
    return static_cast<std::size_t>(found - kDayNames.begin());
  }

  void read_times(ScheduleRange& range, std::string_view word) const {
    const Parts ends = split_at(word, '-');
    if (ends.size() != 2) {
      refuse(word, fmt::format("{} is no range of times", quoted(word)), kTimes);
    }
    range.from_minute = minute(ends[0]);
    if (range.from_minute == kMinutesADay) {
      refuse(ends[0], "a range cannot begin at 24:00", "Begin it at 00:00 of the next day.");
    }
    // Until 00:00 is until the day is over.
    const int to = minute(ends[1]);
    range.to_minute = to == 0 ? kMinutesADay : to;
  }

  int minute(std::string_view time) const {
    const auto is_digit = [&](std::size_t i) { return time[i] >= '0' && time[i] <= '9'; };
    const bool is_shaped = time.size() == 5 && time[2] == ':' && is_digit(0) && is_digit(1) &&
                           is_digit(3) && is_digit(4);
    const auto two_digits = [&](std::size_t i) {
      return (time[i] - '0') * 10 + (time[i + 1] - '0');
    };
    const int minutes = is_shaped ? two_digits(0) * 60 + two_digits(3) : -1;
    if (!is_shaped || two_digits(3) > 59 || minutes > kMinutesADay) {
      refuse(time, fmt::format("{} is no time of day", quoted(time)), kTimes);
    }
    return minutes;
  }

  static std::string quoted(std::string_view part) {
    return "'" + escape_controls(trim(part)) + "'";
  }

  [[noreturn]] void refuse(std::string_view part, const std::string& message,
                           const char* hint = "") const {
    const auto offset = static_cast<std::size_t>(part.data() - text_.data());
    Location place = place_;
    place.column = std::max(place.column, 1) + line_column_at(text_, offset).column - 1;
    throw Error{ErrorCode::data, message, hint}.at(place);
  }

  static constexpr const char* kShape =
      "Write ranges as 'Mon-Fri 08:00-19:00 America/New_York', and ';' between them.";
  static constexpr const char* kDay =
      "Days are Mon, Tue, Wed, Thu, Fri, Sat and Sun, ranges (Mon-Fri) and lists (Mon,Wed) of "
      "them, "
      "and daily.";
  static constexpr const char* kTimes = "Write times as 08:00-19:00; a day ends at 24:00.";

  std::string_view text_;
  const std::string& default_zone_;
  const Location& place_;
};

bool is_in_span(const ScheduleRange& range, const ZoneClock& zones, Time at) {
  using std::chrono::floor;
  const auto local =
      floor<std::chrono::seconds>(at) + std::chrono::seconds{zones.utc_offset_s(range.zone, at)};
  const auto day = floor<std::chrono::days>(local);
  const auto minute = floor<std::chrono::minutes>(local - day).count();
  const std::size_t today = std::chrono::weekday{day}.iso_encoding() - 1;
  const std::size_t yesterday = (today + kDays - 1) % kDays;
  if (range.to_minute > range.from_minute) {
    return range.days.at(today) && minute >= range.from_minute && minute < range.to_minute;
  }
  return (range.days.at(today) && minute >= range.from_minute) ||
         (range.days.at(yesterday) && minute < range.to_minute);
}

}  // namespace

Schedule parse_schedule(std::string_view text, const std::string& default_zone,
                        const Location& place) {
  return ScheduleReader{text, default_zone, place}.read();
}

void require_zones(const Schedule& schedule, const ZoneClock& zones) {
  for (const ScheduleRange& range : schedule.ranges) zones.utc_offset_s(range.zone, {});
}

bool is_inside(const Schedule& schedule, const ZoneClock& zones, Time at) {
  return std::ranges::any_of(
      schedule.ranges, [&](const ScheduleRange& range) { return is_in_span(range, zones, at); });
}

}  // namespace pcx::alert
