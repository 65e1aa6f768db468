#include <filesystem>

#include <gmock/gmock.h>

#include "alert/session.h"
#include "tests/alert/session_fixture.h"
#include "tests/alert/small_disk.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using testing::error_of;
using ::testing::HasSubstr;

// The folder beside the database: full, or another database's.
class SessionFolder : public AlertSession {};

TEST_F(SessionFolder, GoesOnInTheDatabaseWhenTheDiskIsFull) {
  const Memory before = run();
  const auto next = begin();
  live(next->memory);
  {
    const SmallDisk disk{100};
    next->session->save(next->memory);
  }
  EXPECT_EQ(next->session->lost_because(), "");
  EXPECT_THAT(next->session->files_fail_because(), HasSubstr("memory.json"));
  EXPECT_TRUE(next->session->is_ours());
  const std::string left = content(next->memory);
  next->session.reset();
  EXPECT_EQ(content(in_database()), left);
  EXPECT_EQ(content(in_files()), content(before));
  EXPECT_EQ(content(begin()->memory), left);
  expect_together();
}

TEST_F(SessionFolder, SaysThatTheDiskIsFullWithoutADatabase) {
  stop_server();
  run();
  const auto next = begin();
  live(next->memory);
  const SmallDisk disk{100};
  const Error error = error_of([&] { next->session->save(next->memory); });
  EXPECT_EQ(error.code(), ErrorCode::io);
  EXPECT_THAT(error.what(), HasSubstr("the database is away, too"));
}

// As when the file system is read-only.
TEST_F(SessionFolder, IsDoneWithoutWhereTheDatabaseIsThere) {
  run();
  const Memory before = run("two");
  std::filesystem::remove(folder("one") / "outbox.jsonl");
  std::filesystem::create_directory(folder("one") / "outbox.jsonl");
  const auto next = begin("one");
  EXPECT_EQ(content(next->memory), content(before));
  live(next->memory);
  next->session->save(next->memory);
  EXPECT_THAT(next->session->files_fail_because(), HasSubstr("outbox.jsonl"));
  EXPECT_EQ(content(in_database()), content(next->memory));

  stop_server();
  live(next->memory);
  EXPECT_THAT(error_of([&] { next->session->save(next->memory); }).what(),
              HasSubstr("neither the database nor files"));
}

// Somebody named the folder of one database to a run of another, whose memory is empty.
TEST_F(SessionFolder, IsReplacedWhenItIsAnotherDatabases) {
  const std::string first = name();
  const Memory of_first = run();
  make_database();
  owner.database = "host=one dbname=copy";
  EXPECT_EQ(content(begin()->memory), content(Memory{}));
  run();
  EXPECT_NE(in_database().origin, of_first.origin);

  use_database(first);
  owner.database = "host=one dbname=practice";
  EXPECT_EQ(content(begin()->memory), content(of_first));
}

TEST_F(SessionFolder, IsNotOfTwoEnvironments) {
  const Memory of_production = run();
  owner.environment = "staging";
  EXPECT_EQ(content(begin()->memory), content(Memory{}));
  owner.environment = "production";
  EXPECT_EQ(content(begin()->memory), content(of_production));
}

TEST_F(SessionFolder, IsLeftAloneWhenAnotherDatabaseNeedsIt) {
  run();
  stop_server();
  const Memory left = run();
  const std::string old = owner.database;
  for (const bool is_up : {false, true}) {
    if (is_up) start_server();
    owner.database = "host=one dbname=copy";
    const Error error = error_of([&] { begin(); });
    EXPECT_EQ(error.reason(), "other_database");
    EXPECT_THAT(error.what(), HasSubstr("is another database's or environment's"));
  }
  owner.database = old;
  EXPECT_EQ(content(begin()->memory), content(left));
}

// The database was made anew, and another machine's run was the first.
TEST_F(SessionFolder, IsOfOneMemory) {
  run();
  make_database();
  const Memory of_second = run("two");
  EXPECT_EQ(content(begin()->memory), content(of_second));
  expect_together();
}

TEST_F(SessionFolder, IsRefusedWhenItIsAheadOfAnotherMemory) {
  run();
  stop_server();
  run();
  start_server();
  make_database();
  run("two");
  EXPECT_EQ(error_of([&] { begin(); }).reason(), "other_database");
}

}  // namespace
}  // namespace pcx::alert
