// What was recorded of days that are over: with every restatement for `pcx kpi history`, and as it
// is true now for rules of alerts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/database.h"
#include "kpi/day.h"
#include "kpi/kept.h"

namespace pcx::kpi {

// What fits all that is given.
struct HistoryFilter {
  std::optional<std::string> tenant;  // its id; "": rows that belong to none
  std::vector<std::string> kpis;      // empty: all
  std::optional<Date> from, to;       // both included
  // Only days whose value was restated, with what was found first.
  bool only_restated = false;
};

struct History {
  std::vector<KeptValue> rows;  // newest day first, then by tenant, KPI, hash, revision
  bool has_more = false;        // than the limit
};

// `limit` rows at most, at least 1. Nothing where no table is: then nothing was recorded.
// Throws Error{permission} with reason "rights" when this role may not read it.
inline constexpr int kHistoryRowsMax = 1'000'000;
History read_history(db::Transaction& tx, const HistoryFilter& filter, int limit = kHistoryRowsMax);

struct NumberFilter {
  std::vector<std::string> kpis;  // empty: all
  Date from, to;                  // both included
};

// The newest revisions, those that are numbers; by KPI, tenant and day. REQUIRES: the transaction's
// search path is pg_catalog alone. Throws as read_history(), and Error{data} for more than `limit`.
std::vector<KeptNumber> read_numbers(db::Transaction& tx, const NumberFilter& filter,
                                     int limit = kHistoryRowsMax);

}  // namespace pcx::kpi
