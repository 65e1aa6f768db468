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
  std::int64_t compared = 0;  // that the trail goes on from
  std::int64_t known = 0;     // that a restore undid which is known
};

// A restore is known when what it undid was sealed before `known_until`, and so was the first
// checkpoint of the tree that began after it. Where the whole tree is gone that is not enough,
// since another database's is like it: of a tree before that one a checkpoint must have been kept,
// too, that the trail goes on from. A checkpoint that was kept says nothing of what anybody knows:
// timers keep them.
KeptComparison compare_all_kept(db::Transaction& tx, const TrustedKeys& keys, const Trees& trees,
                                const std::vector<std::string>& notes,
                                const std::optional<Time>& known_until);

}  // namespace pcx::audit
