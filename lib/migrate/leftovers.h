// What statements with CONCURRENTLY leave when they are stopped: indexes that are INVALID, copies
// called NAME_ccnew, partitions that are half detached.
//
// An index is dropped only while it is INVALID and nobody builds it: under a lock that keeps
// builders away it is first called pcx_drop_OID. Then its old name may be taken by whoever wants
// it, and the new one means this index alone, also to a run that finds it after a crash.
#pragma once

#include <functional>
#include <string>

#include "db/database.h"
#include "db/script.h"
#include "migrate/operation.h"
#include "migrate/step_journal.h"

namespace pcx::migrate {

// Called with a sentence for each thing cleared up; may be empty.
using OnRepair = std::function<void(const std::string& sentence)>;

struct RepairTools {
  const OnRepair& on_repair;
  const db::Ticker& ticker;  // while it waits for others
};

// Both run with the role and the names of the file (search_path), and with the session's
// lock_timeout: each throws Error with SQLSTATE 55P03 when somebody is in the way for longer.

// Before the statement runs: an INVALID index of its name counts as absent, copies of the indexes
// to rebuild are dropped.
void clear_the_way(db::Database& database, const Operation& operation, const Facts& facts,
                   const RepairTools& tools);

// After it was stopped: what is half done is dropped, or brought to its end where it can only go
// forward (DETACH PARTITION). Afterwards effect_of() is not Effect::half.
void clear_up(db::Database& database, const Operation& operation, const Facts& facts,
              const RepairTools& tools);

}  // namespace pcx::migrate
