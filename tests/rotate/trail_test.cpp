// A rotation where pcx's audit trail is installed: copies of values are part of the trail, and what
// is done to their originals is written down.
#include <chrono>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "rotate/preflight.h"
#include "tests/rotate/rotation_fixture.h"
#include "tests/support/errors.h"

namespace pcx::testing {
namespace {

using rotate::Triggers;
using ::testing::HasSubstr;

// The application's audit_logs has more columns than the clinic's; its rows are written again when
// the triggers are there, as `pcx audit install` makes them.
constexpr const char* kInstall = R"(
  ALTER TABLE public.audit_logs
      ADD "userId" text NOT NULL DEFAULT 'u1', ADD action text NOT NULL DEFAULT 'update',
      ADD metadata jsonb, ADD "ipAddress" text, ADD "userAgent" text,
      ADD "timestamp" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, ADD "tenantId" text;
  INSERT INTO pcx.audit_digest_key (inner_pad, outer_pad)
      VALUES (decode(repeat('36', 64), 'hex'), decode(repeat('5c', 64), 'hex'));
  CREATE TRIGGER pcx_audit_row AFTER INSERT OR UPDATE OR DELETE ON public.medical_records
      FOR EACH ROW EXECUTE FUNCTION
      pcx.audit_capture('{id}', '{}', '{chiefComplaint,diagnosis,treatment,notes}', '{version}');
  CREATE TRIGGER pcx_audit_all AFTER TRUNCATE ON public.medical_records
      EXECUTE FUNCTION pcx.audit_truncated();
  CREATE TRIGGER pcx_audit_log AFTER INSERT ON public.audit_logs
      FOR EACH ROW EXECUTE FUNCTION pcx.audit_log_row();
  CREATE TRIGGER pcx_audit_guard BEFORE UPDATE OR DELETE ON public.audit_logs
      FOR EACH ROW EXECUTE FUNCTION pcx.audit_guard();
  ALTER TABLE public.medical_records ENABLE ALWAYS TRIGGER pcx_audit_row;
  ALTER TABLE public.audit_logs ENABLE ALWAYS TRIGGER pcx_audit_log;
  ALTER TABLE public.audit_logs ENABLE ALWAYS TRIGGER pcx_audit_guard;
  GRANT SELECT, UPDATE ON public.audit_logs TO pcx_owner;
  CREATE TABLE public.rows AS TABLE public.audit_logs;
  ALTER TABLE public.audit_logs DISABLE TRIGGER pcx_audit_guard;
  DELETE FROM public.audit_logs;
  ALTER TABLE public.audit_logs ENABLE ALWAYS TRIGGER pcx_audit_guard;
  INSERT INTO public.audit_logs TABLE public.rows;
  DROP TABLE public.rows;)";

// Rows of the application's trail whose newest leaf is not that of what they say.
constexpr const char* kUnfit = R"(
  SELECT count(*) FROM public.audit_logs AS a
   WHERE pcx.audit_log_leaf(a.id, a."userId", a.action, a.resource, a."resourceId", a.changes,
             a.metadata, a."ipAddress", a."userAgent", a."timestamp", a."tenantId")
         IS DISTINCT FROM (SELECT l.leaf FROM pcx.ledger AS l WHERE l.row_id = a.id
                            ORDER BY l.segment DESC, l.xid DESC, l.seq DESC LIMIT 1))";

// Leaves that are not the newest of their row, and that no note gives together with the row as it
// is now: what the note says of its encrypted texts makes the leaf that was.
constexpr const char* kUntold = R"(
  SELECT count(*) FROM pcx.ledger AS l JOIN public.audit_logs AS a ON a.id = l.row_id
   WHERE l.src = 'A'
     AND EXISTS (SELECT FROM pcx.ledger AS n WHERE n.row_id = l.row_id
                    AND (n.segment, n.xid, n.seq) > (l.segment, l.xid, l.seq))
     AND NOT EXISTS (SELECT FROM pcx.audit_meta AS m,
                       jsonb_array_elements_text(m.details -> 'ids') WITH ORDINALITY AS o(id, n)
                      WHERE m.kind = 'reseal' AND o.id = l.row_id
                        AND l.leaf = sha256('\x007063783141'::bytea || record_send(ROW(a.id,
                            a."userId", a.action, a.resource, a."resourceId",
                            pcx.audit_masked(a.changes), a.metadata, a."ipAddress", a."userAgent",
                            a."timestamp", a."tenantId",
                            decode(m.details -> 'was' ->> (o.n::int - 1), 'hex'))))))";

