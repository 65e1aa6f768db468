// One value that is hidden somewhere keeps a key from being retired, and is named; once it is gone,
// nothing does, and the constraint that keeps others out is in the catalog.
#include "inspect/key_needs.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "rotate/fence.h"
#include "tests/inspect/fixture.h"

namespace pcx::inspect {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr KeyId kLegacy = 3;
constexpr KeyId kOld = 4;
constexpr KeyId kNew = 5;
constexpr const char* kRow = "row-1";

const crypto::Column kSsn{"clients", "ssn"};

class KeyNeeds : public InspectFixture {
 protected:
  void SetUp() override {
    InspectFixture::SetUp();
    ASSERT_EQ(create().id, kNew);
    activate(kNew);
    sql(R"(CREATE TABLE public.clients (id text PRIMARY KEY, ssn text, "deletedAt" timestamptz))");
    put("clients", v2(kNew, kSsn, kRow, "756.1234.5678.97"));
  }

  void put(const char* table, const std::string& value, const char* row = kRow) {
    db::Query query{"test.put"};
    query.sql("INSERT INTO ").identifier("public", table).sql(" (id, ssn) VALUES (");
    query.param(row).sql(", ").param(value).sql(")");
    database().query(query);
  }
  std::string old_value() { return v2(kOld, kSsn, kRow, "756.1234.5678.97"); }

  std::vector<Field> registered() const { return {field("clients", "ssn")}; }
  void fence() {
    SystemClock system_clock;
    const rotate::FenceTools tools{database(), system_clock, interrupt};
    for (const Field& one : registered()) {
      ASSERT_TRUE(rotate::replace_fences(tools, {{one, false}}, {kNew}).front());
    }
  }
  std::int64_t valid_checks() {
    return count(
        "pg_constraint WHERE contype = 'c' AND convalidated AND conname = "
        "'pcx_sealed_ssn_k5' AND pg_get_constraintdef(oid) LIKE '%enc:v2:5:%'");
  }

  // Both keys are needed while `value` is where the SQL puts it, and neither is any more behind
  // `removal`. `$V` stands for the value of either key.
  void expect_found(const std::string& setup, const std::string& removal,
                    const std::string& place) {
    fence();
    for (const KeyId key : {kOld, kLegacy}) {
      const std::string value = key == kOld ? old_value() : v1(kLegacy, "756.1234.5678.97");
      ASSERT_THAT(needs(key, registered()), IsEmpty());
      run(setup, value);
      EXPECT_THAT(needs(key, registered()),
                  ElementsAre(place + ": 1 row with a text that it may have sealed"));
      run(removal, value);
      EXPECT_THAT(needs(key, registered()), IsEmpty());
    }
    EXPECT_EQ(valid_checks(), 1);
  }

  void run(std::string script, const std::string& value) {
    for (auto at = script.find("$V"); at != std::string::npos; at = script.find("$V")) {
      script.replace(at, 2, value);
    }
    sql(script);
  }

