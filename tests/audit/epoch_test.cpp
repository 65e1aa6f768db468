#include "audit/epoch.h"

#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "core/error.h"
#include "db/script.h"
#include "tests/audit/fixture.h"
#include "tests/support/errors.h"

namespace pcx::audit {
namespace {

using ::testing::MatchesRegex;

class EpochTest : public AuditFixture {
 protected:
  // Another database than this one, as far as the newest epoch says.
  void pretend_restored_from(int database_oid) {
    db::run_script(database(),
                   fmt::format("ALTER TABLE pcx.audit_epoch DISABLE TRIGGER pcx_audit_guard;"
                               "UPDATE pcx.audit_epoch SET database_oid = {};"
                               "ALTER TABLE pcx.audit_epoch ENABLE ALWAYS TRIGGER pcx_audit_guard",
                               database_oid),
                   "test");
  }
};

TEST_F(EpochTest, TheFirstOneIsOpenedOnce) {
  db::Transaction tx = database().begin();
  EXPECT_FALSE(newest_epoch(tx));
  const auto epoch = open_epoch_when_needed(tx, "", random);
  ASSERT_TRUE(epoch);
  EXPECT_EQ(epoch->number, 1);
  EXPECT_EQ(epoch->cluster, read_cluster(tx));
  EXPECT_EQ(epoch->cluster.timeline, 1);
  EXPECT_GT(epoch->cluster.database_oid, 0);
  EXPECT_THAT(epoch->origin, MatchesRegex("purple-cross/audit/[0-9]+/1/1-[0-9]+-[0-9a-f]{8}"));
  EXPECT_EQ(newest_epoch(tx)->origin, epoch->origin);
  EXPECT_FALSE(open_epoch_when_needed(tx, "", random));
  tx.commit();
  EXPECT_EQ(sql("SELECT count(*) FROM pcx.ledger WHERE src = 'M' AND segment = 3"), "1");
  EXPECT_EQ(sql("SELECT details->>'origin' FROM pcx.audit_meta WHERE kind = 'epoch'"),
            epoch->origin);
}

TEST_F(EpochTest, AnotherDatabaseIsAnotherTree) {
  {
    db::Transaction tx = database().begin();
    open_epoch_when_needed(tx, "", random);
    tx.commit();
  }
  pretend_restored_from(1);
  sql("INSERT INTO pcx.checkpoint VALUES (1, 0, now(), 0, 3, '0', 0, 0, 'a note')");
  db::Transaction tx = database().begin();
  const auto epoch = open_epoch_when_needed(tx, "a note", random);
  ASSERT_TRUE(epoch);
  EXPECT_EQ(epoch->number, 2);
  tx.commit();
  EXPECT_EQ(sql("SELECT pcx.audit_segment()"), "5");
  // What no tree had was written before this one.
  EXPECT_EQ(sql("SELECT count(*) FROM pcx.ledger WHERE segment = 4"), "1");
  EXPECT_EQ(sql("SELECT details->>'previous' FROM pcx.audit_meta WHERE details->>'number' = '2'"),
            "a note");
}

TEST_F(EpochTest, WhatWasNeverSealedComesFirstInTheNextTree) {
  for (const int database_oid : {1, 2}) {
    db::Transaction tx = database().begin();
    ASSERT_TRUE(open_epoch_when_needed(tx, "", random));
    tx.commit();
    pretend_restored_from(database_oid);
  }
  EXPECT_EQ(sql("SELECT string_agg(segment::text, ' ' ORDER BY seq) FROM pcx.ledger"), "4 5");
}

// Behind the last leaf, or of a higher seq; of those only what was written not long before the
// seal.
TEST_F(EpochTest, StragglersComeFirstInTheNextTree) {
  db::run_script(database(), R"(
      INSERT INTO pcx.audit_epoch VALUES (1, 'o', 's', 1, 1);
      INSERT INTO pcx.checkpoint VALUES (1, 3, now(), 0, 3, '100', 10, 20, 'note');
      INSERT INTO pcx.ledger
      SELECT 3, x.xid::text::xid8, x.seq, now() - x.age, 'C', 1, NULL, NULL, sha256('')
        FROM (VALUES (100, 10, interval '0'), (90, 20, '0'), (101, 5, '0'), (50, 21, '0'),
                     (51, 22, '3 days'), (100, 11, '3 days')) AS x (xid, seq, age))",
                 "test");
  db::Transaction tx = database().begin();
  ASSERT_TRUE(open_epoch_when_needed(tx, "note", random));
  tx.commit();
  EXPECT_EQ(sql("SELECT string_agg(seq::text, ' ' ORDER BY seq) FROM pcx.ledger WHERE segment = 4"),
            "5 11 21");
}

// Behind a lock that is waited for everybody waits, so it is not waited for.
TEST_F(EpochTest, DoesNotWaitForWriters) {
  db::Database other = open();
  db::Transaction writer = other.begin();
  writer.query(db::Query{"test"}.sql("LOCK TABLE pcx.change IN ROW EXCLUSIVE MODE"));
  {
    db::Transaction tx = database().begin();
    EXPECT_EQ(testing::error_of([&] { open_epoch_when_needed(tx, "", random); }).code(),
              ErrorCode::busy);
  }
  SystemClock clock;
  Interrupt interrupt;
  std::thread ends{[&] { writer.commit(); }};
  EXPECT_EQ(open_epoch_politely({database(), clock, interrupt}, "", random)->number, 1);
  ends.join();
}

// What others hold is left for the next time.
TEST_F(EpochTest, MonthsAreMadeWithoutWaiting) {
  db::Database other = open();
  db::Transaction reader = other.begin();
  reader.query(db::Query{"test"}.sql("LOCK TABLE pcx.change_default IN ACCESS SHARE MODE"));
  EXPECT_EQ(sql("SELECT pcx.audit_make_months(1)"), "2");  // of the ledger
  reader.query(db::Query{"test"}.sql("SELECT pcx.audit_make_months(0)"));
  EXPECT_EQ(sql("SELECT pcx.audit_make_months(1)"), "0");  // the other one is making them
  reader.commit();
  EXPECT_EQ(sql("SELECT pcx.audit_make_months(1)"), "1");
  EXPECT_EQ(sql("SHOW lock_timeout"), "0");
}

}  // namespace
}  // namespace pcx::audit
