// The folder beside the ledger: what is applied, pending, or wrong. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "migrate/folder.h"
#include "migrate/ledger.h"
#include "migrate/step_journal.h"

namespace pcx::migrate {

enum class State {
  applied,
  pending,
  out_of_order,  // pending, and older than the newest applied one
  edited,        // applied, and its file changed since
  missing,       // applied, and its file is gone
  failed,        // started and not finished: Prisma's P3009
  unfinished,    // the same, begun by pcx in steps: `up` goes on with it
};

std::string to_string(State state);

struct Entry {
  std::string name;
  State state = State::pending;
  const Migration* file = nullptr;  // nullptr: missing, or failed without a file
  std::optional<LedgerRow> row;     // the row that decides; none when pending
  // Further rows of the name that count: tools that mark by hand leave several.
  std::vector<LedgerRow> other_rows = {};
  std::vector<StepRecord> steps = {};  // of an unfinished one
  bool hides_steps = false;            // it seems failed to a role that cannot see (hidden_steps.h)
};

// In the order of the folder; names that only the ledger knows stand where their name sorts.
// The entries point into `folder`, which must outlive them.
std::vector<Entry> compare(const Folder& folder, const Ledger& ledger,
                           const StepRecords& records = {});

}  // namespace pcx::migrate
