// Verifying a trail. Each level has those before it, too:
//
//   quick   who signed the checkpoints, that each tree goes on from the one before, and that what
//           captures changes was not changed
//   ledger  every leaf and every tile
//   full    every row
//
// All of it in one snapshot, in two sessions beside the one that was given. Memory does not grow
// with the trail: rows and ledger are compared as multisets (audit/keyed_sums.h), and only what
// differs is read again. What is not sealed yet is compared with the ledger as well.
//
// What is believed, and why:
//
//   - Signatures of a given key, and of keys that took over from it by a checkpoint that both have
//     signed: the tree, what came before a checkpoint, and when it was (audit/seal_point.h).
//   - Leaves, because they give the signed roots; rows, because they give the leaves.
//   - A note that rows left the trail (retain), because it is signed. A note that keys were rotated
//     (reseal) only in what encrypted texts were: the row must have been the same but for them.
//   - Every other note (pause, ddl, census...) as a row like others: it explains a change of a
//     trigger only when it names it, and never makes a row that is gone good. What it tells of
//     capture that was off is told as a gap. So is a restore (audit/kept_checkpoint.h), until
//     somebody says that he knows (VerifyOptions::known_until): no checkpoint does.
//
// Nothing else is: not columns, pcx.audit_epoch, pcx.legal_hold, the catalog, or what row security
// would show. And what this cannot tell: that rows which no tree has yet (VerifyReport::unsealed)
// are all there; that what was sealed was true when it was written; which texts were encrypted when
// keys were rotated; and, for whoever has the signing key as well, anything but that the trail goes
// on from checkpoints that were kept elsewhere (VerifyOptions::against).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "audit/attack.h"
#include "audit/epoch.h"
#include "audit/note_key.h"
#include "audit/retained.h"
#include "core/document.h"
#include "core/random.h"
#include "db/database.h"

namespace pcx::audit {

enum class VerifyLevel { quick, ledger, full };

struct VerifyTools {
  db::Database& database;
  std::function<db::Database()> connect;  // another session on the same database
  Random& random;                         // fit for keys
};

struct VerifyOptions {
  VerifyLevel level = VerifyLevel::full;
  std::vector<VerifierKey> keys;     // believed
  std::vector<std::string> against;  // checkpoints that were kept elsewhere
  // Warnings of what had ended before are known to whoever asks, and only counted.
  std::optional<Time> known_until = std::nullopt;
  std::chrono::milliseconds lag_max{300'000};  // longer than that a row is sealed late
};

struct VerifyReport {
  std::vector<TrailFinding> findings;  // tampering first, by epoch and index
  std::int32_t epochs = 0;
  std::uint64_t leaves = 0;  // of all trees
  std::int64_t checkpoints = 0;
  std::int64_t ledger_rows = 0;  // 0: not looked at
  std::int64_t rows = 0;
  std::int64_t unsealed = 0;
  std::vector<RetainedMonth> retained;  // what left the trail properly
  std::int64_t compared = 0;  // checkpoints of VerifyOptions::against that the trees go on from
  std::int64_t known = 0;     // warnings that VerifyOptions::known_until leaves out

  Finding verdict() const;  // critical, else unknown, else warning, else ok
};

// REQUIRES: schema pcx is current, or not there. With VerifyOptions::against a trail that is gone
// is a finding (audit/dropped_trail.h). Throws as require_trail() when there is no trail,
// unknown_signers() when nobody who is believed has signed anything, here or of what was kept, and
// rows are what this database's own ledger has (full) all the same; and what the server answers.
VerifyReport verify_trail(const VerifyTools& tools, const VerifyOptions& options);

}  // namespace pcx::audit
