// Trees, one after the other: transactions are numbered anew after a restore, so the ledger's order
// does not go on there, and a new tree begins (table pcx.audit_epoch). Each has an origin of its
// own, the first line of its checkpoints (audit/checkpoint.h):
//
//   purple-cross/audit/<system identifier>/<epoch>/<timeline>-<database oid>-<8 hexadecimal digits>
//
// The digits are random: two restores of one backup, on machines that know nothing of each other,
// are two trees.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "core/random.h"
#include "db/database.h"
#include "db/polite_change.h"

namespace pcx::audit {

// What changes when a backup is restored: the cluster (dump), its timeline (base backup, also to a
// point in time), the database (dropped and restored).
struct Cluster {
  std::string system_identifier;  // pg_control_system()
  std::int32_t timeline = 0;
  std::int64_t database_oid = 0;
  bool operator==(const Cluster&) const = default;
};

struct Epoch {
  std::int32_t number = 0;  // from 1 on
  std::string origin;
  Cluster cluster;
};

// As the server says now. Throws what it answers while it is in recovery.
Cluster read_cluster(db::Transaction& tx);

// The tree that is added to; std::nullopt before the trail is installed. REQUIRES: schema pcx is
// current
std::optional<Epoch> newest_epoch(db::Transaction& tx);

std::string epoch_origin(const Cluster& cluster, std::int32_t number, Random& random);

// What opening an epoch waits for writers at once; who opens one limits it, for behind it everybody
// waits.
inline constexpr std::chrono::milliseconds kEpochLockWait{200};

// Opens the first epoch, or the next one where the cluster is another than the newest epoch's, as a
// part of `tx`: its note (kind 'epoch') is the first leaf of the new tree. Writers wait until the
// transaction ends: let that be soon. `last_note` is that of the newest checkpoint; empty: there is
// none. std::nullopt, and nothing is locked, when the newest epoch is this cluster's. Throws
// Error{busy} when transactions write for longer than kEpochLockWait; `tx` is lost then.
std::optional<Epoch> open_epoch_when_needed(db::Transaction& tx, const std::string& last_note,
                                            Random& random);

// The same in transactions of its own, tried again for minutes while others write. Throws
// Error{busy} after that, and as Interrupt::throw_if_requested().
std::optional<Epoch> open_epoch_politely(const db::PoliteTools& tools, const std::string& last_note,
                                         Random& random);

}  // namespace pcx::audit