  void retire(KeyId id) {
    const keyring::Keks all = keks();
    keyring::retire_key(tools(all), id);
  }
};

TEST_F(KeyNeeds, AreNoneOnceAllIsUnderAnotherKey) {
  fence();
  EXPECT_THAT(needs(kOld, registered()), IsEmpty());
  EXPECT_THAT(needs(kLegacy, registered()), IsEmpty());
  retire(kOld);
  EXPECT_EQ(open().require(kOld).state, keyring::KeyState::retired);
}

TEST_F(KeyNeeds, AreNoneOfWhatAProfileHasAndTheDatabaseDoesNot) {
  fence();
  const std::vector<Field> fields = {field("clients", "ssn"), field("nowhere", "ssn")};
  EXPECT_THAT(needs(kOld, fields), ElementsAre("nowhere.ssn: it cannot be looked at (its table is "
                                               "not there)"));
  EXPECT_THAT(needs(kOld, fields, true), IsEmpty());
}

TEST_F(KeyNeeds, NameTheActiveKeyItsRotationAndItsValues) {
  sql("INSERT INTO pcx.rotation (target_key, mode, plaintext) VALUES (5, 'online', 'leave')");
  EXPECT_THAT(needs(kNew, registered()),
              ElementsAre("the key is active", "a rotation is not finished (to key 5)",
                          "clients.ssn: no valid CHECK constraint keeps its values out",
                          "clients.ssn: 1 value opened by it",
                          "clients.ssn: 1 row with a text that it may have sealed"));
}

TEST_F(KeyNeeds, NameAFieldWithoutAFence) {
  EXPECT_THAT(needs(kOld, registered()),
              ElementsAre("clients.ssn: no valid CHECK constraint keeps its values out"));
  // One that was put up and never validated proves nothing.
  sql("ALTER TABLE public.clients ADD CONSTRAINT pcx_sealed_ssn_k5 CHECK (ssn IS NULL OR ssn = '' "
      "OR ssn ^@ 'enc:v2:5:') NOT VALID");
  EXPECT_THAT(needs(kOld, registered()),
              ElementsAre("clients.ssn: no valid CHECK constraint keeps its values out"));
  // One that has its name only neither.
  sql("ALTER TABLE public.clients DROP CONSTRAINT pcx_sealed_ssn_k5, ADD CONSTRAINT "
      "pcx_sealed_ssn_k5 CHECK (ssn IS NULL OR ssn <> 'x')");
  EXPECT_THAT(needs(kOld, registered()),
              ElementsAre("clients.ssn: no valid CHECK constraint keeps its values out"));
}

TEST_F(KeyNeeds, NameARowThatIsMarkedAsDeleted) {
  run(R"(INSERT INTO public.clients VALUES ('gone', '$V', now()))", v1(kLegacy, "old"));
  EXPECT_THAT(needs(kLegacy, registered()),
              UnorderedElementsAre("clients.ssn: no valid CHECK constraint keeps its values out",
                                   "clients.ssn: 1 value opened by it",
                                   "clients.ssn: 1 row with a text that it may have sealed"));
  sql("DELETE FROM public.clients WHERE \"deletedAt\" IS NOT NULL");
  fence();
  EXPECT_THAT(needs(kLegacy, registered()), IsEmpty());
  EXPECT_EQ(valid_checks(), 1);
}

TEST_F(KeyNeeds, NameAnAuditCopy) {
  sql("CREATE TABLE public.audit_logs (id int, changes jsonb)");
  expect_found(R"(INSERT INTO public.audit_logs VALUES (1, '{"ssn": "$V"}'))",
               "DELETE FROM public.audit_logs", "audit_logs.changes");
}

TEST_F(KeyNeeds, NameAPathInsideOfJson) {
  sql("CREATE TABLE public.events (id int, body jsonb)");
  expect_found(
      R"(INSERT INTO public.events VALUES (1, '[1, {"before": {"client": [{"ssn": "$V"}]}}]'))",
      "UPDATE public.events SET body = '[]'", "events.body");
}

TEST_F(KeyNeeds, NameJsonInsideOfJson) {
  sql("CREATE TABLE public.events (id int, body jsonb)");
  expect_found(R"(INSERT INTO public.events VALUES (1, '{"text": "{\"ssn\": \"$V\"}"}'))",
               "DELETE FROM public.events", "events.body");
}

TEST_F(KeyNeeds, NameAnotherColumn) {
  sql("CREATE TABLE public.notes (id int, text varchar(400))");
  expect_found("INSERT INTO public.notes VALUES (1, 'it was $V, before')",
               "DELETE FROM public.notes", "notes.text");
}

TEST_F(KeyNeeds, NameAnotherSchema) {
  sql(R"(CREATE SCHEMA "Old One"; CREATE TABLE "Old One"."T" ("C" text))");
  expect_found(R"(INSERT INTO "Old One"."T" VALUES ('$V'))", R"(DELETE FROM "Old One"."T")",
               "Old One.T.C");
}

TEST_F(KeyNeeds, NameAPartition) {
  sql("CREATE TABLE public.log (id int, line text) PARTITION BY RANGE (id);"
      "CREATE TABLE public.log_1 PARTITION OF public.log FOR VALUES FROM (0) TO (10);"
      "CREATE TABLE public.log_2 PARTITION OF public.log FOR VALUES FROM (10) TO (20);");
  expect_found("INSERT INTO public.log VALUES (15, '$V')", "DELETE FROM public.log", "log_2.line");
}

TEST_F(KeyNeeds, NameAnHeirOfAFieldsTable) {
  sql("CREATE TABLE public.old_clients () INHERITS (public.clients)");
  run("INSERT INTO public.old_clients VALUES ('x', '$V')", v1(kLegacy, "old"));
  // The table itself is fine; its heir has a value, and is inside of the field.
  EXPECT_THAT(needs(kLegacy, registered()),
              ElementsAre("clients.ssn: no valid CHECK constraint keeps its values out",
                          "old_clients: it cannot be looked at (clients.ssn is bound to its row, "
                          "and the table has no primary key of one column)",
                          "old_clients.ssn: 1 row with a text that it may have sealed"));
  sql("DROP TABLE public.old_clients");
  fence();
  EXPECT_THAT(needs(kLegacy, registered()), IsEmpty());
  EXPECT_EQ(valid_checks(), 1);
}

TEST_F(KeyNeeds, NameAMaterialisedView) {
  sql("CREATE TABLE public.source (line text);"
      "CREATE MATERIALIZED VIEW public.report AS SELECT line FROM public.source");
  expect_found(
      "INSERT INTO public.source VALUES ('$V'); REFRESH MATERIALIZED VIEW public.report;"
      "DELETE FROM public.source",
      "REFRESH MATERIALIZED VIEW public.report", "report.line");
}

TEST_F(KeyNeeds, NameBytes) {
  sql("CREATE TABLE public.files (content bytea)");
  expect_found(R"(INSERT INTO public.files VALUES ('\xff00'::bytea || '$V'::bytea))",
               "DELETE FROM public.files", "files.content");
}

TEST_F(KeyNeeds, NameBytesAsHexadecimal) {
  sql("CREATE TABLE public.files (content jsonb)");
  expect_found("INSERT INTO public.files SELECT to_jsonb(x) FROM (SELECT '$V'::bytea AS c) AS x",
               "DELETE FROM public.files", "files.content");
}

TEST_F(KeyNeeds, NameOtherTypesThatHoldTexts) {
  sql("CREATE TYPE public.pair AS (a int, b text); CREATE DOMAIN public.word AS text;"
      "CREATE TABLE public.odd (list text[], pair public.pair, word public.word, old json,"
      " fixed char(200), id uuid, n numeric[])");
  const std::pair<const char*, const char*> cases[] = {
      {"INSERT INTO public.odd (list) VALUES (ARRAY['x', '$V'])", "odd.list"},
      {"INSERT INTO public.odd (pair) VALUES (ROW(1, '$V'))", "odd.pair"},
      {"INSERT INTO public.odd (word) VALUES ('$V')", "odd.word"},
      {R"(INSERT INTO public.odd (old) VALUES ('{"a": "$V"}'))", "odd.old"},
      {"INSERT INTO public.odd (fixed) VALUES ('$V')", "odd.fixed"},
      {R"(INSERT INTO public.odd (old)
            SELECT replace('{"b": "\u0000\ud800", "a": "$V", "a": ""}', 'enc:',
                           '\u0065\u006E\u0063\u003a')::json)",
       "odd.old"}};
  for (const auto& [setup, place] : cases) {
    expect_found(setup, "DELETE FROM public.odd", place);
  }
}

