// Where an event is in the ledger, and what happened around it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "audit/event.h"
#include "audit/query.h"
#include "core/clock.h"
#include "db/database.h"

namespace pcx::audit {

// A checkpoint as its columns say it: what proves is its note ('pcx audit verify --record').
struct Sealing {
  std::int32_t epoch = 0;
  std::int64_t size = 0;        // leaves of the tree
  std::int64_t first_size = 0;  // of those the first that it added
  std::string sealed_at;        // RFC 3339
};

struct LedgerPlace {
  std::string position;            // "3.4711.12"
  std::string leaf;                // hexadecimal
  std::optional<Sealing> sealing;  // std::nullopt: not sealed yet
};

// The one that counts first; of the application's rows a rotation of keys adds another. Empty: from
// before the trail was installed, or the trail is not installed.
std::vector<LedgerPlace> read_places(db::Transaction& tx, const Event& event);

inline constexpr std::int64_t kRelatedMax = 20;
inline constexpr std::chrono::minutes kRequestSpan{5};  // an event's request is over by then
inline constexpr std::chrono::seconds kBesideSpan{5};   // the application logs behind its change

struct Related {
  std::vector<Event> same_request;  // of its correlation id, within kRequestSpan
  std::vector<Event> beside;        // in the other source, on the same id, within kBesideSpan
  bool is_cut = false;              // there are more than kRelatedMax of one of them
};

// Newest first.
Related read_related(db::Transaction& tx, const Event& event, const std::vector<Source>& sources,
                     Clock& clock);

}  // namespace pcx::audit
