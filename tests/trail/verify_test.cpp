// What verifying finds of what somebody with all rights in the database does, and of what is
// honest.
#include "audit/verify.h"

#include <gmock/gmock.h>

#include "audit/trail_reading.h"
#include "core/random.h"
#include "tests/support/process.h"
#include "tests/trail/attack_tools.h"

namespace pcx::audit {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;

class VerifyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    trail.work(random);
    trail.seal();
    trail.anchor();
  }

  // Runs SQL while nothing of the trail watches, and puts everything back.
  void unseen(const std::string& deed) {
    behind_disabled_triggers(
        trail, deed,
        {"pcx.change", "pcx.ledger", "pcx.audit_meta", "pcx.checkpoint", "pcx.tile",
         "pcx.audit_epoch", "pcx.legal_hold", "pcx.audit_lost", "public.audit_logs"});
  }

  static void expect_clean(const Verdict& verdict) {
    EXPECT_EQ(verdict.exit, 0) << verdict.text;
    EXPECT_TRUE(verdict.said.empty()) << verdict.text;
  }
  static void expect_tampering(const Verdict& verdict, const std::string& attack,
                               const std::string& what) {
    EXPECT_EQ(verdict.exit, 2) << verdict.text;
    EXPECT_THAT(verdict.said,
                Contains(AllOf(Field(&Said::severity, "tampering"), Field(&Said::attack, attack),
                               Field(&Said::what, HasSubstr(what)))))
        << verdict.text;
  }

  static void expect_warning(const Verdict& verdict, const std::string& what) {
    EXPECT_EQ(verdict.exit, 1) << verdict.text;
    EXPECT_THAT(verdict.said, ElementsAre(AllOf(Field(&Said::severity, "warning"),
                                                Field(&Said::what, HasSubstr(what)))))
        << verdict.text;
  }

  // A change that no trigger captured, with its leaf.
  static std::string change_by_hand(const std::string& xid, const std::string& age) {
    return "WITH made AS (INSERT INTO pcx.change SELECT pcx.audit_segment(), " + xid +
           ", nextval('pcx.audit_seq'), clock_timestamp() - interval '" + age + R"(',
           'public.patients', 'I', 'x', NULL, 'ann', NULL, NULL, 'app', 'api', NULL, '{}'
  RETURNING *)
INSERT INTO pcx.ledger
SELECT segment, xid, seq, at, 'C', 1, NULL, NULL,
       sha256('\x007063783143'::bytea || record_send(ROW(seq, xid, at, relation, op, row_key,
              tenant, actor, correlation, address, db_user, application, before, after)))
  FROM made)";
  }

  SeededRandom random{11};
  Trail trail;
};

TEST_F(VerifyTest, IsNotShownLessByRowSecurity) {
  unseen(
      "ALTER TABLE pcx.change ENABLE ROW LEVEL SECURITY;"
      "CREATE POLICY hide ON pcx.change USING (false);"
      "DROP ROLE IF EXISTS auditor; CREATE ROLE auditor LOGIN;"
      "GRANT pg_read_all_data TO auditor; GRANT USAGE ON SCHEMA pcx TO auditor");
  std::string url = trail.url();
  const auto at = url.find("postgres@");
  ASSERT_NE(at, std::string::npos) << url;
  url.replace(at, 8, "auditor");
  const Verdict verdict = trail.verify_at(url);
  EXPECT_EQ(verdict.exit, 3) << verdict.text;
  EXPECT_THAT(verdict.text, HasSubstr("row-level security"));
  trail.sql("DROP OWNED BY auditor; DROP ROLE auditor");
}

