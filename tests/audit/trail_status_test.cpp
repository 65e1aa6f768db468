#include "audit/trail_status.h"

#include <gmock/gmock.h>

#include "tests/audit/installed_fixture.h"
#include "tests/support/errors.h"

namespace pcx::audit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TrailStatusTest : public InstalledFixture {
 protected:
  TrailStatus status() {
    auto found = read_trail_status(database(), SystemClock{}.wall_now());
    if (!found) throw Error{ErrorCode::internal, "there is no trail"};
    return std::move(*found);
  }
  std::vector<std::string> casts_of(const std::string& table) {
    db::Transaction tx = database().begin();
    return read_tables(tx, {{"public", table}}).front().casts;
  }
};

// What a seal has left behind for months is not counted row by row.
TEST_F(TrailStatusTest, CountsNotMoreThanItSays) {
  install({{.table = "patients"}});
  sql("INSERT INTO pcx.ledger SELECT 3, pg_current_xact_id(), nextval('pcx.audit_seq'), "
      "now() - interval '1 minute', 'C', 1, NULL, NULL, '' FROM generate_series(1, 99990)");
  SealStatus seal = status().seal;
  EXPECT_FALSE(seal.has_more);
  EXPECT_GE(seal.unsealed, 99'990);
  sql("INSERT INTO pcx.ledger SELECT 3, pg_current_xact_id(), nextval('pcx.audit_seq'), "
      "now(), 'C', 1, NULL, NULL, '' FROM generate_series(1, 20)");
  seal = status().seal;
  EXPECT_TRUE(seal.has_more);
  EXPECT_EQ(seal.unsealed, kUnsealedCounted);
  EXPECT_TRUE(seal.oldest_unsealed);
}

// to_jsonb() calls a cast of what a column's type is made of, as the owner of schema pcx.
TEST_F(TrailStatusTest, FindsCastsOfSomebodysFunctions) {
  sql("CREATE TYPE public.mood AS ENUM ('good', 'bad')");
  sql("CREATE TYPE public.state AS (at date, moods public.mood[])");
  sql("CREATE DOMAIN public.condition AS public.state");
  sql("CREATE TABLE public.pets (id text PRIMARY KEY, one public.mood, many public.mood[], "
      "inner_one public.state, inner_many public.condition[], other text)");
  EXPECT_THAT(casts_of("pets"), IsEmpty());
  sql("CREATE CAST (public.mood AS json) WITH INOUT");  // of the server
  EXPECT_THAT(casts_of("pets"), IsEmpty());
  sql("DROP CAST (public.mood AS json)");
  sql("CREATE TABLE public.ran (by text)");
  sql("GRANT INSERT ON public.ran TO PUBLIC");
  sql("CREATE FUNCTION public.mood_json(public.mood) RETURNS json LANGUAGE plpgsql AS $$ BEGIN "
      "INSERT INTO public.ran VALUES (current_user); RETURN '1'; END $$");
  install({{.table = "pets"}});
  sql("CREATE CAST (public.mood AS json) WITH FUNCTION public.mood_json(public.mood)");
  EXPECT_THAT(casts_of("pets"), ElementsAre("one", "many", "inner_one", "inner_many"));
  EXPECT_THAT(casts_of("patients"), IsEmpty());
  EXPECT_EQ(status().tables.front().capture, Capture::unsafe);
  // It is as it says, also for arrays in domains over composites.
  sql("INSERT INTO public.pets (id, inner_many) VALUES "
      "('1', ARRAY[ROW('2026-01-31', '{good}')::public.condition])");
  EXPECT_EQ(sql("SELECT DISTINCT by FROM public.ran"), "pcx_owner");
}

TEST_F(TrailStatusTest, TellsOfGuardsThatAreOff) {
  install({{.table = "patients"}});
  EXPECT_THAT(status().guards_off, IsEmpty());
  const auto off = [&] {
    std::vector<std::string> all;
    for (const GuardOff& each : status().guards_off) all.push_back(each.guard + " " + each.state);
    return all;
  };
  sql("ALTER TABLE pcx.audit_meta ENABLE TRIGGER pcx_audit_guard");  // not of replicas any more
  EXPECT_THAT(off(), ElementsAre("pcx_audit_guard on pcx.audit_meta disabled"));
  sql("ALTER TABLE pcx.audit_meta ENABLE ALWAYS TRIGGER pcx_audit_guard");
  sql("DROP TRIGGER pcx_audit_pass_ends ON pcx.audit_pass");
  sql("CREATE OR REPLACE TRIGGER pcx_audit_guard_row BEFORE UPDATE ON pcx.tile FOR EACH ROW "
      "EXECUTE FUNCTION suppress_redundant_updates_trigger()");
  EXPECT_THAT(off(), ElementsAre("pcx_audit_pass_ends on pcx.audit_pass missing",
                                 "pcx_audit_guard_row on pcx.tile changed"));
}

TEST_F(TrailStatusTest, SaysWhatTheTrailLacks) {
  install({{.table = "patients"}});
  const auto error = [&] { return testing::error_of([&] { status(); }); };
  sql("ALTER FUNCTION pcx.audit_has_digest_key() RENAME TO hidden");
  EXPECT_EQ(error().reason(), "trail_incomplete");
  EXPECT_THAT(error().what(), HasSubstr("audit_has_digest_key"));
  sql("ALTER FUNCTION pcx.hidden() RENAME TO audit_has_digest_key");
  EXPECT_NO_THROW(status());
  sql("DROP TABLE pcx.audit_digest_key");
  EXPECT_EQ(error().reason(), "trail_incomplete");
  EXPECT_STREQ(error().what(), "the trail is not whole: pcx.audit_digest_key is missing");
}

// Whoever owns the schema can write what looks like a note.
TEST_F(TrailStatusTest, NotesThatAreNoneAreNoErrors) {
  install({{.table = "patients"}});
  const std::string here =
      R"("system_identifier": "' || (SELECT system_identifier FROM pg_control_system()) || '", )"
      R"("database": ' || (SELECT oid FROM pg_database WHERE datname = current_database()) || ', )";
  for (const char* numbers :
       {R"("relation": "x", "columns": 1)", R"("relation": 99999999999, "columns": {"id": "one"})",
        R"("relation": [], "columns": [1])",
        R"("relation": ' || 'public.patients'::regclass::oid || ', "columns": {"id": "a"})"}) {
    sql(R"(SELECT pcx.audit_note('install', ('{"relation": "public.patients", "catalog": {)" +
        here + numbers + R"(}}')::jsonb))");
    EXPECT_EQ(status().tables.front().capture, Capture::on) << numbers;
  }
  for (const char* details : {R"({"tables": "public.clients"})", R"({"tables": {"a": 1}})",
                              R"([1])", R"({"tables": [1, null, {"a": []}]})"}) {
    sql(std::string{"SELECT pcx.audit_note('begin', '"} + details + "')");
    EXPECT_THAT(status().tables, ::testing::SizeIs(1)) << details;
  }
  sql(R"(SELECT pcx.audit_note('adopt', '{"done": "perhaps"}'))");
  EXPECT_FALSE(status().is_adopted);
}

}  // namespace
}  // namespace pcx::audit
