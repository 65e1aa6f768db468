// Commits whose answer never came, on a real server.
#include "migrate/fate.h"

#include <thread>

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/migrate/on_a_server.h"
#include "tests/support/errors.h"

namespace pcx::migrate {
namespace {

using namespace testing;
using pcx::testing::error_of;
using ::testing::HasSubstr;

class FateOfACommit : public OnAServer {
 protected:
  using OnAServer::OnAServer;

  Fate fate_of(const Commit& commit) {
    return find_fate(database, {clock, random, interrupt}, commit);
  }
};

TEST_F(FateOfACommit, IsWhatServerAndLedgerSay) {
  up(folder_of({file("001")}));
  const std::string row_id = ledger().rows[0].id;
  std::string ended;
  {
    db::Transaction tx = database.begin_for_script("public");
    ended = tx.id();
  }
  db::Database other{db::parse_target(url), {}};
  const db::Transaction open = other.begin_for_script("public");
  const std::string future = "9000000000000000000";
  const auto fate = [&](const std::string& transaction, const std::string& row, bool reverts) {
    return fate_of({transaction, row, reverts});
  };
  EXPECT_EQ(fate(ended, row_id, false), Fate::committed);  // the row has the last word
  EXPECT_EQ(fate(ended, row_id, true), Fate::rolled_back);
  EXPECT_EQ(fate(ended, "none", false), Fate::rolled_back);
  EXPECT_EQ(fate(open.id(), "none", false), Fate::in_progress);
  EXPECT_EQ(fate(future, "none", false), Fate::unknown);
  db::Transaction committed = database.begin_for_script("public");
  const std::string others = committed.id();
  committed.commit();
  EXPECT_EQ(fate(others, "none", false), Fate::unknown);  // behind a failover: of another
}

// A commit that did happen, and whose answer never came: it waits for a standby that is not there.
class FateOfASlowCommit : public FateOfACommit {
 protected:
  FateOfASlowCommit() : FateOfACommit(slow().url(slow().fresh_database())) {}

  static Postgres& slow() {
    static Postgres server{
        {.settings = {"synchronous_standby_names=nobody", "synchronous_commit=local"}}};
    return server;
  }

  void wait_for_commit(db::Database& admin) {
    while (admin
               .query({"test.waits",
                       "SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'SyncRep'"},
                      {pid})
               .empty()) {
    }
  }

  const int pid = database.backend_pid();
  const Folder folder = folder_of(
      {file("001", "SET LOCAL synchronous_commit = on; CREATE TABLE a ();"), file("002")});
};

TEST_F(FateOfASlowCommit, IsToldWhenItHappened) {
  db::Database admin{db::parse_target(url), {}};
  std::vector<std::string> told;
  tools.on_done = [&](const db::Deed& deed) { told.push_back(deed.object); };
  std::thread killer{[&] {
    wait_for_commit(admin);
    admin.query({"test.terminate", "SELECT pg_terminate_backend($1, 10000)"}, {pid});
  }};
  const Error error = error_of([&] { up(folder); });
  killer.join();
  EXPECT_EQ(error.code(), ErrorCode::unreachable);
  EXPECT_EQ(error.reason(), "committed");
  EXPECT_STREQ(error.what(),
               "the connection was lost while migration 001 was committed, and it is applied");
  EXPECT_THAT(error.hint(), HasSubstr("Run the command again to go on."));
  EXPECT_TRUE(ledger().rows[0].is_applied());
  EXPECT_EQ(told, std::vector<std::string>{"001"});
}

TEST_F(FateOfASlowCommit, StaysInDoubtWhenTheServerIsGone) {
  db::Database admin{db::parse_target(url), {}};
  std::thread killer{[&] {
    wait_for_commit(admin);
    slow().stop();
  }};
  const Error error = error_of([&] { up(folder); });
  killer.join();
  slow().start();
  EXPECT_EQ(error.reason(), "in_doubt");
  EXPECT_THAT(error.what(), HasSubstr("migration 001 failed: commit: "));
  EXPECT_THAT(error.what(), HasSubstr("whether it is committed is not known"));
  EXPECT_THAT(error.hint(), HasSubstr("To run the command again is safe"));
}

}  // namespace
}  // namespace pcx::migrate
