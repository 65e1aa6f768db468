#include "rotate/rotator.h"

#include <gmock/gmock.h>

#include "rotate/fence.h"
#include "tests/rotate/rotation_fixture.h"
#include "tests/support/errors.h"

namespace pcx::testing {
namespace {

using rotate::Plaintext;

class Rotator : public RotationFixture {};

TEST_F(Rotator, ResealsEveryValueAndChangesNoPlaintext) {
  const auto before = clinic().read();
  EXPECT_EQ(before, clinic().written());
  const auto report = rotate_all();
  EXPECT_TRUE(report.is_complete());
  EXPECT_EQ(report.progress.misses, 0);
  EXPECT_EQ(clinic().read(), before);
  EXPECT_EQ(ask("SELECT count(*) FROM public.medical_records WHERE diagnosis ^@ 'enc:v2:" +
                std::to_string(clinic().fresh) + ":'"),
            "500");
}

TEST_F(Rotator, ReadsAndWritesInTurnWhereARateIsKept) {
  clinic();
  Wish wish;
  wish.limits.rows_per_second = 100'000;
  EXPECT_TRUE(rotate_all(wish).is_complete());
  EXPECT_EQ(clinic().read(), clinic().written());
}

TEST_F(Rotator, LeavesNullAndEmptyTextAsTheyAre) {
  clinic();
  const std::string counts =
      "SELECT count(*) FILTER (WHERE notes IS NULL) || ' ' || "
      "count(*) FILTER (WHERE treatment = '') FROM public.medical_records";
  const std::string before = ask(counts);
  rotate_all();
  EXPECT_EQ(ask(counts), before);
}

TEST_F(Rotator, ResealsCopiesForTheRowThatTheyAreOf) {
  clinic();
  rotate_all();
  EXPECT_EQ(
      ask("SELECT count(*) FROM public.audit_logs WHERE changes ->> 'diagnosis' ^@ 'enc:v2:'"),
      "500");
  const Clinic::Keys keys{clinic().open_keyring()};
  fields::Reader reader{Clinic::name("diagnosis"), keys.keys()};
  db::Database database = connect();
  for (const db::Row row :
       database.query(db::Statement{"test.copies",
                                    "SELECT \"resourceId\", changes ->> 'diagnosis' FROM "
                                    "public.audit_logs WHERE resource = 'MedicalRecord'"})) {
    const auto reading = reader.read(row[0].as<std::string>(), row[1].as<std::string>());
    EXPECT_EQ(reading.plaintext.reveal_text(), *clinic().written().at(row[0].as<std::string>())[1]);
  }
}

TEST_F(Rotator, LeavesTheRestOfAnAuditedObjectAlone) {
  clinic();
  const std::string rest =
      "SELECT md5(string_agg((changes - 'diagnosis' - 'treatment' - "
      "'notes')::text, ',' ORDER BY id)) FROM public.audit_logs";
  const std::string other = "SELECT changes::text FROM public.audit_logs WHERE id = 'other'";
  const std::string before = ask(rest);
  rotate_all();
  EXPECT_EQ(ask(rest), before);
  EXPECT_EQ(ask(other), R"({"diagnosis": "enc:v1:x"})");
}

TEST_F(Rotator, FencesEachFieldWithAValidConstraint) {
  clinic();
  const auto report = rotate_all();
  for (const auto& field : report.fields) {
    EXPECT_TRUE(field.is_fenced) << field.field << ": " << field.why_no_fence;
  }
  EXPECT_EQ(ask("SELECT count(*) FROM pg_constraint WHERE conname ^@ 'pcx_sealed_' AND "
                "convalidated"),
            "8");
  const std::string refused =
      error_of([&] { sql("UPDATE public.medical_records SET diagnosis = 'plain'"); }).sqlstate();
  EXPECT_EQ(refused, "23514");
}

TEST_F(Rotator, FindsNothingToDoTheSecondTime) {
  clinic();
  rotate_all();
  const auto again = rotate_all();
  EXPECT_EQ(again.progress.rows_written, 0);
  EXPECT_EQ(again.sweeps, 0);
}

TEST_F(Rotator, RotatesFromOneKeyToTheNext) {
  clinic();
  rotate_all();
  db::Database database = connect();
  const rotate::FenceTools tools{database, clock, interrupt};
  const keyring::KeyId next = clinic().fresh + 1;
  EXPECT_THAT(rotate::admit_key(tools, fields::purple_cross(), next),
              ::testing::ElementsAre("audit_logs", "medical_records"));
  Wish wish;
  wish.target = clinic().activate_another();
  ASSERT_EQ(*wish.target, next);
  EXPECT_TRUE(rotate_all(wish).is_complete());
  EXPECT_EQ(clinic().read(), clinic().written());
  EXPECT_EQ(ask("SELECT string_agg(conname, ',' ORDER BY conname) FROM pg_constraint WHERE conname "
                "^@ 'pcx_sealed_' AND conrelid = 'public.medical_records'::regclass"),
            fmt::format("pcx_sealed_chiefComplaint_k{0},pcx_sealed_diagnosis_k{0},"
                        "pcx_sealed_notes_k{0},pcx_sealed_treatment_k{0}",
                        next));
}

TEST_F(Rotator, SharesTheWorkAmongWorkers) {
  clinic(3'000);
  Wish wish;
  wish.workers = 3;
  const auto report = rotate_all(wish);
  EXPECT_TRUE(report.is_complete());
  EXPECT_EQ(clinic().read(), clinic().written());
}

TEST_F(Rotator, GoesOnAfterAStop) {
  clinic(12'000);
  Wish wish;
  wish.on_window = [&] { interrupt.request(Interrupt::Signal::interrupt); };
  EXPECT_EQ(error_of([&] { rotate_all(wish); }).code(), ErrorCode::interrupted);
  EXPECT_EQ(clinic().read(), clinic().written());
  EXPECT_EQ(ask("SELECT count(*) FROM pcx.rotation WHERE finished_at IS NULL"), "1");
}

struct Damage {
  const char* what;
  const char* sql;  // of one record, `diagnosis`
  const char* kind;
};

void PrintTo(const Damage& damage, std::ostream* out) { *out << damage.what; }

class Damaged : public RotationFixture, public ::testing::WithParamInterface<Damage> {};

TEST_P(Damaged, IsQuarantinedUntouchedWhileAllOthersAreRotated) {
  clinic();
  const std::string id = ask("SELECT min(id) FROM public.medical_records");
  sql("UPDATE public.medical_records SET diagnosis = " + std::string{GetParam().sql} +
      " WHERE id = '" + id + "'");
  const std::string value = "SELECT diagnosis FROM public.medical_records WHERE id = '" + id + "'";
  const std::string before = ask(value);
  const auto report = rotate_all();
  EXPECT_FALSE(report.is_complete());
  EXPECT_EQ(ask(value), before);
  EXPECT_EQ(ask("SELECT string_agg(concat_ws(' ', table_name, column_name, row_key, kind), ',') "
                "FROM pcx.quarantine"),
            "medical_records diagnosis {" + id + "} " + GetParam().kind);
  EXPECT_EQ(ask("SELECT count(*) FROM public.medical_records WHERE NOT diagnosis ^@ 'enc:v2:" +
                std::to_string(clinic().fresh) + ":'"),
            "1");
  EXPECT_EQ(ask("SELECT count(*) FROM public.medical_records WHERE id = '" + id +
                "' AND \"chiefComplaint\" ^@ 'enc:v2:'"),
            "1");  // the row's other cells are no worse for it
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, Damaged,
    ::testing::Values(
        Damage{"plaintext", "'Rex limps'", "plaintext"},
        Damage{"truncated", "left(diagnosis, 60)", "malformed"},
        Damage{"short_tag", "regexp_replace(diagnosis, '^(enc:v1:[^:]*:)[^:]*', '\\1AAAAAA==')",
               "malformed"},
        Damage{"loose_base64", "replace(diagnosis, '=', '')", "malformed"},
        Damage{"unknown_version", "'enc:v3:abc'", "malformed"},
        Damage{"damaged",
               "overlay(diagnosis PLACING CASE WHEN substr(diagnosis, 52, 1) = 'A' THEN 'B' ELSE "
               "'A' END FROM 52)",
               "not_authentic"},
        Damage{"unknown_key", "'enc:v2:999:AAECAwQFBgcICQoLB1Btgg5gx8UY80yDIsLxePOlZAUrQek'",
               "unknown_key"}),
    [](const auto& damage) { return std::string{damage.param.what}; });

TEST_F(Rotator, QuarantinesWhatWasEncryptedTwice) {
  clinic();
  const std::string twice = Clinic::seal(Clinic::seal("Rex"));
  sql("UPDATE public.medical_records SET diagnosis = '" + twice +
      "' WHERE id = (SELECT min(id) FROM public.medical_records)");
  rotate_all();
  EXPECT_EQ(ask("SELECT kind FROM pcx.quarantine"), "double_encrypted");
}

// Sealed it would be hidden: neither a search nor the fence would see the old value any more.
TEST_F(Rotator, SealsNoPlaintextThatHasCiphertextInside) {
  clinic(10);
  sql(R"(UPDATE public.medical_records SET diagnosis = ' ' || diagnosis,
           notes = CASE WHEN treatment <> '' THEN 'see ' || treatment END, treatment = 'plain';
         UPDATE public.audit_logs SET changes = jsonb_build_object(
             'diagnosis', jsonb_build_object('set', changes -> 'diagnosis'))
          WHERE resource = 'MedicalRecord')");
  const std::string values =
      "SELECT md5(string_agg(diagnosis || coalesce(notes, ''), ',' ORDER BY id)) || "
      "(SELECT md5(string_agg(changes::text, ',' ORDER BY id)) FROM public.audit_logs) "
      "FROM public.medical_records";
  const std::string before = ask(values);
  Wish wish;
  wish.plaintext = Plaintext::seal;
  EXPECT_FALSE(rotate_all(wish).is_complete());
  EXPECT_EQ(ask("SELECT count(*) FROM public.medical_records WHERE treatment ^@ 'enc:v2:'"), "10");
  EXPECT_EQ(ask("SELECT string_agg(found, ' ' ORDER BY found) FROM (SELECT concat_ws(':', "
                "column_name, member, kind, count(*)) AS found FROM pcx.quarantine "
                "GROUP BY column_name, member, kind) AS q"),
            "changes:diagnosis:double_encrypted:10 diagnosis::double_encrypted:10 "
            "notes::double_encrypted:8");
  EXPECT_EQ(ask(values), before);
}

// No prefix says which key a value of enc:v1 is under, so a count would find nothing left.
TEST_F(Rotator, SaysWhatIsLeftOfflineInEachProcessThatSharesIt) {
  clinic(20);
  sql("UPDATE public.medical_records SET diagnosis = 'enc:v1:AAAA', notes = 'plain' WHERE id = "
      "(SELECT min(id) FROM public.medical_records)");
  Wish wish;
  wish.mode = rotate::Mode::offline;
  wish.target = clinic().import_pending("another secret of the application");
  std::optional<rotate::Rotation> shared;
  wish.on_window = [&] {
    db::Database database = connect();
    shared = rotate::find_rotation(database);
  };
  const auto left_of = [](const rotate::RotationReport& report) {
    std::string left;
    for (const auto& field : report.fields) {
      if (field.left > 0) left += fmt::format("{}: {} ", field.field, field.left);
    }
    return left;
  };
  const auto first = rotate_all(wish);
  EXPECT_FALSE(first.is_finished_elsewhere);
  EXPECT_FALSE(first.is_complete());
  EXPECT_EQ(first.unopened, 2);
  EXPECT_EQ(left_of(first), "medical_records.diagnosis: 1 medical_records.notes: 1 ");

  ASSERT_TRUE(shared);
  wish.joined = shared;
  const auto second = rotate_all(wish);
  EXPECT_TRUE(second.is_finished_elsewhere);
  EXPECT_FALSE(second.is_complete());
  EXPECT_EQ(second.unopened, 2);
  EXPECT_EQ(left_of(second), left_of(first));
  sql("DELETE FROM pcx.quarantine");  // by now somebody may have looked at it
  EXPECT_FALSE(rotate_all(wish).is_complete());

  sql("UPDATE public.medical_records SET diagnosis = '', notes = NULL WHERE notes = 'plain'");
  wish.joined.reset();
  EXPECT_TRUE(rotate_all(wish).is_complete());
  wish.joined = shared;
  const auto third = rotate_all(wish);
  EXPECT_TRUE(third.is_finished_elsewhere);
  EXPECT_TRUE(third.is_complete());
}

TEST_F(Rotator, EntersARowThatWasReadTwiceOnceAndAsItWasLast) {
  clinic(1);
  db::Database database = connect();
  const rotate::Target target = clinic().heaps().front().target;
  const rotate::Finding first{.key = {"a-1"}, .kind = fields::Kind::plaintext};
  const rotate::Finding last{.key = {"a-1"}, .kind = fields::Kind::not_authentic};
  rotate::quarantine(database, target, {first, {.key = {"a-2"}}, last});
  EXPECT_EQ(ask("SELECT string_agg(row_key::text || kind, ' ' ORDER BY row_key) FROM "
                "pcx.quarantine"),
            "{a-1}not_authentic {a-2}malformed");
}

TEST_F(Rotator, ForgetsAFindingThatWasMended) {
  clinic();
  sql("UPDATE public.medical_records SET diagnosis = 'plain' WHERE version = 1 AND id = (SELECT "
      "min(id) FROM public.medical_records)");
  EXPECT_FALSE(rotate_all().is_complete());
  EXPECT_EQ(ask("SELECT count(*) FROM pcx.quarantine"), "1");
  Wish wish;
  wish.plaintext = Plaintext::seal;
  EXPECT_TRUE(rotate_all(wish).is_complete());
  EXPECT_EQ(ask("SELECT count(*) FROM pcx.quarantine"), "0");
}

TEST_F(Rotator, ForgetsFindingsOfPlacesThatAreNoFieldsAnyMore) {
  clinic(1);
  sql("CREATE TABLE public.parts (id int PRIMARY KEY, v text, w text) PARTITION BY RANGE (id);"
      "CREATE TABLE public.part PARTITION OF public.parts FOR VALUES FROM (1) TO (9);"
      "INSERT INTO pcx.quarantine SELECT schema, name, col, member, '{1}', 'double_encrypted' FROM "
      "(VALUES ('public', 'medical_records', 'notes', ''), ('public', 'part', 'v', ''),"
      " ('public', 'audit_logs', 'changes', 'notes'),"
      " ('public', 'audit_logs', 'changes', 'none'), ('public', 'medical_records', 'renamed', ''),"
      " ('public', 'medical_records', 'version', ''), ('public', 'dropped', 'v', ''),"
      " ('other', 'part', 'v', ''), ('public', 'parts', 'w', ''))"
      " AS q(schema, name, col, member)");
  auto fields = fields::purple_cross();
  fields.push_back({.schema = "public", .table = "parts", .column = "v", .name = {"parts", "v"}});
  fields.push_back({.schema = "public",
                    .table = "medical_records",
                    .column = "renamed",
                    .name = {"medical_records", "renamed"}});
  db::Database database = connect();
  const auto heaps = rotate::read_heaps(database, fields).heaps;
  db::Transaction tx = database.begin();
  EXPECT_EQ(rotate::forget_elsewhere(tx, heaps), 6);
  tx.commit();
  EXPECT_EQ(ask("SELECT string_agg(table_name || '.' || column_name || '.' || member, ' ' ORDER BY "
                "table_name) FROM pcx.quarantine"),
            "audit_logs.changes.notes medical_records.notes. part.v.");
}

TEST_F(Rotator, FencesNoFieldThatHasValuesLeft) {
  clinic();
  sql("UPDATE public.medical_records SET diagnosis = 'plain' WHERE id = (SELECT min(id) FROM "
      "public.medical_records)");
  rotate_all();
  EXPECT_EQ(ask("SELECT string_agg(conname, ',' ORDER BY conname) FROM pg_constraint WHERE conname "
                "^@ 'pcx_sealed_' AND conrelid = 'public.medical_records'::regclass"),
            fmt::format("pcx_sealed_chiefComplaint_k{0},pcx_sealed_notes_k{0},"
                        "pcx_sealed_treatment_k{0}",
                        clinic().fresh));
}

TEST_F(Rotator, TakesAFenceAwayThatWasNeverProved) {
  clinic();
  rotate_all();
  const std::string id = ask("SELECT min(id) FROM public.medical_records");
  const std::string fence = fmt::format("pcx_sealed_diagnosis_k{}", clinic().fresh);
  // As it is after a kill in between, with a value that was written just before and does not open.
  sql(
      fmt::format("ALTER TABLE public.medical_records DROP CONSTRAINT {0}; UPDATE "
                  "public.medical_records SET diagnosis = 'plain' WHERE id = '{1}'; ALTER TABLE "
                  "public.medical_records ADD CONSTRAINT {0} CHECK (diagnosis ^@ 'enc:v2:{2}:') "
                  "NOT VALID",
                  fence, id, clinic().fresh));
  const std::string touch = "UPDATE public.medical_records SET version = 2 WHERE id = '" + id + "'";
  EXPECT_EQ(error_of([&] { sql(touch); }).sqlstate(), "23514");
  EXPECT_FALSE(rotate_all().is_complete());
  sql(touch);
}

// The name that its values are bound to stays.
TEST_F(Rotator, KnowsTheFenceOfAColumnThatWasRenamed) {
  clinic(20);
  rotate_all();
  sql("ALTER TABLE public.medical_records RENAME COLUMN diagnosis TO finding");
  Wish wish;
  wish.fields = fields::purple_cross();
  (*wish.fields)[1].column = "finding";
  wish.target = clinic().activate_another();
  db::Database database = connect();
  rotate::admit_key({database, clock, interrupt}, *wish.fields, *wish.target);
  EXPECT_TRUE(rotate_all(wish).is_complete());
  EXPECT_EQ(ask("SELECT count(*) FROM pcx.quarantine"), "0");
  EXPECT_EQ(ask("SELECT string_agg(conname, ',') FROM pg_constraint WHERE conname ~ "
                "'^pcx_sealed_(diagnosis|finding)'"),
            fmt::format("pcx_sealed_finding_k{}", *wish.target));
  sql("ALTER TABLE public.medical_records RENAME COLUMN finding TO diagnosis");
  EXPECT_EQ(clinic().read(), clinic().written());
}

TEST_F(Rotator, LosesNoWriteOfTheApplication) {
  clinic(2'000);
  // Between two windows somebody changes rows that were read already, and rows that were not.
  Wish wish;
  int changes = 0;
  wish.on_window = [&] {
    if (changes == 12) return;  // from then on it seals with the new key
    sql("UPDATE public.medical_records SET diagnosis = '" +
        Clinic::seal("changed " + std::to_string(++changes)) +
        "', version = version + 1 WHERE id IN (SELECT id FROM public.medical_records ORDER BY "
        "random() LIMIT 20)");
  };
  rotate_all(wish);
  const auto now = clinic().read();
  EXPECT_EQ(ask("SELECT count(*) FROM public.medical_records WHERE version > 1"),
            std::to_string(std::count_if(now.begin(), now.end(), [](const auto& record) {
              return record.second[1]->starts_with("changed ");
            })));
}

}  // namespace
}  // namespace pcx::testing
