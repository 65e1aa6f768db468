// What statements with CONCURRENTLY leave when they are stopped: indexes that are INVALID, copies
// called NAME_ccnew, partitions that are half detached. An index is dropped only while nobody
// builds it, and only when it is still invalid then.
#pragma once

#include <functional>
#include <string>

#include "db/database.h"
#include "migrate/operation.h"
#include "migrate/step_journal.h"

namespace pcx::migrate {

// Called with a sentence for each thing cleared up; may be empty.
using OnRepair = std::function<void(const std::string& sentence)>;

// Before the statement runs: an INVALID index of its name counts as absent, copies of the indexes
// to rebuild are dropped.
void clear_the_way(db::Database& database, const Operation& operation, const Facts& facts,
                   const OnRepair& on_repair);

// After it was stopped: what is half done is dropped, or brought to its end where it can only go
// forward (DETACH PARTITION). Afterwards effect_of() is not Effect::half.
void clear_up(db::Database& database, const Operation& operation, const Facts& facts,
              const OnRepair& on_repair);

}  // namespace pcx::migrate
