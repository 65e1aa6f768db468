// Keeps the values of days that are over: one row for what was found first, one more for each later
// look that found something else (table pcx.kpi_daily). kpi/kept.h reads them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/document.h"
#include "db/advisory_lock.h"
#include "db/database.h"
#include "kpi/report.h"

namespace pcx::kpi {

// Who records, backfills or pushes holds it: two of them at once would tell the same thing twice.
// The bytes of "pcx__kpi". Persistent.
inline constexpr db::AdvisoryKey kKpiLock{0x7063785f5f6b7069, "pcx kpi"};

// Which run of pcx stores.
struct Recording {
  Time now;            // when the values were found, by the server's clock
  std::string run_id;  // as in the journal
  std::string pcx_version;
};

// A value that is not what was stored before.
struct Restatement {
  std::size_t day = 0;                     // in Report::days
  const Definition* definition = nullptr;  // of Report::catalog
  int revision = 1;                        // that it was stored as
  Value before, after;
  bool parts_differ = false;   // what it is made of
  bool bounds_differ = false;  // the day began or ended at another instant: another time zone
};

struct Stored {
  std::int64_t first = 0;
  std::int64_t restated = 0;
  std::int64_t unchanged = 0;             // nothing was written
  std::int64_t failed = 0;                // not stored: the next run will find them
  std::vector<Restatement> restatements;  // in the order of the report
};

// Stores all values of all days of `report`, in one statement. Nothing is changed or deleted. A
// series is a tenant, a KPI and its definition's hash; of a day in it
//  - the first value is revision 0, whatever its state, failed ones apart: those are not stored;
//  - one that is equal (state, number, sample, parts, bounds of the day) is not stored again: a
//  time
//    zone of another name with the same bounds makes no difference, nor does the words' `reason`;
//  - not_kept is only ever the first: who comes late knows nothing that is better;
//  - of a state (Rows::state) the first look stays, too, since a later one tells of a later moment,
//    unless that one found not_kept, or meant a day with other bounds;
//  - everything else is the next revision.
//
// All or nothing, when the caller commits `tx`. REQUIRES: `tx` is read committed, in schema pcx of
// this pcx; the caller holds kKpiLock, which is taken for `tx`, too: two sessions at once store one
// behind the other, and the second sees what the first has committed.
//
// Throws Error{usage} with reason "day_not_over" for a day that has not ended, in the report or
// now, Error{data} with reason "empty_tenant" for a tenant whose id is an empty text (stored, it
// would be taken for rows of none), Error{busy} when another session holds the lock for 10 s.
Stored store_days(db::Transaction& tx, const Report& report, const Recording& recording);

}  // namespace pcx::kpi