class RotateTrail : public RotationFixture {
 protected:
  void install(std::size_t records = 500) {
    clinic(records);
    sql(kInstall);
  }
  // Messages of what is in the way.
  std::string obstacles(Triggers triggers, const std::string& user = "postgres") {
    db::Database database = connect_as(user);
    std::string all;
    const auto heaps = rotate::read_heaps(database, fields::purple_cross());
    for (const auto& obstacle : rotate::find_obstacles(heaps, triggers)) {
      all += obstacle.message + ". " + obstacle.hint + "; ";
    }
    return all;
  }
  std::string count(const std::string& what) { return ask("SELECT count(*) FROM " + what); }
};

TEST_F(RotateTrail, ResealsCopiesAndTellsOfEach) {
  install();
  const std::string before = count("pcx.ledger WHERE src = 'A'");
  ASSERT_EQ(ask(kUnfit), "0");
  EXPECT_TRUE(rotate_all().is_complete());
  EXPECT_EQ(clinic().read(), clinic().written());
  EXPECT_EQ(before, "501");
  EXPECT_EQ(count("pcx.ledger WHERE src = 'A'"), "1001");
  EXPECT_EQ(count("public.audit_logs WHERE changes::text ~ 'enc:v1:[^x]'"), "0");
  EXPECT_EQ(ask(kUnfit), "0");
  EXPECT_EQ(ask(kUntold), "0");
  EXPECT_EQ(count("pcx.audit_pass"), "0");
}

TEST_F(RotateTrail, WritesNoImagesOfRowsOfItsOwn) {
  install();
  const std::string before = count("pcx.change");
  rotate_all();
  EXPECT_EQ(count("pcx.change"), before);
  EXPECT_EQ(ask("SELECT count(DISTINCT id) FROM pcx.audit_meta AS m, "
                "jsonb_array_elements_text(m.details -> 'ids') AS id WHERE m.kind = 'reseal' AND "
                "m.details ->> 'relation' = 'public.medical_records'"),
            "500");
  // Whoever else changes such a column, in the next transaction, is written down.
  sql("UPDATE public.medical_records SET diagnosis = treatment WHERE treatment <> ''");
  EXPECT_EQ(count("pcx.change"), count("public.medical_records WHERE treatment <> ''"));
}

TEST_F(RotateTrail, NotesSayFromWhichKeyToWhich) {
  install();
  rotate_all();
  EXPECT_EQ(
      ask("SELECT DISTINCT (details - 'ids' - 'was' - 'becomes' - 'relation')::text FROM "
          "pcx.audit_meta WHERE kind = 'reseal'"),
      fmt::format(R"({{"to": {}, "from": [{}], "actor": "ann@host", "reason": "rotation 1"}})",
                  clinic().fresh, clinic().legacy));
}

TEST_F(RotateTrail, NobodyElseChangesACopy) {
  install();
  const Error error = error_of([&] { sql("UPDATE public.audit_logs SET changes = '{}'"); });
  EXPECT_EQ(error.sqlstate(), "23000");
  EXPECT_THAT(error.what(), HasSubstr("is part of the audit trail"));
  sql("ALTER TABLE public.audit_logs DISABLE TRIGGER pcx_audit_guard;"
      "UPDATE public.audit_logs SET changes = changes || '{\"diagnosis\": \"enc:v2:1:x\"}' WHERE "
      "id = "
      "'other'");
  EXPECT_EQ(ask(kUnfit), "1");
}

// Other rows than those that a note names keep their images, in the same transaction, too; and so
// do rows whose values become no encrypted ones.
TEST_F(RotateTrail, APassIsForItsRowsAndForEncryptedValues) {
  install(10);
  const std::string id = ask("SELECT min(id::text) FROM public.medical_records");
  const auto change = [&](const std::string& relation, const std::string& value,
                          const std::string& which) {
    sql("BEGIN; SELECT pcx.audit_resealed('" + relation + "', ARRAY['" + id +
        "'], '{1}', 2, 'ann', ''); UPDATE public.medical_records SET diagnosis = " + value +
        ", version = version + 1 WHERE id::text " + which + "; COMMIT");
    return count("pcx.change");
  };
  const std::string mine = " = '" + id + "'";
  EXPECT_EQ(change("public.medical_records", "'enc:v2:1:x'", mine), "0");
  EXPECT_EQ(change("public.medical_records", "'plain'", mine), "1");
  EXPECT_EQ(change("public.medical_records", "''", mine), "2");
  EXPECT_EQ(change("public.clients", "'enc:v2:1:y'", mine), "3");
  EXPECT_EQ(change("public.medical_records", "'enc:v2:1:z'", " <> '" + id + "'"), "12");
}

