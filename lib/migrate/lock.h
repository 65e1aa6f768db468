// The two locks of a migration run, taken in this order.
#pragma once

#include "db/advisory_lock.h"

namespace pcx::migrate {

// "pcxmigr1" as a number. Persistent: every version of pcx takes this one.
inline constexpr db::AdvisoryKey kPcxLock{0x7063786d69677231, "pcx migrate"};
// Prisma's own (schema-engine, "ADVISORY_LOCK_KEY").
inline constexpr db::AdvisoryKey kPrismaLock{72707369, "Prisma Migrate"};

}  // namespace pcx::migrate
