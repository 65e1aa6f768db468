#include "audit/record.h"

#include <random>

#include <fmt/format.h>
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

  void add_log(const std::string& changes) {
    sql("INSERT INTO public.audit_logs SELECT count(*)::text, 'u', 'a', 'r', NULL, '" + changes +
        "', NULL, NULL, NULL, 'epoch', NULL FROM public.audit_logs");
  }
  void each_log(const std::function<void(db::BinaryRow)>& visit) {
    db::Query query{"test.logs"};
    query.sql("SELECT ");
    add_record_columns(query, LeafSource::application);
    query.sql(", pcx.audit_log_leaf(");
    add_record_columns(query, LeafSource::application);
    query.sql(
        "), record_send(CASE WHEN pcx.audit_masked(changes) IS NULL THEN ROW(id, \"userId\", "
        "action, resource, \"resourceId\", changes, metadata, \"ipAddress\", \"userAgent\", "
        "\"timestamp\", \"tenantId\", NULL::bytea) ELSE ROW(id, \"userId\", action, resource, "
        "\"resourceId\", pcx.audit_masked(changes), metadata, \"ipAddress\", \"userAgent\", "
        "\"timestamp\", \"tenantId\", pcx.audit_sealed(changes)) END) FROM public.audit_logs");
    db::Transaction tx = database().begin();
    EXPECT_GT(db::copy_out_binary(tx, query, visit), 0);
  }
  // As PostgreSQL makes them.
  std::vector<std::string> leaves() {
    std::vector<std::string> all;
    each_log([&](db::BinaryRow row) { all.push_back(hex_of(row[row.size() - 2])); });
    return all;
  }
  void expect_same_of_application() {
    RecordHasher hasher;
    each_log([&](db::BinaryRow row) {
      const std::string record = crypto::to_hex(hasher.record(LeafSource::application, row));
      ASSERT_EQ(record, hex_of(row.back())) << db::binary_text(row[5]);
      ASSERT_EQ(crypto::to_hex(hasher.leaf(LeafSource::application, row)),
                hex_of(row[row.size() - 2]));
    });
  }
  static std::string hex_of(const db::BinaryField& field) {
    return crypto::to_hex(crypto::bytes_of(db::binary_text(field)));
  }
  static crypto::Sha256Digest sealed_of(const std::string& document) {
    std::string masked;
    return SealedTexts{}.mask(document, masked).value();
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
  expect_same_of_application();
}

// A document of pieces that matter to whoever looks for encrypted texts in it.
std::string random_text(std::mt19937& random) {
  static constexpr const char* kPieces[] = {"enc:v1:", "enc:v2:1:", "enc:v", R"(\")", R"(\\)", ":",
                                            "sealed",  "1",         "é",     R"(\n)", ", ",    "x"};
  std::string text = "\"";
  for (auto n = random() % 4; n > 0; --n) text += kPieces[random() % std::size(kPieces)];
  return text + "\"";
}

std::string random_json(std::mt19937& random, int depth) {
  const auto kind = random() % (depth > 0 ? 5 : 3);
  if (kind < 2) return random_text(random);
  if (kind == 2) return random() % 2 == 0 ? "null" : "-1.5";
  std::string document;
  for (auto n = random() % 5; n > 0; --n) {
    if (!document.empty()) document += ",";
    if (kind == 4) document += random_text(random) + ":";
    document += random_json(random, depth - 1);
  }
  return kind == 4 ? "{" + document + "}" : "[" + document + "]";
}