TEST_F(RotateTrail, APassForCopiesIsForItsRows) {
  install();
  const auto with_pass = [&](const std::string& pass, const std::string& then) {
    return error_of([&] {
             sql("BEGIN; INSERT INTO pcx.audit_pass VALUES (pg_current_xact_id(), " + pass + ");" +
                 then + "; COMMIT");
           })
        .sqlstate();
  };
  const std::string copy = "'copies', 'public.audit_logs', '[\"other\"]'";
  EXPECT_EQ(with_pass(copy, "UPDATE public.audit_logs SET changes = '{}'"), "23000");
  EXPECT_EQ(with_pass(copy, "DELETE FROM public.audit_logs WHERE id = 'other'"), "23000");
  EXPECT_EQ(with_pass(copy, "UPDATE pcx.ledger SET seq = seq + 1"), "23000");
  EXPECT_EQ(with_pass("'retain'", "UPDATE public.audit_logs SET changes = '{}'"), "23000");
  EXPECT_EQ(with_pass("'retain'", "DELETE FROM pcx.ledger"), "23000");
  EXPECT_EQ(with_pass("'epoch'", "DELETE FROM pcx.ledger"), "23000");
  EXPECT_EQ(with_pass("'anything'", "SELECT 1"), "23514");
}

// What they did with the row would be neither in the note nor in the leaf that was.
TEST_F(RotateTrail, ResealsNoCopiesBesideTriggersOfOthers) {
  install();
  sql("CREATE FUNCTION public.meddle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.action = "
      "''x''; RETURN NEW; END'; CREATE TRIGGER meddle BEFORE UPDATE ON public.audit_logs FOR EACH "
      "ROW EXECUTE FUNCTION public.meddle()");
  EXPECT_EQ(obstacles(Triggers::fire),
            "audit_logs is part of the audit trail, and has triggers of others: meddle. Use "
            "--triggers skip, or disable them for the time of the rotation.; ");
  EXPECT_EQ(obstacles(Triggers::skip), "");
  const std::string reseal =
      "SELECT count(*) FROM public.audit_logs AS a, pcx.audit_reseal(ARRAY[a.id], "
      "ARRAY[a.changes], ARRAY[a.changes], '{1}', 2, 'ann', '') AS r WHERE a.id <> 'other'";
  EXPECT_EQ(error_of([&] { sql(reseal); }).sqlstate(), "55000");
  Wish wish;
  wish.triggers = Triggers::skip;
  EXPECT_TRUE(rotate_all(wish).is_complete());
  EXPECT_EQ(ask(kUnfit), "0");
  EXPECT_EQ(ask(kUntold), "0");
}

// A pass for an audited table opens nothing else.
TEST_F(RotateTrail, NobodyChangesACopyInTheTransactionOfANote) {
  install();
  EXPECT_EQ(error_of([&] {
              sql("BEGIN; SELECT pcx.audit_resealed('public.x', '{1}', '{1}', 2, 'ann', '');"
                  "UPDATE public.audit_logs SET changes = '{}'; COMMIT");
            }).sqlstate(),
            "23000");
}

TEST_F(RotateTrail, NothingButEncryptedTextsIsLetThrough) {
  install();
  const auto reseal = [&](const std::string& becomes) {
    return "SELECT count(*) FROM public.audit_logs AS a, pcx.audit_reseal(ARRAY[a.id], "
           "ARRAY[a.changes], ARRAY[" +
           becomes + "]::jsonb[], '{1}', 2, 'ann', '') AS r WHERE a.id = 'other'";
  };
  for (const char* becomes :
       {R"('{"diagnosis": "plain"}')", R"('{"diagnosis": null}')", R"('{"enc:v1:x": "diagnosis"}')",
        R"('{"diagnosis": "enc:v2:1:x", "more": 1}')", R"('{"diagnosis": ["enc:v2:1:x"]}')",
        R"('{"diagnosis": "x \"enc:v2:1:x"}')", "'{}'", "NULL", "'\"enc:v2:1:x\"'"}) {
    EXPECT_EQ(error_of([&] { sql(reseal(becomes)); }).sqlstate(), "23000") << becomes;
  }
  EXPECT_EQ(ask(reseal(R"('{"diagnosis": "enc:v2:1:x"}')")), "1");
  EXPECT_EQ(ask(kUnfit), "0");
}

// Somebody changed it meanwhile, with the guard disabled: it is left, and nothing is told.
TEST_F(RotateTrail, LeavesACopyThatIsNotAsItWasRead) {
  install();
  EXPECT_EQ(
      ask(R"(SELECT count(*) FROM pcx.audit_reseal('{other}', ARRAY['{"a": "enc:v1:y"}']::jsonb[],
                     ARRAY['{"a": "enc:v1:z"}']::jsonb[], '{1}', 2, 'ann', ''))"),
      "0");
  EXPECT_EQ(count("pcx.audit_meta WHERE kind = 'reseal'"), "0");
  EXPECT_EQ(count("pcx.audit_pass"), "0");
}

