#include "migrate/draft.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_folder.h"

namespace pcx::migrate {
namespace {

using pcx::testing::FakeClock;
using pcx::testing::TemporaryFolder;
using ::testing::ElementsAre;

TEST(CreateDraft, BeginsPrismasLayoutInAnEmptyFolder) {
  const TemporaryFolder folder;
  const auto root = folder.path() / "prisma/migrations";
  const auto files = create_draft(root, "Add invoice  Currency!", FakeClock{});
  const auto made = root / "20260115120000_add_invoice_currency";
  EXPECT_THAT(files, ElementsAre(made / "migration.sql", made / "down.sql"));
  EXPECT_EQ(read_folder(root).migrations.size(), 1u);
}

TEST(CreateDraft, KeepsTheOrderOfTwoWithinASecond) {
  const TemporaryFolder folder;
  create_draft(folder.path(), "b", FakeClock{});
  create_draft(folder.path(), "a", FakeClock{});
  const Folder read = read_folder(folder.path());
  ASSERT_EQ(read.migrations.size(), 2u);
  EXPECT_EQ(read.migrations[0].name, "20260115120000_b");
  EXPECT_EQ(read.migrations[1].name, "20260115120001_a");
}

TEST(CreateDraft, FollowsTheLayoutOfTheFolder) {
  const TemporaryFolder pairs;
  pairs.write("1_a.up.sql", "SELECT 1;");
  EXPECT_THAT(create_draft(pairs.path(), "b", FakeClock{}),
              ElementsAre(pairs.path() / "20260115120000_b.up.sql",
                          pairs.path() / "20260115120000_b.down.sql"));
  const TemporaryFolder sections;
  sections.write("1_a.sql", "-- migrate:up\nSELECT 1;");
  create_draft(sections.path(), "b", FakeClock{});
  const Folder read = read_folder(sections.path());
  EXPECT_TRUE(read.migrations[1].down.has_value());
}

TEST(CreateDraft, RefusesNamesThatAreNone) {
  const TemporaryFolder folder;
  EXPECT_THROW(create_draft(folder.path(), "!!!", FakeClock{}), Error);
  EXPECT_THROW(create_draft(folder.path(), std::string(300, 'x'), FakeClock{}), Error);
  EXPECT_THROW(create_draft("/proc/nowhere", "x", FakeClock{}), Error);
}

TEST(CreateDraft, RefusesAFolderDatedInTheFuture) {
  const TemporaryFolder folder;
  folder.write("20991231000000_x/migration.sql", "SELECT 1;");
  EXPECT_THROW(create_draft(folder.path(), "y", FakeClock{}), Error);
}

}  // namespace
}  // namespace pcx::migrate
