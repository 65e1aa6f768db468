// The sandbox's schema: the migrations inside this binary, applied with pcx's own engine.
#pragma once

#include <cstddef>

#include "cli/context.h"

namespace pcx::cli {

struct AppliedMigrations {
  std::size_t applied = 0;  // now
  std::size_t known = 0;    // in this binary
};

// Brings `database` to the newest embedded migration, as `pcx migrate up` would: its locks, its
// ledger, its journal in schema pcx.
//
// Throws as migrate::plan_up and migrate::apply do (an edited ledger, a failed migration), and the
// Interrupt's error after an orderly stop: applied migrations stay, the next run goes on.
AppliedMigrations apply_embedded_migrations(Context& context, db::Database& database);

}  // namespace pcx::cli
