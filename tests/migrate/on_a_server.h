// A database for folders to be applied in, reverted and asked about.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "db/query.h"
#include "db/script.h"
#include "migrate/loss.h"
#include "migrate/migrator.h"
#include "tests/migrate/run_locks.h"
#include "tests/migrate/support.h"
#include "tests/support/fake_clock.h"
#include "tests/support/postgres.h"

namespace pcx::migrate::testing {

using pcx::testing::FakeClock;
using pcx::testing::Postgres;

inline Migration with_down(const std::string& name, const std::string& up,
                           const std::string& down) {
  Migration migration = file(name, up);
  migration.down = Script{down, name + "/down.sql"};
  return migration;
}

class OnAServer : public ::testing::Test {
 protected:
  OnAServer() : OnAServer(Postgres::shared().url(Postgres::shared().fresh_database())) {}
  explicit OnAServer(std::string where) : url(std::move(where)) {}

  Ledger ledger() { return read_ledger(database, database.schema()); }

  Report up(const Folder& folder, const Extent& extent = {}) {
    const Ledger before = ledger();
    const UpPlan plan = plan_up(compare(folder, before), extent, {});
    return apply(database, before, make_ready(database, before, plan), tools);
  }

  Report down(const Folder& folder, const Extent& extent = {}) {
    return revert(database, make_ready(plan_down(compare(folder, ledger()), extent, {})), tools);
  }

  std::vector<Loss> losses_of(const Folder& folder, const Extent& extent = {}) {
    return count_losses(database, make_ready(plan_down(compare(folder, ledger()), extent, {})));
  }

  void run(std::string_view sql) { run_script(database, sql, "test"); }

  bool has_table(const std::string& name) {
    db::Query query{"test.has_table"};
    query.sql("SELECT to_regclass(").param("public." + name).sql(") IS NOT NULL AS found");
    return database.query(query).one()["found"].as<bool>();
  }

  const std::string url;
  db::Database database{db::parse_target(url), {}};
  FakeClock clock;
  SeededRandom random{1};
  Interrupt interrupt;
  std::optional<RunLocks> locks{std::in_place, database, clock, interrupt};
  std::vector<std::string> deeds;
  Tools tools{clock, random, interrupt,
              [this](const db::Deed& deed) {
                deeds.push_back(deed.action + " " + deed.object);
                return std::optional<db::Query>{};
              },
              [this](const Migration&, std::size_t, std::size_t) {
                clock.advance(std::chrono::milliseconds{1});
              }};
};

}  // namespace pcx::migrate::testing
