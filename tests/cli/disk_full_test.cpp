// The server's disk is full in the middle of a migration. A file system of its own is filled for
// it, which only root can make; others see the test skipped.
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <sys/mount.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/paths.h"
#include "tests/support/postgres.h"
#include "tests/support/process.h"
#include "tests/support/shell.h"

namespace pcx::cli {
namespace {

using ::testing::HasSubstr;
using testing::Ran;
using testing::Shell;

// 32 MB in memory, for as long as it lives.
class SmallDisk {
 public:
  SmallDisk() : folder_(testing::make_short_folder()) {
    is_mounted_ = mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=32m,mode=0755") == 0;
    if (!is_mounted_) why_not_ = std::strerror(errno);
  }
  ~SmallDisk() {
    if (is_mounted_) umount2(folder_.c_str(), MNT_DETACH);
    std::filesystem::remove_all(folder_);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool is_mounted() const { return is_mounted_; }
  const std::string& why_not() const { return why_not_; }
  std::string folder() const { return folder_.string(); }

 private:
  std::filesystem::path folder_;
  bool is_mounted_ = false;
  std::string why_not_;
};

constexpr const char* kPrepare = R"(
mkdir "$DISK/tablespace"
chown postgres "$DISK/tablespace"
sql "CREATE TABLESPACE small LOCATION '$DISK/tablespace'"
migration 20250101000000_first 'CREATE TABLE first ();'
migration 20250102000000_big "CREATE TABLE big TABLESPACE small AS
  SELECT repeat('x', 1000) AS filler FROM generate_series(1, 10000);"
head --bytes=26M /dev/zero > "$DISK/ballast"
)";

TEST(FullDisk, EndsTheRunWith74AndTheNextOneGoesOn) {
  const SmallDisk disk;  // outlives the server
  if (!disk.is_mounted()) GTEST_SKIP() << "cannot mount a small file system: " << disk.why_not();
  testing::Postgres server;
  const Shell shell{
      {{"DATABASE_URL", server.url(server.fresh_database())}, {"DISK", disk.folder()}},
      testing::source_folder() / "tests/cli/functions.sh"};
  const Ran prepared = shell.run(kPrepare);
  ASSERT_EQ(prepared.exit, 0) << prepared.err;

  const Ran full = shell.run("pcx migrate up");
  EXPECT_EQ(full.exit, 74);
  EXPECT_THAT(full.err,
              HasSubstr("pcx: error: prisma/migrations/20250102000000_big/migration.sql:1:1: "
                        "migration 20250102000000_big failed: could not extend file"));
  EXPECT_THAT(full.err, HasSubstr("No space left on device"));
  EXPECT_THAT(full.err, HasSubstr("pcx: hint: Check free disk space. Nothing of this migration was "
                                  "applied; 1 migration before it was."));
  EXPECT_EQ(shell.run("sql \"SELECT to_regclass('big') IS NULL\"").out, "t\n");

  const Ran freed = shell.run("rm \"$DISK/ballast\" && pcx migrate up && pcx migrate verify");
  EXPECT_EQ(freed.exit, 0) << freed.err;
  EXPECT_EQ(shell.run("sql 'SELECT count(*) FROM big'").out, "10000\n");
}

}  // namespace
}  // namespace pcx::cli
