// What verifying believes of months that left the trail: notes that a known key has signed
// (audit/retain_note.h), and nothing of what stands beside the signature. Without one a row that is
// gone was deleted.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "audit/epoch.h"
#include "audit/ledger_walk.h"
#include "audit/trusted_keys.h"

namespace pcx::audit {

struct RetainedMonth {  // of one tree
  std::int32_t epoch = 0;
  std::string month;
  std::int64_t dropped = 0;
};

struct Retained {
  std::map<std::int32_t, std::vector<RetainedPart>> parts;  // by epoch
  std::vector<RetainedMonth> months;
};

Retained read_retained(db::Transaction& tx, const TrustedKeys& keys,
                       const std::vector<Epoch>& epochs);

}  // namespace pcx::audit
