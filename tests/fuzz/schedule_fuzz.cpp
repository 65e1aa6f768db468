// Schedules and matchers as people write them: only Error{data} leaves their parsers, a schedule's
// with a place inside of the text; what is taken has sense.
#include <string>

#include "alert/schedule.h"
#include "alert/silence.h"
#include "core/error.h"
#include "tests/fuzz/fuzz.h"

namespace {

using pcx::fuzz::promise;

void read_schedule(std::string_view text) {
  using namespace pcx::alert;
  try {
    const Schedule schedule = parse_schedule(text, "UTC", {"fuzz", 1, 1});
    promise(!schedule.ranges.empty(), "a schedule has ranges");
    promise(parse_schedule(schedule.text, "UTC", {}) == schedule, "and is read again as itself");
    for (const ScheduleRange& range : schedule.ranges) {
      promise(range.from_minute >= 0 && range.from_minute < 1440, "a range begins on a day");
      promise(range.to_minute > 0 && range.to_minute <= 1440, "and ends by its end");
      promise(!range.zone.empty(), "in a zone");
    }
  } catch (const pcx::Error& error) {
    promise(error.code() == pcx::ErrorCode::data, "a bad schedule is Error{data}");
    const pcx::Location& place = error.location();
    promise(place.line == 1 && place.column >= 1, "with a place");
    promise(place.column <= static_cast<int>(text.size()) + 1, "inside of the text");
  }
}

void read_matcher(std::string_view text) {
  using namespace pcx::alert;
  try {
    const Matcher matcher = parse_matcher(text);
    promise(is_label_name(matcher.label), "a matcher is for a label");
    const Silence silence{.id = "fuzz", .matchers = {matcher}};
    Labels labels{{matcher.label, matcher.value}};
    if (matcher.kind == MatchKind::equal) promise(fits(silence, labels), "and fits its value");
    if (matcher.kind == MatchKind::not_equal) promise(!fits(silence, labels), "or all but that");
  } catch (const pcx::Error& error) {
    promise(error.code() == pcx::ErrorCode::data, "a bad matcher is Error{data}");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = pcx::fuzz::text_of(data, size);
  read_schedule(text);
  read_matcher(text);
  return 0;
}
