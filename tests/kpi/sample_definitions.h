// A file of definitions with every key, for tests that change something in it.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace pcx::kpi {

inline constexpr std::string_view kSampleDefinitions = R"(sources:
  rooms:
    help: treatment rooms
    rows: state
    tables: [treatment_rooms]
    sql: |
      SELECT r."tenantId" AS tenant, r.id AS room
      FROM treatment_rooms r
  visits:
    help: |
      Every appointment of the day.

      Whatever its status.
    rows: day
    tables: [appointments, Staff]
    sql: |
      SELECT w.n, a."tenantId" AS tenant, -- it's here; and (nowhere else
             a.status AS status, a.wait
      FROM windows w
      JOIN appointments a ON a."startTime" >= w.lo AND a."startTime" < w.hi
      JOIN rooms r ON r.room = a.room
    index: CREATE INDEX CONCURRENTLY ON appointments ("startTime")
kpis:
  visits:
    title: Visits
    guide: appointmentsToday
    kind: count
    unit: lab test
    better: more
    from: visits
    value: count(*)
    sample: count(wait)
    by: status
    empty: none
    wide: true
    new_relic: Custom/Appointments/Created today
    help: |
      Prose about it.

      More of it.
  wait:
    title: Average wait
    kind: duration
    better: fewer
    from: visits
    value: >
      extract(epoch FROM
      avg(wait))
    help: how long they wait
)";

// The sample with `from`, which stands in it once, replaced.
inline std::string changed_sample(std::string_view from, std::string_view to) {
  std::string text{kSampleDefinitions};
  const std::size_t at = text.find(from);
  if (at == std::string::npos || text.find(from, at + 1) != std::string::npos) {
    throw std::logic_error{"not once in the sample: " + std::string{from}};
  }
  return text.replace(at, from.size(), to);
}

}  // namespace pcx::kpi
