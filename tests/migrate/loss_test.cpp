// What a down destroys, on a real server.
#include "migrate/loss.h"

#include <gmock/gmock.h>

#include "tests/migrate/on_a_server.h"

namespace pcx::migrate {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Losses : public OnAServer {};

TEST_F(Losses, CountsWhatADownDestroys) {
  const Folder folder = folder_of({with_down(
      "001", "CREATE TABLE a (id int, note text); INSERT INTO a VALUES (1, 'x'), (2, NULL);",
      "ALTER TABLE a DROP COLUMN note; DROP TABLE a; DROP TABLE IF EXISTS never;")});
  up(folder);
  std::vector<std::string> losses;
  for (const auto& loss : losses_of(folder)) losses.push_back(to_string(loss));
  EXPECT_THAT(losses, ElementsAre("column a.note: 1 value", "table a: 2 rows"));
}

TEST_F(Losses, SaysWhereADownMayLoseMore) {
  const Folder folder = folder_of({with_down(
      "001", "CREATE TABLE a ();",
      "DROP TABLE a;\nDO $$ BEGIN END $$;\nDROP TYPE IF EXISTS e CASCADE;\nCALL p();\nCALL p();")});
  up(folder);
  const auto losses = losses_of(folder);
  ASSERT_EQ(losses.size(), 2u);
  EXPECT_TRUE(losses[0].is_certain);
  EXPECT_FALSE(losses[1].is_certain);
  EXPECT_EQ(losses[1].object,
            "more than is listed, see 001/down.sql: DO in line 2, DROP TYPE ... CASCADE in line 3, "
            "CALL in line 4 and 1 more");
}

// The object is not there yet when it is counted, or another one is.
TEST_F(Losses, SaysThatAnObjectWhoseNameChangesBeforeMayBeLost) {
  const Folder folder =
      folder_of({with_down("001", "CREATE TABLE a (x int);", "\nDROP TABLE IF EXISTS a;"),
                 with_down("002", "ALTER TABLE a RENAME TO b; ALTER TABLE b RENAME x TO y;",
                           "ALTER TABLE b RENAME y TO x; ALTER TABLE b RENAME TO a;")});
  up(folder);
  const auto losses = losses_of(folder, {.steps = 2});
  ASSERT_EQ(losses.size(), 1u);
  EXPECT_EQ(losses[0].migration, "001");
  EXPECT_FALSE(losses[0].is_certain);
  EXPECT_EQ(losses[0].object,
            "more than is listed, see 001/down.sql: DROP TABLE of a changed name in line 2");
}

TEST_F(Losses, IsNotCertainOfNamesAfterTheSearchPathIsSet) {
  const Folder folder =
      folder_of({with_down("001", "CREATE TABLE c ();", "DROP TABLE c;"),
                 with_down("002", "CREATE TABLE a (); CREATE TABLE b ();",
                           "DROP TABLE a; SET search_path = app;\nDROP TABLE b, public.a;")});
  up(folder);
  const auto losses = losses_of(folder, {.steps = 2});
  ASSERT_EQ(losses.size(), 5u);
  EXPECT_TRUE(losses[0].is_certain);
  EXPECT_EQ(losses[1].object, "table b");
  EXPECT_FALSE(losses[1].is_certain);
  EXPECT_TRUE(losses[2].is_certain);
  EXPECT_THAT(losses[3].object, HasSubstr("DROP TABLE of a changed name in line 2"));
  EXPECT_TRUE(losses[4].is_certain);  // the next script begins anew
}

TEST_F(Losses, CountsNoRowsWherePartitionsChangeBefore) {
  const Folder folder = folder_of(
      {with_down("001", "CREATE TABLE all_of_it (x int);", "DROP TABLE all_of_it;"),
       with_down("002",
                 "CREATE TABLE p (x int) PARTITION BY LIST (x); CREATE TABLE c (x int); INSERT "
                 "INTO c VALUES (1), (1);",
                 "ALTER TABLE p ATTACH PARTITION c FOR VALUES IN (1);\nDROP TABLE p;")});
  up(folder);
  const auto losses = losses_of(folder, {.steps = 2});
  ASSERT_EQ(losses.size(), 4u);
  EXPECT_EQ(to_string(losses[0]), "table p");
  EXPECT_FALSE(losses[0].is_certain);
  EXPECT_THAT(losses[1].object, HasSubstr("DROP TABLE after a change of partitions in line 2"));
  EXPECT_EQ(to_string(losses[2]), "table all_of_it");  // c may be a part of it by now
  EXPECT_FALSE(losses[2].is_certain);
}

TEST_F(Losses, CountsNoRowsThatItsRoleDoesNotSee) {
  const Folder folder = folder_of(
      {with_down("001", "CREATE TABLE a (x int, y int); INSERT INTO a VALUES (1, 1), (2, 2);",
                 "ALTER TABLE a DROP COLUMN x; DROP TABLE a;")});
  up(folder);
  const auto told = [&] {
    std::vector<std::string> lines;
    for (const auto& loss : losses_of(folder)) lines.push_back(to_string(loss));
    return lines;
  };
  run("CREATE ROLE reader_of_few; GRANT SELECT ON public._prisma_migrations TO reader_of_few;"
      "SET ROLE reader_of_few");
  EXPECT_THAT(told(), ElementsAre("column a.x", "table a"));
  run("RESET ROLE; GRANT SELECT (x) ON public.a TO reader_of_few; SET ROLE reader_of_few");
  EXPECT_THAT(told(), ElementsAre("column a.x: 2 values", "table a"));
  run("RESET ROLE; GRANT SELECT ON public.a TO reader_of_few; SET ROLE reader_of_few");
  EXPECT_THAT(told(), ElementsAre("column a.x: 2 values", "table a: 2 rows"));
  run("RESET ROLE; ALTER TABLE public.a ENABLE ROW LEVEL SECURITY; SET ROLE reader_of_few");
  EXPECT_THAT(told(), ElementsAre("column a.x", "table a"));
  run("RESET ROLE; DROP OWNED BY reader_of_few; DROP ROLE reader_of_few");
}

TEST_F(Losses, SaysThatADownItCannotReadMayLoseMore) {
  const Folder folder = folder_of({with_down("001", "SELECT 1;", "SELECT 1;\nNEW GRAMMAR;")});
  up(folder);
  const auto losses = losses_of(folder);
  ASSERT_EQ(losses.size(), 1u);
  EXPECT_EQ(losses[0].object,
            "more than is listed, see 001/down.sql: SQL that pcx cannot read in line 2");
}

}  // namespace
}  // namespace pcx::migrate
