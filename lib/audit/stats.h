// Counts of events: who, what, where, when, and which fields were changed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "audit/expression.h"
#include "audit/filter.h"
#include "db/database.h"

namespace pcx::audit {

inline constexpr std::int64_t kTopMax = 1000;
inline constexpr std::size_t kWeekHours = 7 * 24;

enum class Dimension {
  user,
  action,    // of captured changes insert, update, delete, truncate
  resource,  // of captured changes schema.table
  tenant,
  hour,   // of the week, in a time zone
  field,  // that updates changed: each counts once in each of them
};
inline constexpr Dimension kDimensions[] = {Dimension::user,     Dimension::action,
                                            Dimension::resource, Dimension::tenant,
                                            Dimension::hour,     Dimension::field};

std::string_view to_string(Dimension dimension) noexcept;

struct Count {
  std::optional<std::string> value;  // std::nullopt: events without one
  std::int64_t events = 0;
};

// top and others together are total.
struct Tally {
  Dimension dimension = Dimension::user;
  std::vector<Count> top;   // the largest first; of equal ones in the order of their bytes
  std::int64_t values = 0;  // different ones
  std::int64_t others = 0;  // events of those that are not among top
  std::int64_t total = 0;   // of field: changes of fields, of all others: events

  std::array<std::int64_t, kWeekHours> hours{};  // of hour, in place of top: Monday 0:00 first
  std::int64_t timeless = 0;                     // of hour: events at no time of a calendar
};

struct StatsQuestion {
  Expression filter;  // its times are resolved
  std::vector<Source> sources;
  std::vector<Dimension> by;
  std::int64_t top = 10;  // 1 to kTopMax
  std::string time_zone;  // one that the server knows
};

struct Stats {
  std::int64_t events = 0;
  std::vector<Tally> tallies;  // in the order of `by`
};

// REQUIRES: `tx` is repeatable read, or totals do not agree.
Stats read_stats(db::Transaction& tx, const StatsQuestion& question);

}  // namespace pcx::audit
