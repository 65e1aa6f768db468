// Silences: who does not want to hear of what, and until when.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alert/alert.h"
#include "alert/sample.h"
#include "alert/schedule.h"

namespace pcx::alert {

struct Silence {
  std::string id;                 // uuid
  std::vector<Matcher> matchers;  // all of them fit; at least one
  Time starts_at{};
  // It ends at the first of these that comes:
  std::optional<Time> ends_at;  // --until, --for
  bool until_resolved = false;  // no alert that it fits is pending or firing any more
  std::optional<std::chrono::milliseconds> idle;  // it has fitted no alert for so long
  std::optional<Schedule> schedule;  // only then (--schedule "Sat-Sun 00:00-24:00 Europe/Paris")
  std::string created_by;
  std::string comment;
  std::optional<Time> expired_at;  // ended: by hand, by its time, by until_resolved or idle
  std::string
      expired_why;  // "expired by ada", "its time was over", "what it was for has resolved", "idle"
  std::optional<Time> fitted_at;  // when it last fitted a pending or firing alert
  bool operator==(const Silence&) const = default;
};

// "severity=warning", "tenant!=north", "alertname=~Low.*", "team!~a|b"; a value may be quoted as in
// PromQL (tenant="north"), with \", \\ and \n. Throws Error{data} for what is none, also for a
// pattern that is none.
Matcher parse_matcher(std::string_view text);

// Whether it fits, whatever the time.
bool fits(const Silence& silence, const Labels& labels);
// Begun, not ended, and in its schedule. Throws what `zones` throws.
bool is_active(const Silence& silence, const ZoneClock& zones, Time now);

// Whether its schedule can be read on this machine: another one, with another tzdata, may have made
// it. One that cannot silences nobody, since to hear of too much is better than of nothing.
bool has_known_zones(const Silence& silence, const ZoneClock& zones);

// What an evaluation makes of silences: fitted_at, and ends those whose end has come. ends_at and
// idle end one at their time, though a run may notice later; until_resolved ends one that had
// fitted an alert at `now`, once none that it fits is pending or firing. Whether a silence fits,
// its schedule does not matter. Returns those that changed, as they are now, in their order.
std::vector<Silence> age_silences(const std::vector<Silence>& silences,
                                  const std::vector<Alert>& alerts, Time now);

}  // namespace pcx::alert
