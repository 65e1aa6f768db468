// Sealing: what was added to the ledger becomes leaves of its epoch's tree, whose root is signed.
//
// Only rows below the horizon are taken: every transaction with a smaller number has ended, so that
// nothing can appear before a leaf any more. A run is some transactions, each whole by itself:
// first what the trail is made of (months ahead, a new epoch after a restore, the census), then
// leaves, tiles and a checkpoint, 100,000 rows at most each. Killed at any point it leaves nothing
// half done.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "audit/checkpoint_store.h"
#include "audit/epoch.h"
#include "audit/note_key.h"
#include "core/random.h"
#include "db/advisory_lock.h"
#include "db/database.h"

namespace pcx::audit {

// One sealer at a time. Persistent: never change one.
inline constexpr db::AdvisoryKey kSealLock{0x7063785f7365616c, "pcx audit seal"};

inline constexpr std::int64_t kSealedRowsMax = 100'000;  // of one checkpoint
inline constexpr std::chrono::minutes kHeartbeat{60};    // a checkpoint at least that often

struct SealTools {
  db::Database& database;
  std::span<const SigningKey> keys;  // the one that signs; and the next one, for change_key()
  Random& random;
  std::chrono::milliseconds heartbeat = kHeartbeat;
};

// What was left, and why.
struct Unsealed {
  std::int64_t rows = 0;
  std::optional<std::chrono::milliseconds> age;  // of the oldest one
  std::string holder;                            // the oldest transaction that may still write
  std::optional<std::chrono::milliseconds> holder_age;
};

struct SealReport {
  Epoch epoch;
  bool has_opened_epoch = false;
  std::size_t census_changes = 0;
  std::int64_t rows = 0;
  int checkpoints = 0;  // signed in this run; a heartbeat is one without rows
  std::optional<CheckpointRow> newest;
  Unsealed rest;
};

// REQUIRES: schema pcx is current, this session holds kSealLock.
//
// Throws Error{not_found} with reason "no_trail" when there is no trail, Error{critical} with
// reason "tiles_altered" or "checkpoint_altered" when the newest checkpoint does not hold up, or
// "origin_altered" when the tree is not of this server, or "trail_altered" when something in the
// trail is none (then nothing is sealed over it),
// Error{conflict} with reason "other_key" when another key has signed it, or has taken over from
// this one, and what the server answers.
SealReport seal(const SealTools& tools);

// From now on the second of two keys signs: writes the note (kind 'key': {"before", "after"}, both
// verifier keys), seals what can be sealed, and makes a checkpoint that says so and that both keys
// sign. REQUIRES and throws as seal(), and Error{usage} when the keys are the same, Error{conflict}
// with reason "retired_key" when another one has taken over from the second one; nothing is written
// then.
SealReport change_key(const SealTools& tools);

}  // namespace pcx::audit
