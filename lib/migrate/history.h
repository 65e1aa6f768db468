// The ledger as a story: what happened to which migration, when, by whom.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/document.h"
#include "db/database.h"

namespace pcx::migrate {

struct Event {
  Time at;
  std::string name;
  // "applied", "marked_applied" (baseline or resolve), "failed" (or running now), "rolled_back".
  std::string kind;
  std::optional<std::int64_t> duration_ms;  // of "applied"
  // From pcx's journal; none when another tool did it or the journal cannot be read.
  std::optional<std::string> os_user;
  std::optional<std::string> host;
  std::optional<std::string> reason;
};

// Oldest first; the newest `events_max` of them, all when 0.
std::vector<Event> read_history(db::Database& database, const std::string& schema,
                                std::int64_t events_max);

}  // namespace pcx::migrate