TEST_F(KeyNeeds, NameTheGuidesObject) {
  const keyring::Keks all = keks();
  const KeyId guide = keyring::import_key(tools(all), Format::json, Secret{std::string(64, 'a')},
                                          keyring::KeyState::decrypt_only)
                          .id;
  sql("CREATE TABLE public.docs (a text, b jsonb, c bytea)");
  fence();
  ASSERT_THAT(needs(guide, registered()), IsEmpty());
  sql(R"(INSERT INTO public.docs VALUES
        ('{"encrypted":"00","iv":"00","tag":"00"}',
         '{"x": {"tag": "00", "iv": "00", "encrypted": "00"}}', '{"encrypted" : "iv"}'),
        (NULL, '["{\"encrypted\":\"00\",\"iv\":\"00\",\"tag\":\"00\"}"]',
         '{"encrypted":"00","iv":"00","tag":"00"}'))");
  EXPECT_THAT(needs(guide, registered()),
              ElementsAre("docs.a: 1 row with a text that it may have sealed",
                          "docs.b: 2 rows with a text that it may have sealed",
                          "docs.c: 1 row with a text that it may have sealed"));
  EXPECT_THAT(needs(kOld, registered()), IsEmpty());
  sql("DELETE FROM public.docs");
  EXPECT_THAT(needs(guide, registered()), IsEmpty());
}