// Documents in which much looks like an encrypted text, and some is one.
constexpr const char* kHostile[] = {
    R"({"a": "enc:v1:abc"})",
    R"({"enc:v1:name": "enc:v2:1:value", "b": "enc:v2:2:x"})",
    R"({"enc:v1:name": 1})",
    R"("enc:v1:")",
    R"(["enc:v1:a", ["enc:v12:b", {"c": ["enc:v2:3:", "enc:v1:d"]}], "e"])",
    R"({"a": "sealed"})",
    R"({"a": "sealed", "b": "enc:v1:x", "sealed": "sealed"})",
    R"({"a": "enc:v1:with \"quotes\" in it"})",
    R"({"a": "enc:v1:ends in a backslash\\"})",
    R"({"a": "\\", "b": "enc:v1:after a backslash", "c": "\\\""})",
    R"({"a": "\"enc:v1:within\", \"enc:v2:1:more\""})",
    R"({"a": "x \"enc:v1:x"})",
    R"({"a": ",\"enc:v1:x\"", "\\": "enc:v1:y"})",
    R"({"a": "enc:v1:\t", "b": "enc:v1:\u0001"})",
    R"({"a": "enc:v1:日本 🐴", "日本": "enc:v2:7:ü"})",
    R"({"a": "enc:v٣:x", "b": "enc:v１:x"})",
    R"({"a": "enc:v:x", "b": "enc:v1x", "c": "enc:v1", "d": "enc:v", "e": "ENC:v1:x"})",
    R"({"a": " enc:v1:x", "b": "xenc:v1:x", "c": "enc:v1: spaces: and :colons:"})",
    R"({"a": "enc:v1:\"", "b": "enc:v1:x"})",
    R"({"": "enc:v1:x", "enc:v1:": {"enc:v1:y": null}})",
    R"({"a": {"b": {"c": [[["enc:v99999999999999999999:x"]]]}}, "n": 1.50, "t": true})",
    "[]",
    "{}",
    "null"};

TEST_F(RecordTest, OfRowsWithEncryptedTextsIsThatOfPostgresql) {
  for (const char* document : kHostile) add_log(document);
  expect_same_of_application();
}

TEST_F(RecordTest, OfRowsWithRandomDocumentsIsThatOfPostgresql) {
  std::mt19937 random{7};
  std::string rows;
  for (int i = 0; i < 4000; ++i) {
    rows += fmt::format("{}('{}', 'u', 'a', 'r', NULL, '{}', NULL, NULL, NULL, 'epoch', NULL)",
                        rows.empty() ? "" : ",", i, random_json(random, 3));
  }
  sql("INSERT INTO public.audit_logs VALUES " + rows);
  expect_same_of_application();
}

TEST(SealedTextsTest, AreMaskedAndDigested) {
  SealedTexts texts;
  std::string masked;
  const auto digest = texts.mask(R"({"a": "enc:v1:x", "enc:v1:n": ["enc:v2:1:y"]})", masked);
  EXPECT_EQ(masked, R"({"a": sealed, "enc:v1:n": [sealed]})");
  EXPECT_EQ(digest, crypto::sha256(crypto::bytes_of(R"("enc:v1:x""enc:v2:1:y")")));
  EXPECT_EQ(texts.mask(R"({"a": "sealed"})", masked), std::nullopt);
}

TEST_F(RecordTest, TellsTheLeafBeforeAReseal) {
  const std::string was = R"({"a": "enc:v1:x", "b": [1, "enc:v1:y"]})";
  add_log(was);
  const std::string old_leaf = leaves().front();
  sql("UPDATE public.audit_logs SET changes = '{\"a\": \"enc:v2:1:z\", \"b\": [1, "
      "\"enc:v2:1:q\"]}'");
  RecordHasher hasher;
  each_log([&](db::BinaryRow row) {
    EXPECT_NE(crypto::to_hex(hasher.leaf(LeafSource::application, row)), old_leaf);
    EXPECT_EQ(crypto::to_hex(hasher.leaf_before_reseal(row, sealed_of(was))), old_leaf);
  });
  // Another content beside the encrypted texts does not balance.
  sql("UPDATE public.audit_logs SET changes = '{\"a\": \"enc:v2:1:z\", \"b\": [2, "
      "\"enc:v2:1:q\"]}'");
  each_log([&](db::BinaryRow row) {
    EXPECT_NE(crypto::to_hex(hasher.leaf_before_reseal(row, sealed_of(was))), old_leaf);
  });
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
