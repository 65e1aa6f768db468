#include "db/journal.h"

#include <gtest/gtest.h>

#include "core/json.h"
#include "db/query.h"
#include "db/schema.h"
#include "db/script.h"
#include "tests/db/fixture.h"

namespace pcx::db {
namespace {

using testing::error_of;

class Journal : public testing::DatabaseFixture {
 protected:
  void SetUp() override {
    database_.emplace(connect());
    upgrade_schema(*database_);
  }
  Database& database() { return *database_; }
  Row row(std::int64_t id) {
    rows_.emplace(database().query({"test.row", "SELECT * FROM pcx.journal WHERE id = $1"}, {id}));
    return rows_->one();
  }

  const Actor kAnn{.os_user = "ann",
                   .host = "ops1",
                   .command_line = "pcx migrate up",
                   .reason = "ticket 7",
                   .run_id = "0b5e8a34-55f4-4c5e-9a53-0a8f4e1a2b3c"};
  const Deed kUp{
      .action = "migrate.up", .object = "001_init", .details = Document::object().set("steps", 3)};

 private:
  std::optional<Database> database_;
  std::optional<Result> rows_;
};

TEST_F(Journal, KeepsADeedWithItsTransaction) {
  std::int64_t id = 0;
  {
    Transaction tx = database().begin();
    id = record_deed(tx, kAnn, kUp);
    tx.commit();
  }
  const Row entry = row(id);
  EXPECT_EQ(entry["os_user"].as<std::string>(), "ann");
  EXPECT_EQ(entry["db_user"].as<std::string>(), "postgres");
  EXPECT_EQ(entry["host"].as<std::string>(), "ops1");
  EXPECT_EQ(entry["action"].as<std::string>(), "migrate.up");
  EXPECT_EQ(entry["object"].as<std::string>(), "001_init");
  EXPECT_EQ(entry["details"].as<std::string>(), "{\"steps\": 3}");
  EXPECT_EQ(entry["reason"].as<std::string>(), "ticket 7");
  EXPECT_EQ(entry["command_line"].as<std::string>(), "pcx migrate up");
  EXPECT_EQ(entry["run_id"].as<std::string>(), kAnn.run_id);
  EXPECT_EQ(entry["outcome"].as<std::string>(), "done");
  EXPECT_FALSE(entry["finished_at"].is_null());
}

TEST_F(Journal, NeedsNoRightButInsertForADeed) {
  run_script(database(), R"(DO $$ BEGIN CREATE ROLE scribe LOGIN;
        EXCEPTION WHEN duplicate_object THEN NULL; END $$;
        GRANT USAGE ON SCHEMA pcx TO scribe; GRANT INSERT ON pcx.journal TO scribe)",
             "");
  Database scribe = connect_as("scribe");
  EXPECT_TRUE(read_schema_status(scribe).journal_writable);
  Transaction tx = scribe.begin();
  tx.commit_after({deed_query(kAnn, kUp)});
  EXPECT_EQ(row(1)["object"].as<std::string>(), "001_init");
}

TEST_F(Journal, ForgetsADeedThatWasRolledBack) {
  {
    Transaction tx = database().begin();
    record_deed(tx, kAnn, kUp);
  }
  EXPECT_TRUE(database().query({"test.rows", "SELECT id FROM pcx.journal"}).empty());
}

TEST_F(Journal, ShowsAnIntentBeforeItsResult) {
  const auto id = record_intent(database(), {.os_user = "bob"}, {.action = "key.destroy"});
  EXPECT_TRUE(row(id)["outcome"].is_null());
  EXPECT_TRUE(row(id)["reason"].is_null());
  EXPECT_TRUE(row(id)["run_id"].is_null());
  record_result(database(), id, "failed: disk full");
  EXPECT_EQ(row(id)["outcome"].as<std::string>(), "failed: disk full");
}

TEST_F(Journal, NeverRewritesAResult) {
  const auto id = record_intent(database(), kAnn, kUp);
  record_result(database(), id, "done");
  EXPECT_EQ(error_of([&] { record_result(database(), id, "failed"); }).code(), ErrorCode::internal);
  EXPECT_EQ(row(id)["outcome"].as<std::string>(), "done");
}

}  // namespace
}  // namespace pcx::db