TEST_F(KeyNeeds, NameTheGuidesObjectBehindEscapes) {
  const keyring::Keks all = keks();
  const KeyId guide = keyring::import_key(tools(all), Format::json, Secret{std::string(64, 'a')},
                                          keyring::KeyState::decrypt_only)
                          .id;
  fence();
  sql(R"(CREATE TABLE public.docs (a json);
         INSERT INTO public.docs VALUES
           ('{"\u0065ncrypted":"00","\u0069\u0076":"00","ta\u0067":"00"}'), ('{"x": "\u0065"}'),
           ('{"encrypted": "00", "iv": "00"}'))");
  EXPECT_THAT(needs(guide, registered()),
              ElementsAre("docs.a: 1 row with a text that it may have sealed"));
}

TEST_F(KeyNeeds, NameQuarantinedValues) {
  fence();
  const auto quarantine = [&](const char* row, const char* kind, const char* key) {
    sql(
        fmt::format("INSERT INTO pcx.quarantine VALUES ('public', 'clients', 'ssn', '', "
                    "ARRAY['{}'], '{}', NULL, {})",
                    row, kind, key));
  };
  quarantine("1", "not_authentic", "4");
  quarantine("2", "malformed", "NULL");
  quarantine("3", "plaintext", "NULL");
  EXPECT_THAT(needs(kOld, registered()),
              ElementsAre("clients.ssn: 1 value in quarantine that may need it (not_authentic)"));
  EXPECT_THAT(needs(kLegacy, registered()),
              ElementsAre("clients.ssn: 1 value in quarantine that may need it (malformed)"));
  sql("DELETE FROM pcx.quarantine");
  quarantine("4", "double_encrypted", "5");
  EXPECT_THAT(needs(kLegacy, registered()),
              ElementsAre("clients.ssn: 1 value in quarantine that may need it "
                          "(double_encrypted)"));
  sql("DELETE FROM pcx.quarantine");
  EXPECT_THAT(needs(kOld, registered()), IsEmpty());
  EXPECT_THAT(needs(kLegacy, registered()), IsEmpty());
  EXPECT_EQ(valid_checks(), 1);
}

// The old value is inside of one under the new key: neither the constraint nor a search sees it.
TEST_F(KeyNeeds, NameValuesThatWereSealedTwice) {
  fence();
  const std::string old = v1(kLegacy, "756.1234.5678.97");
  std::string escaped = old;
  for (auto at = escaped.find('/'); at != escaped.npos; at = escaped.find('/')) {
    escaped.replace(at, 1, "&#x2F;");
  }
  for (const std::string& text : {old, escaped, old + " -- recheck in May", " " + old, "see " + old,
                                  R"({"set":")" + old + "\"}"}) {
    put("clients", v2(kNew, kSsn, "row-2", text), "row-2");
    EXPECT_THAT(
        needs(kLegacy, registered()),
        ElementsAre("clients.ssn: 1 value with an encrypted value inside, which may need it"));
    sql("DELETE FROM public.clients WHERE id = 'row-2'");
    EXPECT_THAT(needs(kLegacy, registered()), IsEmpty());
  }
}

TEST_F(KeyNeeds, NameWhatThisRoleCannotSee) {
  fence();
  sql("CREATE EXTENSION file_fdw; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;"
      "CREATE FOREIGN TABLE public.far (line text) SERVER files OPTIONS (filename '/dev/null');"
      "CREATE FOREIGN TABLE public.numbers (n int) SERVER files OPTIONS (filename '/dev/null')");
  EXPECT_THAT(needs(kOld, registered()),
              ElementsAre("far: it cannot be looked at (it is a foreign table)"));
}

// Of enc:v1 to enc:v1 no constraint can tell: every value is opened instead, and what is not in a
// field may be of either key.
TEST_F(KeyNeeds, AreFoundByOpeningEveryValueAfterAnOfflineRotation) {
  const keyring::Keks all = keks();
  const KeyId fresh = keyring::import_key(tools(all), Format::v1, Secret{"the new secret"},
                                          keyring::KeyState::pending)
                          .id;
  activate(fresh);
  const std::vector<Field> fields = {field("people", "ssn"),
                                     copy(field("people", "ssn"), "audit_logs", "changes", "ssn")};
  sql(R"(CREATE TABLE public.people (id text PRIMARY KEY, ssn text);
         CREATE TABLE public.audit_logs
           (id int, resource text, "resourceId" text, changes jsonb))");
  put("people", v1(fresh, "1"), "a");
  put("people", v1(kLegacy, "2"), "b");
  run(R"(INSERT INTO public.audit_logs VALUES (1, 'Client', 'a', '{"ssn": "$V", "x": 1}'))",
      v1(fresh, "1"));
  EXPECT_THAT(needs(kLegacy, fields), ElementsAre("people.ssn: 1 value opened by it"));
  database().query({"test.rotate", "UPDATE public.people SET ssn = $1 WHERE id = 'b'"},
                   {v1(fresh, "2")});
  EXPECT_THAT(needs(kLegacy, fields), IsEmpty());

  // In rows that are no copies, and beside the member, nothing was opened.
  run(R"(INSERT INTO public.audit_logs VALUES (2, 'Pet', 'a', '{"ssn": "$V"}'),
                                              (3, 'Client', 'a', '{"other": "$V"}'),
                                              (4, NULL, 'a', '{"ssn": "$V"}'),
                                              (5, 'Client', 'a', '[]'))",
      v1(fresh, "1"));
  EXPECT_THAT(needs(kLegacy, fields),
              ElementsAre("audit_logs.changes: 3 rows with a text that it may have sealed"));
}

