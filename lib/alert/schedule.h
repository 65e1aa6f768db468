// When a rule may notify, and when a silence that comes again is there: days of the week and times
// of day in a time zone.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/document.h"
#include "core/error.h"

namespace pcx::alert {

// The local wall clock of a zone at an instant (zone_files.h has it of tzdata); never the machine's
// own local time.
class ZoneClock {
 public:
  virtual ~ZoneClock() = default;
  // Seconds that local time is ahead of UTC at `at`. Throws Error{data} for a zone that is unknown.
  virtual int utc_offset_s(const std::string& zone, Time at) const = 0;
};

// "Mon-Sat 08:00-19:00 America/New_York; Sun 10:00-12:00 America/New_York". Times are those of the
// wall clock: an hour that comes twice is in both times, one that is missing is in neither. A range
// whose end is not after its start goes over midnight and belongs to the day on which it begins;
// "24:00" ends a day.
struct ScheduleRange {
  std::array<bool, 7> days{};  // Monday first
  int from_minute = 0;         // of the day, 0 to 1439
  int to_minute = 1440;        // 1 to 1440
  std::string zone;            // an IANA name
  bool operator==(const ScheduleRange&) const = default;
};

struct Schedule {
  std::vector<ScheduleRange> ranges;  // at least one
  std::string text;
  bool operator==(const Schedule&) const = default;
};

// Throws what `zones` throws for the first zone that it does not know.
void require_zones(const Schedule& schedule, const ZoneClock& zones);

inline constexpr std::size_t kScheduleBytesMax = 4096;

// Ranges are put side by side by ";". Days are "Mon" to "Sun" in any case, ranges ("Mon-Fri", and
// "Fri-Mon" over the end of the week), lists of both ("Mon,Wed-Fri"), and "daily"; times are HH:MM.
// `default_zone` is for ranges that name none.
//
// Throws Error{data} at `place` (with the column of the part that is wrong, `place` being where the
// text begins), also for a range without any zone, and beyond the limit. Whether a zone exists,
// is_inside() finds out.
Schedule parse_schedule(std::string_view text, const std::string& default_zone,
                        const Location& place);

// Throws what `zones` throws.
bool is_inside(const Schedule& schedule, const ZoneClock& zones, Time at);

}  // namespace pcx::alert