TEST_F(RotateTrail, ItsTriggersAreNoObstacleAndAreNotSkipped) {
  install();
  for (const Triggers triggers : {Triggers::refuse, Triggers::fire, Triggers::skip}) {
    EXPECT_EQ(obstacles(triggers), "");
  }
  Wish wish;
  wish.triggers = Triggers::skip;
  EXPECT_TRUE(rotate_all(wish).is_complete());
  EXPECT_EQ(ask(kUnfit), "0");
  EXPECT_EQ(count("pcx.audit_pass"), "0");
}

TEST_F(RotateTrail, WantsTheRightToTellTheTrail) {
  install();
  sql("CREATE ROLE trail_rotator LOGIN; GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA public TO "
      "trail_rotator; REVOKE UPDATE ON public.audit_logs FROM pcx_owner");
  const std::string found = obstacles(Triggers::refuse, "trail_rotator");
  EXPECT_THAT(found, HasSubstr("medical_records is audited, and this role may not tell the trail. "
                               "GRANT \"pcx_owner\" TO it"));
  EXPECT_THAT(found,
              HasSubstr("GRANT SELECT, UPDATE ON \"public\".\"audit_logs\" TO \"pcx_owner\";"));
  sql("GRANT pcx_owner TO trail_rotator; GRANT UPDATE ON public.audit_logs TO pcx_owner");
  EXPECT_EQ(obstacles(Triggers::refuse, "trail_rotator"), "");
}

TEST_F(RotateTrail, WantsDigestsOfFieldsInTheTrail) {
  install();
  sql("DROP TRIGGER pcx_audit_row ON public.medical_records; CREATE TRIGGER pcx_audit_row AFTER "
      "UPDATE "
      "ON public.medical_records FOR EACH ROW EXECUTE FUNCTION pcx.audit_capture_or_count('{id}', "
      "'{notes}', '{\"chiefComplaint\",diagnosis}', '{treatment}')");
  EXPECT_EQ(
      obstacles(Triggers::refuse),
      "the audit trail keeps values of medical_records.treatment. Run pcx audit install again, so "
      "that it keeps digests of registered fields.; ");
}

TEST_F(RotateTrail, ResealsNoOtherColumnOfTheTrail) {
  install();
  auto fields = fields::purple_cross();
  for (auto& field : fields) {
    if (field.column == "changes" && field.member == "notes") field.column = "metadata";
  }
  db::Database database = connect();
  const auto found = rotate::find_obstacles(rotate::read_heaps(database, fields), Triggers::refuse);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().message, "audit_logs.metadata is part of the audit trail");
}

// Keys of several columns are written as the trail writes them.
TEST_F(RotateTrail, TellsOfRowsByAllColumnsOfTheirKey) {
  clinic(1);
  sql("CREATE TABLE public.n (a int, b text, v text, PRIMARY KEY (b, a)); INSERT INTO public.n "
      "VALUES "
      "(1, 'x', '" +
      Clinic::seal("hello") +
      "'); CREATE TRIGGER pcx_audit_row AFTER UPDATE ON public.n FOR EACH ROW EXECUTE FUNCTION "
      "pcx.audit_capture('{b,a}', '{}', '{v}', '{}')");
  Wish wish;
  wish.fields = {{.schema = "public",
                  .table = "n",
                  .column = "v",
                  .name = {"n", "v"},
                  .bind = fields::Bind::column,
                  .copy = {}}};
  EXPECT_TRUE(rotate_all(wish).is_complete());
  EXPECT_EQ(ask("SELECT details ->> 'ids' FROM pcx.audit_meta WHERE kind = 'reseal'"),
            R"(["[\"x\", 1]"])");
  EXPECT_EQ(count("pcx.change"), "0");
}

// The key is in nobody's hands any more when it is destroyed: what the trail keeps must not need
// it.
TEST_F(RotateTrail, KeepsDigestsThatNoKeyOpens) {
  install();
  sql("UPDATE public.medical_records SET version = 2, diagnosis = notes WHERE notes <> ''");
  EXPECT_NE(count("pcx.change"), "0");
  EXPECT_EQ(count("pcx.change AS c WHERE c::text LIKE '%enc:%'"), "0");
  EXPECT_NE(count("pcx.change AS c WHERE c.after ->> 'diagnosis' LIKE 'hmac:v1:%'"), "0");
}

}  // namespace
}  // namespace pcx::testing
