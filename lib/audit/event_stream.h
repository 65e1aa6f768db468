// The rows of the trail in the order in which they are sealed: pcx.change by its own index on one
// session; what the ledger has besides, with the rows that it names, on another; merged here. Both
// see one snapshot. Memory does not grow with their number.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "audit/trail_event.h"
#include "db/database.h"

namespace pcx::audit {

struct StreamRange {
  Position after;  // what is up to there is left out
  Position upto;   // the last one
  TrailFilter filter;
};

struct StreamedRow {
  TrailEvent event;  // of a row that is not there: without columns
  // What the ledger says, where it was asked. A row of the application that was written anew since
  // (resealed) has another leaf.
  std::optional<Hash> ledger_leaf;
  std::string_view row_id;
};

// `changes` and `others` are transactions in one snapshot, read only, and of this function alone
// meanwhile. Throws as copy_out_binary(), and what `visit` throws.
void stream_events(db::Transaction& changes, db::Transaction& others, const StreamRange& range,
                   const std::function<void(const StreamedRow&)>& visit);

// The same on one session, row by row: for so few that a second session would cost more.
void stream_few_events(db::Transaction& tx, const StreamRange& range,
                       const std::function<void(const StreamedRow&)>& visit);

// The horizon: every transaction below it has ended, so what is before (newest segment, horizon, 0)
// is all that there will ever be.
Position read_horizon(db::Transaction& tx);

// For a transaction whose first statement this is.
void use_stream_plans(db::Transaction& tx);

}  // namespace pcx::audit