// Also when nothing of it is left in the database.
TEST_F(VerifyTest, KnowsOfAChangeOfKeysByWhatWasKept) {
  const auto next = (trail.key_file().parent_path() / "next").native();
  trail.pcx({"audit", "keygen", "--out", next});
  trail.pcx(
      {"audit", "key", "rotate", "--signing-key", trail.key_file().native(), "--new-key", next});
  trail.anchor();
  trail.work(random);
  trail.pcx({"audit", "seal", "--signing-key", next});
  trail.anchor();
  expect_clean(trail.verify());
  unseen("DELETE FROM pcx.checkpoint WHERE position('pcx1-key' IN note) > 0");
  const Verdict verdict = trail.verify();
  EXPECT_EQ(verdict.exit, 2) << verdict.text;
  EXPECT_THAT(verdict.text, ::testing::Not(HasSubstr("says nothing")));
}

// Another server numbers its transactions from anywhere.
TEST_F(VerifyTest, TakesRowsOfARestoredTrailAsNotSealed) {
  const std::string url = trail.restored_dump();
  {
    db::Database copy{db::parse_target(url), {}};
    db::run_script(copy, change_by_hand("'5'", "0"), "test");
  }
  const Verdict fresh = trail.verify_at(url);
  EXPECT_EQ(fresh.exit, 1) << fresh.text;
  ASSERT_EQ(fresh.said.size(), 1u) << fresh.text;
  EXPECT_EQ(fresh.said[0].attack, "restored");
  EXPECT_EQ(fresh.counts.at("rows not sealed yet"), 1);
  trail.pcx_at(url, {"audit", "seal"});
  expect_clean(trail.verify_at(url));
}

// Retention truncates a month, which readers of an older snapshot would find empty.
TEST_F(VerifyTest, TakesItsSnapshotBehindItsLocks) {
  db::Transaction reading = begin_reading_trail(trail.database());
  db::Database other = trail.connect();
  other.query(db::Statement{"test.wait", "SET lock_timeout = '1ms'"});
  other.query(db::Statement{"test.more", "INSERT INTO public.patients VALUES (77, 'new')"});
  const db::Result seen = reading.query(
      db::Statement{"test.seen", "SELECT count(*) AS rows FROM pcx.change WHERE row_key = '77'"});
  EXPECT_EQ(seen.one()["rows"].as<std::int64_t>(), 1);  // committed behind the locks
  db::Transaction dropping = other.begin();
  const db::Statement lock{"test.lock", "LOCK TABLE pcx.change IN ACCESS EXCLUSIVE MODE"};
  EXPECT_THROW(dropping.query(lock), Error);
}

// Somebody opens a tree of his own, so that the one before it counts as restored.
TEST_F(VerifyTest, FindsATreeThatNoRestoreBegan) {
  unseen(
      "SELECT pcx.audit_open_epoch(regexp_replace(origin, '/1/', '/2/'), system_identifier,"
      " timeline, database_oid, (SELECT note FROM pcx.checkpoint ORDER BY size DESC LIMIT 1))"
      " FROM pcx.audit_epoch");
  trail.seal();
  expect_tampering(trail.verify(), "checkpoint replaced", "no restore is between them");
}

// With a restore in between that never was.
TEST_F(VerifyTest, FindsATreeOfTheServerOfAnEarlierOne) {
  constexpr const char* kOpen =
      "SELECT pcx.audit_open_epoch(regexp_replace(replace(origin, system_identifier, {0}), '/1/',"
      " '/{1}/'), {0}, timeline, database_oid, (SELECT note FROM pcx.checkpoint"
      " ORDER BY size DESC LIMIT 1)) FROM pcx.audit_epoch WHERE number = 1;";
  unseen(fmt::format(fmt::runtime(kOpen), "'17'", 2) +
         fmt::format(fmt::runtime(kOpen), "system_identifier", 3));
  trail.seal();
  expect_tampering(trail.verify(), "checkpoint replaced",
                   "tree 3 is of the server and database of tree 1");
}

TEST_F(VerifyTest, FindsThatATreeOfThisServerIsGone) {
  unseen("UPDATE pcx.audit_epoch SET origin = left(origin, -8) || '00000000'");
  const Verdict verdict = trail.verify();
  expect_tampering(verdict, "tail dropped", "a tree of this very server");
  expect_tampering(verdict, "checkpoint replaced", "is not what its note says");
}

