#include "sandbox/cluster_lock.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_folder.h"

namespace pcx::sandbox {
namespace {

using pcx::testing::FakeClock;
using pcx::testing::TemporaryFolder;

TEST(FolderLock, IsHeldByOne) {
  const TemporaryFolder folder;
  FakeClock clock;
  const Layout layout{folder.path()};
  const FolderLock first{layout, clock, std::chrono::seconds{0}};
  try {
    const FolderLock second{layout, clock, std::chrono::seconds{1}};
    FAIL() << "two have it";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::busy);
    EXPECT_NE(std::string{error.what()}.find(folder.path().native()), std::string::npos);
  }
  EXPECT_EQ(clock.sleeps.size(), 20U);  // 1 s in steps of 50 ms
}

TEST(FolderLock, IsFreeAgainAfterwards) {
  const TemporaryFolder folder;
  FakeClock clock;
  const Layout layout{folder.path()};
  { const FolderLock first{layout, clock, std::chrono::seconds{0}}; }
  EXPECT_NO_THROW((FolderLock{layout, clock, std::chrono::seconds{0}}));
}

TEST(FolderLock, IsNotTheLockOfARemovedFile) {
  const TemporaryFolder folder;
  FakeClock clock;
  const Layout layout{folder.path()};
  const FolderLock of_the_removed{layout, clock, std::chrono::seconds{0}};
  std::filesystem::remove(layout.lock_file());
  EXPECT_NO_THROW((FolderLock{layout, clock, std::chrono::seconds{0}}));
}

TEST(FolderLock, NeedsAFolder) {
  const TemporaryFolder folder;
  FakeClock clock;
  EXPECT_THROW((FolderLock{{folder.path() / "absent"}, clock, std::chrono::seconds{0}}), Error);
}

}  // namespace
}  // namespace pcx::sandbox
