// The two locks of a migration run, taken in this order.
#pragma once

#include <cstdint>
#include <vector>

#include "db/advisory_lock.h"

namespace pcx::migrate {

// "pcxmigr1" as a number. Persistent: every version of pcx takes this one.
inline constexpr db::AdvisoryKey kPcxLock{0x7063786d69677231, "pcx migrate"};
// Prisma's own (schema-engine, "ADVISORY_LOCK_KEY").
inline constexpr db::AdvisoryKey kPrismaLock{72707369, "Prisma Migrate"};

// The numbers of those that the session of a run holds; of a run in steps only pcx's.
inline const std::vector<std::int64_t> kLocksOfARun = {kPcxLock.number, kPrismaLock.number};
inline const std::vector<std::int64_t> kLocksOfSteps = {kPcxLock.number};

}  // namespace pcx::migrate