TEST_F(VerifyTest, NeverSealsForAnotherServer) {
  unseen("UPDATE pcx.audit_epoch SET origin = replace(origin, '/1/', '/2/')");
  testing::PcxProcess sealer{{"audit", "seal"}, trail.url(), trail.options()};
  EXPECT_EQ(sealer.wait(), 2) << sealer.said();
  EXPECT_THAT(sealer.said(), HasSubstr("does not name this server"));
}

TEST_F(VerifyTest, FindsThatACheckpointIsMissing) {
  trail.work(random);
  trail.seal();
  trail.work(random);
  trail.seal();
  unseen(
      "DELETE FROM pcx.checkpoint WHERE size = (SELECT size FROM pcx.checkpoint ORDER BY size"
      " OFFSET 1 LIMIT 1);"
      "UPDATE pcx.checkpoint SET first_size = (SELECT min(size) FROM pcx.checkpoint)"
      " WHERE first_size > 0");
  expect_tampering(trail.verify(), "checkpoint replaced", "another size");
}

TEST_F(VerifyTest, FindsWhatIsDatedBack) {
  trail.sql("INSERT INTO public.patients VALUES (7, 'now')");
  unseen(change_by_hand("pg_current_xact_id()", "1 day"));
  expect_tampering(trail.verify(), "row inserted", "and was written after");
  expect_tampering(trail.verify(), "row inserted", "or the server's clock was set back");
  trail.seal();
  expect_tampering(trail.verify(), "row inserted", "and was written after");
}

// Whose encrypted text is replaced, as a rotation of keys does it, and who forges such a note.
TEST_F(VerifyTest, BelievesANoteOfARotationForEncryptedTextsOnly) {
  trail.sql(
      "INSERT INTO public.audit_logs (id, \"userId\", action, resource, changes)"
      " VALUES ('r', 'u', 'READ', 'Patient', '{\"name\": \"enc:v2:1:AAAA\", \"n\": 1}')");
  trail.seal();
  const std::string reseal =
      "SELECT pcx.audit_reseal(ARRAY['r'], ARRAY[changes], ARRAY['{}'::jsonb || "
      "replace(changes::text, 'v2:1', 'v2:2')::jsonb], ARRAY[1], 2, 'ann', 'test')"
      " FROM public.audit_logs WHERE id = 'r'";
  trail.sql(reseal);
  trail.seal();
  expect_clean(trail.verify());
  trail.sql(
      "SELECT pcx.audit_reseal(ARRAY['r'], ARRAY[changes], ARRAY["
      "replace(changes::text, 'v2:2', 'v2:3')::jsonb], ARRAY[2], 3, 'ann', 'test')"
      " FROM public.audit_logs WHERE id = 'r'");
  expect_clean(trail.verify());
  // Another content, with a leaf and a note of its own.
  unseen(R"(
CREATE TEMP TABLE old ON COMMIT DROP AS
  SELECT encode(pcx.audit_sealed(changes), 'hex') AS was FROM public.audit_logs WHERE id = 'r';
UPDATE public.audit_logs SET "userId" = 'v' WHERE id = 'r';
INSERT INTO pcx.ledger
SELECT pcx.audit_segment(), pg_current_xact_id(), nextval('pcx.audit_seq'), clock_timestamp(), 'A',
       1, a.id, a.ctid, pcx.audit_log_leaf(a.id, a."userId", a.action, a.resource, a."resourceId",
       a.changes, a.metadata, a."ipAddress", a."userAgent", a."timestamp", a."tenantId")
  FROM public.audit_logs AS a WHERE id = 'r';
SELECT pcx.audit_note('reseal', jsonb_build_object('relation', 'public.audit_logs', 'ids',
  ARRAY['r'], 'was', ARRAY[was], 'becomes', ARRAY[was], 'from', ARRAY[3], 'to', 3)) FROM old)");
  trail.seal();
  EXPECT_EQ(trail.verify().exit, 2);
}

