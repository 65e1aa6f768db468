#include "migrate/lock_mode.h"

#include <gtest/gtest.h>

namespace pcx::migrate {
namespace {

using enum LockMode;

TEST(LockMode, ReadsWhatPgLocksWrites) {
  EXPECT_EQ(lock_mode_of("ShareUpdateExclusiveLock"), share_update_exclusive);
  EXPECT_EQ(lock_mode_of("SIReadLock"), none);
  EXPECT_EQ(to_string(share_row_exclusive), "SHARE ROW EXCLUSIVE");
}

// Table 13.2 of PostgreSQL's documentation, row by row.
TEST(LockMode, ConflictsAsDocumented) {
  constexpr const char* kTable[] = {".......x", "......xx", "....xxxx", "...xxxxx",
                                    "..xx.xxx", "..xxxxxx", ".xxxxxxx", "xxxxxxxx"};
  for (int row = 0; row < 8; ++row) {
    for (int column = 0; column < 8; ++column) {
      EXPECT_EQ(conflicts(LockMode(row + 1), LockMode(column + 1)), kTable[row][column] == 'x')
          << to_string(LockMode(row + 1)) << " and " << to_string(LockMode(column + 1));
    }
  }
  EXPECT_FALSE(conflicts(access_exclusive, none));
}

TEST(LockMode, SaysWhatItStops) {
  EXPECT_EQ(stops(access_exclusive), "no reads, no writes");
  EXPECT_EQ(stops(share), "no writes");
  EXPECT_EQ(stops(share_update_exclusive), "");
}

}  // namespace
}  // namespace pcx::migrate
