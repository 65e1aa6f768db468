// Notes about the trail itself (table pcx.audit_meta), with their place in it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/members.h"
#include "audit/seal_point.h"
#include "core/document.h"
#include "db/database.h"

namespace pcx::audit {

struct TrailNote {
  std::int32_t epoch = 0;
  Position position;
  std::string kind;  // "install", "census", "ddl"...
  Time at{};
  std::string by;  // role of the session
  Document details;
};

// Those of some kinds in the order of the trail, of one epoch or of all. A note without its row in
// the ledger is none. Details that pcx does not read as JSON are empty.
std::vector<TrailNote> read_notes(db::Transaction& tx, const std::vector<std::string>& kinds,
                                  std::optional<std::int32_t> epoch = std::nullopt);

}  // namespace pcx::audit