// Retention's note without the key that signs it.
TEST_F(VerifyTest, BelievesRetentionOnlyWhenItIsSigned) {
  unseen(R"(
CREATE TEMP TABLE gone ON COMMIT DROP AS
  SELECT i, leaf, xid, seq FROM (SELECT row_number() OVER (ORDER BY segment, xid, seq) - 1 AS i, l.*
                                   FROM pcx.ledger AS l) AS l
   WHERE src = 'C' ORDER BY i LIMIT 1;
DELETE FROM pcx.change AS c USING gone AS g WHERE c.xid = g.xid AND c.seq = g.seq;
DELETE FROM pcx.ledger AS c USING gone AS g WHERE c.xid = g.xid AND c.seq = g.seq;
SELECT pcx.audit_note('retain', jsonb_build_object('month', '2019-01', 'epoch', 1, 'from_index', i,
  'to_index', i, 'dropped', 1, 'digest', encode(sha256(leaf), 'hex'), 'by', 'ann')) FROM gone)");
  expect_tampering(trail.verify(), "row deleted", "gone");
}

std::vector<std::string> gaps_in(const Verdict& verdict) {
  std::vector<std::string> gaps;
  for (const Said& said : verdict.said) {
    if (said.attack == "gap") gaps.push_back(said.what);
  }
  return gaps;
}

TEST_F(VerifyTest, TellsWhenCaptureWasPaused) {
  trail.pcx({"audit", "pause", "--tables", "patients", "--reason", "a migration"});
  const Verdict paused = trail.verify();
  EXPECT_EQ(paused.exit, 1) << paused.text;
  EXPECT_THAT(gaps_in(paused), ElementsAre(AllOf(HasSubstr("public.patients were off"),
                                                 HasSubstr("on (paused, a migration"))));
  trail.pcx({"audit", "resume", "--tables", "patients"});
  trail.seal();
  const Verdict resumed = trail.verify();
  EXPECT_EQ(resumed.exit, 1) << resumed.text;
  EXPECT_THAT(gaps_in(resumed), ElementsAre(HasSubstr(" to ")));
  trail.anchor();
  EXPECT_EQ(trail.verify().exit, 1);
  expect_clean(trail.verify({"--known-until", trail.now()}));
}

TEST_F(VerifyTest, TellsWhenDdlSwitchedCaptureOff) {
  trail.sql("ALTER TABLE public.patients DISABLE TRIGGER pcx_audit_row");
  trail.sql("ALTER TABLE public.patients ENABLE ALWAYS TRIGGER pcx_audit_row");
  trail.sql("DROP TRIGGER pcx_audit_all ON public.patients");
  const Verdict verdict = trail.verify();
  EXPECT_EQ(verdict.exit, 1) << verdict.text;
  EXPECT_THAT(gaps_in(verdict),
              ElementsAre(HasSubstr("(ALTER TABLE"), HasSubstr("on (DROP TRIGGER")));
}

// One transaction sees a census, another one commits behind it and had begun before.
TEST_F(VerifyTest, KnowsANoteThatWasCommittedBehindACensus) {
  db::Database slow = trail.connect();
  db::Transaction late = slow.begin();
  late.query(db::Statement{"test.begin", "SELECT pg_current_xact_id()"});
  trail.sql("ALTER TABLE public.patients ADD COLUMN more text");
  trail.seal();
  late.query(
      db::Statement{"test.ddl", "ALTER TABLE public.patients DISABLE TRIGGER pcx_audit_row"});
  late.query(
      db::Statement{"test.ddl", "ALTER TABLE public.patients ENABLE ALWAYS TRIGGER pcx_audit_row"});
  late.commit();
  trail.seal();
  const Verdict verdict = trail.verify();
  EXPECT_EQ(verdict.exit, 1) << verdict.text;
  EXPECT_THAT(gaps_in(verdict), ElementsAre(HasSubstr("public.patients were off")));
}

