// A checkpoint that was kept elsewhere, against the trees of a trail.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "audit/attack.h"
#include "audit/epoch.h"
#include "audit/trusted_keys.h"

namespace pcx::audit {

struct Trees {
  std::vector<Epoch> epochs;
  std::map<std::int32_t, SealedTree> newest;  // by epoch
  std::set<std::int32_t> doubted;             // epochs with checkpoints that do not hold up
  std::optional<Cluster> cluster;             // this server, unless it is a standby
  bool is_restored = false;                   // this is not the server that the newest epoch is of
};

// Whether the tree of `now` goes on from that of `before`, as its tiles say; otherwise why not.
std::optional<std::string> breaks_consistency(db::Transaction& tx, std::int32_t epoch,
                                              const TreeHead& before, const TreeHead& now);

// std::nullopt: the trail goes on from it.
std::optional<TrailFinding> compare_kept(db::Transaction& tx, const TrustedKeys& keys,
                                         const Trees& trees, const std::string& note);

// What comparing each of some kept checkpoints said.
struct KeptComparison {
  std::vector<TrailFinding> findings;
  std::int64_t compared = 0;       // that the trail goes on from
  std::int64_t undone = 0;         // by a restore that whoever kept a later one knows of
  std::optional<Time> seen_until;  // the newest one that the trail goes on from
};

// A restore is told until a checkpoint was kept behind it: of a later tree than what it undid,
// sealed after it, and the trail goes on from it. Where the whole tree is gone that is not enough,
// since another database's is like it: of a tree before that one a checkpoint must have been kept,
// too, that the trail goes on from.
KeptComparison compare_all_kept(db::Transaction& tx, const TrustedKeys& keys, const Trees& trees,
                                const std::vector<std::string>& notes);

}  // namespace pcx::audit
