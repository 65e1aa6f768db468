// What becomes of a change whose row in the trail cannot be written, and of sessions that are not
// like others.
#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/audit/installed_fixture.h"
#include "tests/support/errors.h"

namespace pcx::audit {
namespace {

using testing::error_of;

class CaptureFailureTest : public InstalledFixture {
 protected:
  void install_with(OnError on_error) { install({{.table = "patients", .on_error = on_error}}); }
  // From now on nothing fits into the trail.
  void fill_the_trail() {
    sql("ALTER TABLE pcx.ledger ADD CONSTRAINT full_up CHECK (src <> 'C') NOT VALID");
  }
  void make_room() { sql("ALTER TABLE pcx.ledger DROP CONSTRAINT full_up"); }
  std::string insert(const std::string& id) {
    return "INSERT INTO public.patients (id, name) VALUES ('" + id + "', 'Rex')";
  }
  std::string count(const std::string& what) { return sql("SELECT count(*) FROM " + what); }
};

TEST_F(CaptureFailureTest, BlocksTheChange) {
  install_with(OnError::block);
  fill_the_trail();
  const Error error = error_of([&] { sql(insert("1")); });
  EXPECT_EQ(error.sqlstate(), "23514");
  EXPECT_EQ(count("public.patients"), "0");
  EXPECT_EQ(count("pcx.change"), "0");
  EXPECT_EQ(count("pcx.audit_lost"), "0");
  make_room();
  sql(insert("1"));
  EXPECT_EQ(count("pcx.change"), "1");
}

TEST_F(CaptureFailureTest, SpillsAndCounts) {
  install_with(OnError::spill);
  sql(insert("1"));
  fill_the_trail();
  sql("INSERT INTO public.patients (id, name) SELECT n::text, 'Rex' FROM generate_series(2, 9) AS "
      "n");
  sql("UPDATE public.patients SET name = 'Max'");
  EXPECT_EQ(count("public.patients WHERE name = 'Max'"), "9");
  EXPECT_EQ(count("pcx.change"), "1");
  EXPECT_EQ(sql("SELECT relation || ' ' || sqlstate || ' ' || changes FROM pcx.audit_lost"),
            "public.patients 23514 17");
  make_room();
  sql(insert("10"));
  EXPECT_EQ(count("pcx.change"), "2");
  expect_right_leaves();
}

// A digest that is not there would look like a value that was NULL.
TEST_F(CaptureFailureTest, DigestsNothingWithoutItsKey) {
  install({{.table = "medical_records", .on_error = OnError::block, .hashed = {"notes"}}});
  sql("DELETE FROM pcx.audit_digest_key");
  EXPECT_EQ(sql("SELECT pcx.audit_has_digest_key()::text"), "false");
  const std::string with_notes =
      "INSERT INTO public.medical_records (id, notes) VALUES ('1', 'shy')";
  EXPECT_EQ(error_of([&] { sql(with_notes); }).sqlstate(), "55000");
  // Without a value there is nothing to digest.
  sql("INSERT INTO public.medical_records (id) VALUES ('2')");
  EXPECT_EQ(count("pcx.change"), "1");
  prepare_trail(tools());
  sql(with_notes);
  EXPECT_EQ(count("pcx.change WHERE after ->> 'notes' LIKE 'hmac:%'"), "1");
}

TEST_F(CaptureFailureTest, SpillingSessionsDoNotWaitForEachOther) {
  install_with(OnError::spill);
  fill_the_trail();
  db::Database other = open();
  db::Transaction mine = database().begin();
  db::Transaction others = other.begin();
  const auto insert_in = [&](db::Transaction& tx, const char* id) {
    tx.query(db::Query{"test"}
                 .sql("INSERT INTO public.patients (id, name) VALUES (")
                 .param(id)
                 .sql(", 'Rex')"));
  };
  others.query(db::Statement{"test", "SET LOCAL lock_timeout = '5s'"});
  insert_in(mine, "1");
  insert_in(others, "2");  // would wait for `mine`, and fail
  others.commit();
  mine.commit();
  EXPECT_EQ(sql("SELECT sum(changes) FROM pcx.audit_lost"), "2");
}

TEST_F(CaptureFailureTest, ALostChangeOfARolledBackTransactionIsNone) {
  install_with(OnError::spill);
  fill_the_trail();
  {
    db::Transaction tx = database().begin();
    tx.query(db::Statement{"test", "INSERT INTO public.patients (id, name) VALUES ('1', 'Rex')"});
    tx.rollback();
  }
  EXPECT_EQ(count("pcx.audit_lost"), "0");
}

// record_send() follows client_encoding; leaves must not.
TEST_F(CaptureFailureTest, LeavesAreTheSameInSessionsOfAnotherEncoding) {
  install_with(OnError::block);
  db::Database other = open();
  sql(other, "SET client_encoding = LATIN1");
  sql(other, "INSERT INTO public.patients (id, name) VALUES ('1', U&'J\\00FCrgen')");
  sql(other, "INSERT INTO public.audit_logs (id, action, resource) VALUES (U&'\\00FC', 'x', 'y')");
  sql(other, "SELECT pcx.audit_note('test', jsonb_build_object('name', U&'\\00FC'))");
  EXPECT_EQ(sql(other, "SHOW client_encoding"), "LATIN1");
  expect_right_leaves();
  EXPECT_EQ(sql("SELECT after->>'name' FROM pcx.change"), "Jürgen");
}

// Rounded, two values would be the same, and no change would be seen.
TEST_F(CaptureFailureTest, ImagesAreTheSameInSessionsOfOtherSettings) {
  sql("CREATE TABLE public.payments (id text PRIMARY KEY, amount float8, paid timestamptz, "
      "token bytea, waited interval)");
  install({{.table = "payments", .on_error = OnError::block}});
  sql("INSERT INTO public.payments VALUES ('1', 340.92, '2026-01-01 00:00+00', '\\x00ff', '1 "
      "day')");
  db::Database other = open();
  sql(other, "SET extra_float_digits = -15");
  sql(other, "SET TimeZone = 'Asia/Tokyo'");
  sql(other, "SET bytea_output = 'escape'");
  sql(other, "SET IntervalStyle = 'iso_8601'");
  sql(other, "SET standard_conforming_strings = off");
  sql(other, "UPDATE public.payments SET amount = amount + 0.9");
  sql(other,
      "UPDATE public.payments SET paid = paid + interval '1 s', waited = waited + interval '1 h', "
      "token = token || token");
  EXPECT_EQ(sql("SELECT string_agg(coalesce(before::text, '') || after::text, ' ' ORDER BY seq) "
                "FROM pcx.change WHERE op = 'U'"),
            R"({"amount": 340.92}{"amount": 341.82} )"
            R"({"paid": "2026-01-01T00:00:00+00:00", "token": "\\x00ff", "waited": "1 day"})"
            R"({"paid": "2026-01-01T00:00:01+00:00", "token": "\\x00ff00ff", )"
            R"("waited": "1 day 01:00:00"})");
  sql(other,
      "INSERT INTO public.audit_logs (id, action, resource, changes) VALUES ('1', 'x', 'y', "
      "'{\"a\": \"enc:v1:AAAA\"}')");
  expect_right_leaves();
}

// What is kept out by its name must not be told under another one.
TEST_F(CaptureFailureTest, TellsNothingOfARenamedColumnThatIsKeptOut) {
  install({{.table = "medical_records", .on_error = OnError::block, .hashed = {"notes"}}});
  sql("ALTER TABLE public.medical_records RENAME COLUMN notes TO remarks");
  sql("INSERT INTO public.medical_records (id, remarks) VALUES ('1', 'shy')");
  sql("UPDATE public.medical_records SET remarks = 'not shy'");
  EXPECT_EQ(sql("SELECT string_agg(row_key || op::text || coalesce(before::text, '') "
                "|| after::text, ' ' ORDER BY seq) FROM pcx.change"),
            R"(1I{"pcx": "hidden"} 1U{"pcx": "hidden"}{"pcx": "hidden"})");
}

TEST_F(CaptureFailureTest, LeavesTheApplicationsTrailItsColumns) {
  install_with(OnError::block);
  install_event_triggers(tools());
  for (const char* change :
       {"DROP COLUMN \"userAgent\"", "RENAME COLUMN action TO act",
        "ALTER COLUMN metadata TYPE text", "ALTER COLUMN \"timestamp\" TYPE timestamptz"}) {
    const Error error =
        error_of([&] { sql("ALTER TABLE public.audit_logs " + std::string{change}); });
    EXPECT_THAT(error.what(), ::testing::HasSubstr("is part of the audit trail")) << change;
  }
  sql("ALTER TABLE public.audit_logs ADD COLUMN region text");
  sql("INSERT INTO public.audit_logs (id, action, resource) VALUES ('1', 'x', 'y')");
  expect_right_leaves();
}

// Whoever writes need not be able to read, nor to see schema pcx.
TEST_F(CaptureFailureTest, CapturesWhatARoleWithoutRightsDoes) {
  install_with(OnError::block);
  sql("CREATE ROLE receptionist LOGIN");
  sql("GRANT INSERT ON public.patients, public.audit_logs TO receptionist");
  {
    db::Database other{db::parse_target(testing::Postgres::shared().url(name(), "receptionist")),
                       {}};
    sql(other, insert("1"));
    sql(other, "INSERT INTO public.audit_logs (id, action, resource) VALUES ('1', 'x', 'y')");
    EXPECT_EQ(error_of([&] { sql(other, "SELECT pcx.audit_note('x', '{}')"); }).code(),
              ErrorCode::permission);
  }
  EXPECT_EQ(sql("SELECT db_user || ' ' || actor FROM pcx.change"), "receptionist receptionist");
  EXPECT_EQ(count("pcx.ledger WHERE src = 'A'"), "1");
  sql("DROP OWNED BY receptionist");
  sql("DROP ROLE receptionist");
}

// A function or operator of the session's search_path takes no part in it.
TEST_F(CaptureFailureTest, IsNotMisledByTheSearchPath) {
  install_with(OnError::block);
  sql("CREATE SCHEMA evil");
  sql("CREATE FUNCTION evil.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS "
      "'SELECT ''epoch''::timestamptz'");
  sql("CREATE FUNCTION evil.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT ''''::bytea'");
  db::Database other = open();
  sql(other, "SET search_path = evil, pg_catalog");
  sql(other, insert("1"));
  expect_right_leaves();
  EXPECT_EQ(count("pcx.change WHERE at > now() - interval '1 hour'"), "1");
}

TEST_F(CaptureFailureTest, TheApplicationsTrailIsOnlyAddedTo) {
  install_with(OnError::block);
  sql("INSERT INTO public.audit_logs (id, action, resource) VALUES ('1', 'x', 'y')");
  for (const char* statement :
       {"UPDATE public.audit_logs SET action = 'z'", "DELETE FROM public.audit_logs",
        "TRUNCATE public.audit_logs", "UPDATE pcx.change SET op = 'D'", "DELETE FROM pcx.ledger",
        "TRUNCATE pcx.ledger", "DELETE FROM pcx.audit_meta"}) {
    // Also where other triggers do not fire.
    for (const char* role : {"origin", "replica"}) {
      db::Database other = open();
      sql(other, std::string{"SET session_replication_role = "} + role);
      if (std::string_view{statement}.starts_with("UPDATE pcx.change")) sql(other, insert(role));
      EXPECT_EQ(error_of([&] { sql(other, statement); }).sqlstate(), "23000") << statement;
    }
  }
}

}  // namespace
}  // namespace pcx::audit