// A value that is not encrypted itself, of a field: the search for texts leaves fields out.
TEST_F(KeyNeeds, NameCiphertextInsideOfPlaintextAfterAnOfflineRotation) {
  const keyring::Keks all = keks();
  activate(keyring::import_key(tools(all), Format::v1, Secret{"the new secret"},
                               keyring::KeyState::pending)
               .id);
  const std::vector<Field> fields = {field("people", "ssn"),
                                     copy(field("people", "ssn"), "audit_logs", "changes", "ssn")};
  sql(R"(CREATE TABLE public.people (id text PRIMARY KEY, ssn text);
         CREATE TABLE public.audit_logs
           (id int, resource text, "resourceId" text, changes jsonb))");
  const std::string old = v1(kLegacy, "756.1234.5678.97");
  const auto expect = [&](const std::string& setup, const std::string& need) {
    ASSERT_THAT(needs(kLegacy, fields), IsEmpty()) << setup;
    run(setup, old);
    EXPECT_THAT(needs(kLegacy, fields), ElementsAre(need)) << setup;
    sql("DELETE FROM public.people; DELETE FROM public.audit_logs");
  };
  const std::string inside = "1 value with an encrypted value inside, which may need it";
  const std::string of_its_format = "1 row with a text that it may have sealed";
  expect("INSERT INTO public.people VALUES ('a', ' $V')", "people.ssn: " + inside);
  expect("INSERT INTO public.people VALUES ('a', 'see $V')", "people.ssn: " + inside);
  expect(R"(INSERT INTO public.audit_logs VALUES (1, 'Client', 'a', '{"ssn": {"set": "$V"}}'))",
         "audit_logs.changes.ssn: " + inside);
  // What breaks its format, or does not say its row, was not opened either.
  expect("INSERT INTO public.people VALUES ('a', '$V -- recheck in May')",
         "people.ssn: " + of_its_format);
  expect(R"(INSERT INTO public.audit_logs VALUES (1, 'Client', NULL, '{"ssn": "$V"}'))",
         "audit_logs.changes.ssn: " + of_its_format);
}

TEST(NeedNames, AreThere) {
  for (const Need need :
       {Need::active, Need::rotation, Need::no_fence, Need::opens, Need::mentions,
        Need::quarantined, Need::sealed_twice, Need::not_looked_at, Need::digests}) {
    EXPECT_STRNE(to_string(need), "unknown");
    EXPECT_STRNE(explain(need), "unknown");
  }
}

// Of columns that were no fields then: no rotation reaches it. Digests of fields need no key.
TEST_F(KeyNeeds, LookAtWhatTheTrailHasCaptured) {
  const auto captured = [](const char* after) {
    return std::string{
               "INSERT INTO pcx.change VALUES (3, '700', 1, now(), 'public.clients', 'I', "
               "'row-1', NULL, 'ann', NULL, NULL, 'ann', 'psql', NULL, '{\"ssn\": \""} +
           after + "\"}')";
  };
  sql(captured("hmac:v2:4:0123456789abcdef"));
  sql("ALTER TABLE pcx.change DISABLE TRIGGER pcx_audit_guard");
  expect_found("UPDATE pcx.change SET after = '{\"ssn\": \"$V\"}'",
               "UPDATE pcx.change SET after = '{\"ssn\": \"hmac:v1:00\"}'",
               "pcx.change_default.after");
}

}  // namespace
}  // namespace pcx::inspect
