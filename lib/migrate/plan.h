// What `up`, `down` and `baseline` would do: pure values, made before anything is done.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "migrate/state.h"

namespace pcx::migrate {

// How far. Both empty: `up` takes everything, `down` one step.
struct Extent {
  std::optional<std::string> to;      // a name, or the version it starts with
  std::optional<std::int64_t> steps;  // at most this many
};

// Disagreements between files and ledger that are refused unless named here.
struct Allowed {
  bool edited = false;
  bool missing = false;
  bool out_of_order = false;
};

// A migration that was begun in steps.
struct Unfinished {
  std::string ledger_row;
  std::vector<StepRecord> steps;
};

struct UpPlan {
  std::vector<const Migration*> steps;           // in the order in which they run
  std::map<std::string, Unfinished> unfinished;  // those of them that were begun, by name
};

struct DownStep {
  const Migration* migration;
  std::vector<std::string> row_ids;  // of the ledger rows that become rolled back
  bool is_edited;  // its down script may be for another migration than the one applied
};

struct DownPlan {
  std::vector<DownStep> steps;  // newest first
};

// Throws Error{critical} with reason "failed" when a failed migration is present that pcx cannot go
// on with; Error{conflict}
// with reason "edited", "missing" or "out_of_order" for a disagreement that is not allowed;
// Error{not_found} when `to` names no migration.
UpPlan plan_up(const std::vector<Entry>& entries, const Extent& extent, const Allowed& allowed);

// Throws as plan_up (a failed migration, an unknown name), and Error{conflict} with reason
// "unfinished" for a migration that was begun in steps, "no_down" when a migration on the way has
// no down.sql, "missing" when its file is gone, "edited" when it changed after it was applied and
// that is not allowed.
DownPlan plan_down(const std::vector<Entry>& entries, const Extent& extent, const Allowed& allowed);

// The migrations to mark as applied without running them: all up to and including `to` that are not
// applied. Throws Error{conflict} with reason "already_applied" (Prisma's P3008) when there is
// none.
UpPlan plan_baseline(const std::vector<Entry>& entries, const std::string& to);

// The one of `names` that `wanted` means: the full name, or a version that only one name starts
// with; nullptr when none does. Throws Error{usage} naming two when several fit.
const std::string* find_name(const std::vector<std::string>& names, const std::string& wanted);

// The entry that `name` means, as find_name(). Throws Error{not_found} with the nearest name, and
// with `prisma_code` where Prisma has one for it ("P3017").
const Entry& find_entry(const std::vector<Entry>& entries, const std::string& name,
                        std::string_view prisma_code = {});

}  // namespace pcx::migrate
