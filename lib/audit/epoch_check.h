// Whether the trees of a trail follow one another as pcx opens them (audit/epoch.h): numbered from
// 1 on, each of another cluster than all before, with an origin that names that cluster, and with a
// note as one of its first leaves that says so and holds the last checkpoint before it.
//
// Rows of pcx.audit_epoch are believed in nothing: whoever opens a tree of his own, to be rid of an
// older one, is found.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "audit/attack.h"
#include "audit/kept_checkpoint.h"

namespace pcx::audit {

// Whether an origin is one that epoch_origin() gives: of this cluster, and of a tree of this number
// (0: of any).
bool is_origin_of(std::string_view origin, const Cluster& cluster, std::int32_t number);

// The number of a tree as its origin has it; 0 for what is no origin.
std::int32_t tree_number_in(std::string_view origin);

std::vector<TrailFinding> check_epochs(db::Transaction& tx, const TrustedKeys& keys,
                                       const Trees& trees);

}  // namespace pcx::audit