constexpr const char* kOtherFunction = R"(
CREATE OR REPLACE FUNCTION pcx.audit_hide(image jsonb, dropped text[], hashed text[]) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog AS 'SELECT NULL::jsonb')";

TEST_F(VerifyTest, FindsAReplacedFunctionAlthoughDdlWasNoted) {
  const std::string right = trail.value(
      "SELECT pg_get_functiondef('pcx.audit_hide(jsonb, text[], text[])'::regprocedure)");
  trail.sql(kOtherFunction);
  expect_tampering(trail.verify(), "function replaced", "audit_hide is not what this pcx makes");
  trail.seal();
  trail.sql(right);
  trail.seal();
  expect_tampering(trail.verify(), "function replaced", "was another one for a while");
}

TEST_F(VerifyTest, FindsAFunctionThatWasReplacedUnseen) {
  const std::string right = trail.value(
      "SELECT pg_get_functiondef('pcx.audit_hide(jsonb, text[], text[])'::regprocedure)");
  unseen(std::string{kOtherFunction} + ";" + right);
  expect_tampering(trail.verify(), "function replaced", "no note in the trail says why");
}

// Which leaves a function as it was, and its row in the catalog written anew.
TEST_F(VerifyTest, TellsOfAGrantUntilItIsKnown) {
  trail.sql("GRANT EXECUTE ON FUNCTION pcx.audit_digest(text) TO pg_monitor");
  trail.sql("REVOKE EXECUTE ON FUNCTION pcx.audit_digest(text) FROM pg_monitor");
  expect_warning(trail.verify(), "by GRANT or REVOKE, or by hand");
  trail.seal();
  expect_warning(trail.verify(), "by GRANT or REVOKE, or by hand");
  trail.sql("INSERT INTO public.patients VALUES (-7, 'later')");
  trail.seal();
  trail.anchor();
  expect_warning(trail.verify(), "by GRANT or REVOKE, or by hand");
  expect_clean(trail.verify({"--known-until", trail.now()}));
}

TEST_F(VerifyTest, TellsOfAFunctionThatWasChangedByHandAndBack) {
  trail.sql(
      "BEGIN; SET LOCAL allow_system_table_mods = on;"
      "CREATE TEMP TABLE kept AS SELECT oid AS place, prosrc FROM pg_proc WHERE proname = "
      "'audit_hide';"
      "UPDATE pg_proc SET prosrc = 'SELECT NULL' WHERE proname = 'audit_hide'; COMMIT;"
      "BEGIN; SET LOCAL allow_system_table_mods = on;"
      "UPDATE pg_proc SET prosrc = kept.prosrc FROM kept WHERE oid = place; COMMIT");
  expect_warning(trail.verify(), "in pg_proc was written anew");
  trail.seal();
  expect_warning(trail.verify(), "in pg_proc was written anew");
}

// Which a right that was given meanwhile does not hide.
TEST_F(VerifyTest, FindsAFunctionThatWasReplacedBehindAGrant) {
  const std::string right = trail.value(
      "SELECT pg_get_functiondef('pcx.audit_hide(jsonb, text[], text[])'::regprocedure)");
  unseen(std::string{kOtherFunction} + ";" + right +
         "; GRANT EXECUTE ON FUNCTION pcx.audit_hide(jsonb, text[], text[]) TO pg_monitor");
  expect_tampering(trail.verify(), "function replaced", "was made anew");
}

