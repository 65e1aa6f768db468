#include "audit/epoch.h"

#include <gmock/gmock.h>

#include "tests/audit/fixture.h"

namespace pcx::audit {
namespace {

using ::testing::MatchesRegex;

class EpochTest : public AuditFixture {};

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
  sql("UPDATE pcx.audit_epoch SET database_oid = 1");  // as if it had been restored from there
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
  for (const char* database_oid : {"1", "2"}) {
    db::Transaction tx = database().begin();
    ASSERT_TRUE(open_epoch_when_needed(tx, "", random));
    tx.commit();
    database().query(
        db::Query{"test"}.sql("UPDATE pcx.audit_epoch SET database_oid = ").literal(database_oid));
  }
  EXPECT_EQ(sql("SELECT string_agg(segment::text, ' ' ORDER BY seq) FROM pcx.ledger"), "4 5");
}

}  // namespace
}  // namespace pcx::audit
