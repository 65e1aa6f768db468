// Which instants the times of an expression are. Calendars of time zones are the server's.
#pragma once

#include <string>

#include "audit/expression.h"
#include "db/database.h"

namespace pcx::audit {

// Whether there is a time whose instant depends on a time zone.
bool needs_zone(const Expression& expression);

// Sets Term::instant of each time: RFC 3339 in UTC with microseconds. A day of `until` is its end.
//
// Throws Error{usage} with reason "time_zone" when the server has no such time zone.
void resolve_times(db::Transaction& tx, Expression& expression, Time now,
                   const std::string& time_zone);

// Throws Error{usage} with reason "range" when what has to hold is since a time that is not before
// that of until: nothing would ever fit. REQUIRES: times are resolved
void require_order(const Expression& expression);

// Throws as resolve_times().
void require_time_zone(db::Transaction& tx, const std::string& time_zone);

}  // namespace pcx::audit