TEST_F(VerifyTest, FindsWhatStandsBeforeTheTrail) {
  trail.sql(
      "CREATE FUNCTION public.nothing() RETURNS trigger LANGUAGE plpgsql AS"
      " 'BEGIN RETURN NULL; END'");
  trail.sql(
      "CREATE TRIGGER swallow BEFORE INSERT ON public.audit_logs FOR EACH ROW"
      " EXECUTE FUNCTION public.nothing()");
  const Verdict before_rows = trail.verify();
  EXPECT_EQ(before_rows.exit, 1) << before_rows.text;
  EXPECT_EQ(before_rows.said.at(0).attack, "capture bypassed") << before_rows.text;
  trail.sql("DROP TRIGGER swallow ON public.audit_logs");
  for (const char* deed :
       {"CREATE TRIGGER swallow BEFORE INSERT ON pcx.change FOR EACH ROW"
        " EXECUTE FUNCTION public.nothing()",
        "CREATE RULE swallow AS ON INSERT TO pcx.audit_meta DO INSTEAD NOTHING",
        "ALTER TABLE pcx.ledger FORCE ROW LEVEL SECURITY",
        "CREATE POLICY swallow ON pcx.checkpoint USING (false)",
        "ALTER TABLE pcx.change ADD CONSTRAINT swallow CHECK (actor <> 'mallory') NOT VALID"}) {
    SCOPED_TRACE(deed);
    Trail other;
    other.sql(
        "CREATE FUNCTION public.nothing() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN RETURN NULL; END'");
    other.seal();
    other.sql(deed);
    expect_tampering(other.verify(), "capture bypassed", "may keep rows from the trail");
  }
}

TEST_F(VerifyTest, FindsWhatIsNoLeafAndNoNote) {
  for (const char* deed :
       {"UPDATE pcx.ledger SET leaf = '\\x00' WHERE ctid = (SELECT max(ctid) FROM pcx.ledger)",
        "UPDATE pcx.ledger SET src = 'X' WHERE ctid = (SELECT min(ctid) FROM pcx.ledger)",
        "SELECT pcx.audit_note('census', '{}')",
        "SELECT pcx.audit_note('retain', '{\"signature\": 1e999}')"
        ";SELECT pcx.audit_note('census', '{\"now\": 1e999}')"}) {
    SCOPED_TRACE(deed);
    Trail other;
    other.seal();
    other.sql(std::string{"ALTER TABLE pcx.ledger DISABLE TRIGGER pcx_audit_guard; "} + deed +
              "; ALTER TABLE pcx.ledger ENABLE ALWAYS TRIGGER pcx_audit_guard");
    expect_tampering(other.verify(), "ledger altered", " none");
    if (std::string_view{deed}.find("census") == std::string_view::npos) continue;
    testing::PcxProcess sealer{{"audit", "seal"}, other.url(), other.options()};
    EXPECT_EQ(sealer.wait(), 2) << sealer.said();
    EXPECT_THAT(sealer.said(), HasSubstr("the trail was altered"));
  }
}

TEST_F(VerifyTest, FindsThatALegalHoldIsGoneOrAnother) {
  trail.pcx({"audit", "hold", "place", "--reason", "court", "--tenant", "t1"});
  trail.pcx({"audit", "hold", "place", "--reason", "tax", "--since", "2026-01-01"});
  trail.pcx({"audit", "hold", "place", "--reason", "over"});
  trail.pcx({"audit", "hold", "release", "3", "--reason", "done"});
  trail.seal();
  expect_clean(trail.verify());
  unseen("UPDATE pcx.legal_hold SET tenant = 't2' WHERE id = 1");
  expect_tampering(trail.verify(), "row altered", "legal hold 1 is not what was placed");
  unseen(
      "UPDATE pcx.legal_hold SET tenant = 't1' WHERE id = 1;"
      "UPDATE pcx.legal_hold SET released_at = now(), released_by = 'x' WHERE id = 2");
  expect_tampering(trail.verify(), "row altered", "legal hold 2 was released");
  unseen("DELETE FROM pcx.legal_hold WHERE id = 2");
  expect_tampering(trail.verify(), "row deleted", "legal hold 2 is gone");
}

}  // namespace
}  // namespace pcx::audit
