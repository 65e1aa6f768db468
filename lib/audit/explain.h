// From what differs between the tree, the ledger and the rows to what somebody did.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "audit/attack.h"
#include "audit/content_diff.h"
#include "audit/ledger_diff.h"

namespace pcx::audit {

struct Evidence {
  LedgerDifference ledger;
  std::optional<ContentDifference> content;  // std::nullopt: rows were not looked at
  std::int32_t newest_epoch = 0;
  std::optional<std::uint64_t> dropped_tail;  // see LedgerWalk
  std::set<std::string> replaced_partitions;  // see TriggerCheck
};

// `tx` is asked for the index of leaves.
std::vector<TrailFinding> explain(db::Transaction& tx, Evidence evidence);

}  // namespace pcx::audit
