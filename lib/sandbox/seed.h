// Believable rows for an empty database of the application: two practices, two years of work.
//
// Shapes are those of the application (statuses, audit entries, ciphertext and its copies, HTML
// entities, rows without a tenant, softly deleted rows); people and animals are invented. The same
// seed, instant and number of rows give the same rows, whatever `seal` makes of its texts.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"
#include "db/journal.h"
#include "sandbox/cluster_config.h"

namespace pcx::sandbox {

// "small" (20,000), "medium" (1,000,000), "large" (10,000,000) or a number.
// Throws Error{usage} for anything else, and as seed() does.
std::int64_t seed_rows(std::string_view size);

struct SeedOptions {
  std::uint64_t seed = 1;
  std::chrono::system_clock::time_point now;  // the practice's present; not the clock's
  std::int64_t rows_total = 20'000;           // of all tables together, exactly
};

struct SeedReport {
  struct Table {
    std::string name;
    std::int64_t rows = 0;
  };
  std::vector<Table> tables;  // largest first
  std::int64_t rows = 0;
};

struct SeedProgress {
  std::string_view phase;  // "rows", "indexes" (and keys), "statistics"
  std::int64_t done = 0;
  std::int64_t total = 0;
};

// Ciphertext of the application ("enc:v1:...") for a text; called once for each sealed value.
using SealText = std::function<std::string(std::string_view)>;

// The journal entry of a deed, as a query that runs in the deed's own transaction.
using SeedJournal = std::function<db::Query(const db::Deed&)>;

// Fills the application's tables in one transaction: all of it or nothing, the journal entry
// included. Indexes and keys are dropped meanwhile and made again with the server's own
// definitions, so the schema is the same afterwards. Nobody else can read the tables until it is
// done. Statistics follow when the rows are committed: those of a transaction that does not commit
// would stay, and tell of rows that are not there. on_progress may throw to stop it; in phase
// "statistics" the rows are there all the same.
//
// Throws Error{conflict} with reason "not_empty", naming the table, when a table has rows (tenants
// may have the row of its migration, schema pcx and Prisma's ledger do not count);
// Error{not_found} when a table is missing: migrations come first; Error{usage} for a number of
// rows outside 10,000 to 200,000,000.
SeedReport seed(db::Database& database, const SeedOptions& options, const SealText& seal,
                const std::function<void(const SeedProgress&)>& on_progress = {},
                const SeedJournal& journal = {});

// The tenants of the samples, with the time zones that their opening hours follow.
std::vector<TenantZone> seed_tenants();

}  // namespace pcx::sandbox
