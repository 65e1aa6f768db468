#include "audit/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/encoding.h"
#include "db/schema.h"
#include "db/script.h"
#include "tests/audit/application_table.h"
#include "tests/db/fixture.h"
#include "tests/support/statements.h"

namespace pcx::audit {
namespace {

using pcx::testing::error_of;

class RecordTest : public pcx::testing::DatabaseFixture {
 protected:
  void SetUp() override {
    database_.emplace(connect());
    db::upgrade_schema(*database_);
    sql(kApplicationTable);
  }
  db::Database& database() { return *database_; }
  void sql(const std::string& script) { db::run_script(database(), script, "test"); }

  // Every row's record and leaf, beside PostgreSQL's own.
  void expect_same(LeafSource source) {
    const RecordTable table = record_table(source);
    db::Query query{"test.records"};
    query.sql("SELECT ");
    add_record_columns(query, source, "t");
    query.sql(", record_send(ROW(");
    add_record_columns(query, source, "t");
    query.sql(")) FROM ").identifier(table.schema, table.name).sql(" AS t");
    RecordHasher hasher;
    db::Transaction tx = database().begin();
    const auto rows = db::copy_out_binary(tx, query, [&](db::BinaryRow row) {
      const std::string theirs{db::binary_text(row.back())};
      ASSERT_EQ(crypto::to_hex(hasher.record(source, row)).substr(0, 2000),
                crypto::to_hex(crypto::bytes_of(theirs)).substr(0, 2000));
      ASSERT_TRUE(crypto::text_of(hasher.record(source, row)) == theirs);
      LeafHasher leaves;
      ASSERT_EQ(hasher.leaf(source, row), leaves.hash(source, crypto::bytes_of(theirs)));
    });
    EXPECT_GT(rows, 0);
  }

 private:
  std::optional<db::Database> database_;
};

// A row for each odd value of each kind, and one of nothing but NULLs where that may be.
constexpr const char* kOddChanges = R"(
INSERT INTO pcx.change
SELECT 3, x.xid, row_number() OVER (), a.at, left(t.value, 9), o.op, left(t.value, 9), t.value,
       t.value, t.value, t.value, '', '', j.value, j.value
  FROM (VALUES (''), ('plain'), (E'\t\n\r\\\u202e'), ('日本語 🐴'), (repeat('long ', 200000)))
       AS t (value),
       (VALUES ('0'::xid8), ('18446744073709551615'), ('4294967296')) AS x (xid),
       (VALUES ('infinity'::timestamptz), ('-infinity'), ('epoch'),
               ('2026-11-28 12:00:00.123456+02'), ('4713-01-01 BC')) AS a (at),
       (VALUES ('I'::"char"), (''), (E'\\377')) AS o (op),
       (VALUES (NULL::jsonb), ('null'), ('{}'),
               ('[1, [2, {"a": "\u00e9 \ud83d\udc34"}], -1.50e-300]'),
               ('{"日本": {"b": [true, false, null]}, "": ""}')) AS j (value)
 WHERE length(t.value) < 100 OR (x.xid = '0' AND o.op = 'I' AND j.value IS NULL);
INSERT INTO pcx.change VALUES (3, '7', 9999999, 'infinity', 'r', 'T', NULL, NULL, 'a', NULL, NULL,
                               'u', 'p', NULL, NULL);
)";

TEST_F(RecordTest, OfChangesIsThatOfPostgresql) {
  sql(kOddChanges);
  expect_same(LeafSource::change);
}

TEST_F(RecordTest, OfNotesIsThatOfPostgresql) {
  sql("INSERT INTO pcx.audit_meta SELECT n, n::text::xid8, 'infinity', 'kind ' || n, 'é',"
      " jsonb_build_object('n', n, 'deep', repeat('[', n)) FROM generate_series(1, 50) AS n");
  expect_same(LeafSource::meta);
}

TEST_F(RecordTest, OfRowsOfTheApplicationIsThatOfPostgresql) {
  sql(R"(INSERT INTO public.audit_logs VALUES
    ('1', 'u', 'LOGIN', 'User', NULL, NULL, NULL, NULL, NULL, '-infinity', NULL),
    ('2', 'ü', '', '日本', '7', '{"a": [1.0, "\u0001"]}',
     'null', '10.0.0.1', E'\\x', 'infinity', 't'),
    ('3', '', '', '', '', '[]', '{}', '', '', '2026-11-28 12:00:00.123', ''))");
  expect_same(LeafSource::application);
}

// What the triggers of the schema write down is what is made here.
TEST_F(RecordTest, LeavesAreThoseOfTheLedger) {
  sql("SELECT pcx.audit_note('test', '{\"é\": [1, null]}');"
      "INSERT INTO public.audit_logs VALUES ('1', 'u', 'LOGIN', 'User', NULL, '{\"a\": \"ü\"}', "
      "NULL,"
      " '::1', NULL, '2026-11-28 12:00:00.123', 'tenant');"
      "SELECT pcx.audit_row('public.x', 'U', '{\"id\": 1, \"a\": \"é\", \"b\": 1}',"
      " '{\"id\": 1, \"a\": \"ü\", \"b\": 1}', '[0:3]={\"{id}\",\"{}\",\"{}\",\"{}\"}');"
      "INSERT INTO pcx.ledger SELECT 3, '1', 1, now(), 'A', 1, id, ctid, pcx.audit_log_leaf(id,"
      " \"userId\", action, resource, \"resourceId\", changes, metadata, \"ipAddress\","
      " \"userAgent\", \"timestamp\", \"tenantId\") FROM public.audit_logs");
  std::vector<std::string> made;
  RecordHasher hasher;
  db::Transaction tx = database().begin();
  for (const LeafSource source : {LeafSource::application, LeafSource::change, LeafSource::meta}) {
    const RecordTable table = record_table(source);
    db::Query query{"test.rows"};
    query.sql("SELECT ");
    add_record_columns(query, source);
    query.sql(" FROM ").identifier(table.schema, table.name);
    db::copy_out_binary(tx, query, [&](db::BinaryRow row) {
      made.push_back("\\x" + crypto::to_hex(hasher.leaf(source, row)));
    });
  }
  const auto rows = tx.query({"test.ledger", "SELECT leaf FROM pcx.ledger ORDER BY src"});
  ASSERT_EQ(rows.size(), 3u);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i]["leaf"].as<std::string>(), made[i]);
  }
}

TEST(RecordHasherTest, RefusesARowThatLacksColumns) {
  RecordHasher hasher;
  const std::vector<db::BinaryField> row(5);
  EXPECT_EQ(error_of([&] { hasher.record(LeafSource::meta, row); }).code(), ErrorCode::data);
}

}  // namespace
}  // namespace pcx::audit
