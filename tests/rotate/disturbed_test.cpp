// Rotations that others disturb: with locks, constraints, other keys and changes of the tables.
#include <atomic>
#include <thread>

#include <gmock/gmock.h>

#include "rotate/fence.h"
#include "tests/rotate/rotation_fixture.h"
#include "tests/support/errors.h"

namespace pcx::testing {
namespace {

class Disturbed : public RotationFixture {
 protected:
  // For as long as the transaction lives.
  static db::Transaction lock_three_rows(db::Database& holder) {
    db::Transaction tx = holder.begin();
    tx.query(db::Statement{"test.lock",
                           "SELECT 1 FROM public.medical_records ORDER BY id LIMIT 3 FOR UPDATE"});
    return tx;
  }
};

TEST_F(Disturbed, StopsAndFencesNothingWhenAnotherKeyIsActivated) {
  clinic();
  const keyring::KeyId next = clinic().fresh + 1;
  Wish wish;
  wish.on_window = [&] {
    db::Database database = connect();
    db::Transaction tx = database.begin();
    rotate::supersede_rotation(tx, next);
    tx.commit();
  };
  EXPECT_EQ(error_of([&] { rotate_all(wish); }).reason(), "superseded");
  EXPECT_EQ(ask("SELECT string_agg(outcome, ' ') FROM pcx.rotation"), "superseded");
  EXPECT_EQ(ask("SELECT count(*) FROM pg_constraint WHERE conname ^@ 'pcx_sealed_'"), "0");
  Wish again;
  again.target = clinic().activate_another();
  ASSERT_EQ(*again.target, next);
  EXPECT_TRUE(rotate_all(again).is_complete());
  EXPECT_EQ(clinic().read(), clinic().written());
}

TEST_F(Disturbed, PutsUpNoFenceOnceItWasEnded) {
  clinic();
  db::Database database = connect();
  db::Transaction begin = database.begin();
  const rotate::Rotation rotation =
      rotate::insert_rotation(begin, {.target_key = clinic().fresh}, {});
  rotate::supersede_rotation(begin, clinic().fresh + 1);
  begin.commit();
  const rotate::FenceTools tools{database, clock, interrupt,
                                 [&](db::Transaction& tx) { rotate::hold_rotation(tx, rotation); }};
  const auto cells = clinic().heaps().back().target.cells;
  const Error error =
      error_of([&] { rotate::replace_fences(tools, cells, {rotation.target_key}); });
  EXPECT_EQ(error.reason(), "superseded");
  EXPECT_EQ(ask("SELECT count(*) FROM pg_constraint WHERE conname ^@ 'pcx_sealed_'"), "0");
}

TEST_F(Disturbed, IsNotBegunToAKeyThatIsNotActiveAnyMore) {
  const keyring::KeyId before = clinic(1).fresh;
  clinic().activate_another();
  db::Database database = connect();
  db::Transaction tx = database.begin();
  const Error error = error_of([&] { rotate::insert_rotation(tx, {.target_key = before}, {}); });
  EXPECT_EQ(error.reason(), "superseded");
}

TEST_F(Disturbed, GoesOnToTheSameKeyWhenThatIsActivated) {
  clinic();
  db::Database database = connect();
  db::Transaction tx = database.begin();
  rotate::insert_rotation(tx, {.target_key = clinic().fresh}, {});
  EXPECT_FALSE(rotate::supersede_rotation(tx, clinic().fresh));
}

TEST_F(Disturbed, SweepsWhatIsWrittenBetweenTheLastLookAndTheFence) {
  clinic();
  Wish wish;
  bool is_written = false;
  wish.on_phase = [&](const std::string& phase) {
    if (is_written || phase != "fencing medical_records") return;
    is_written = true;
    sql("UPDATE public.medical_records SET notes = '" + Clinic::seal("late") + "'");
  };
  const auto report = rotate_all(wish);
  EXPECT_TRUE(is_written);
  EXPECT_EQ(report.swept_rows, 500);
  for (const auto& field : report.fields) EXPECT_TRUE(field.is_fenced) << field.field;
  EXPECT_EQ(ask("SELECT count(*) FROM public.medical_records WHERE notes ^@ 'enc:v2:'"), "500");
}

TEST_F(Disturbed, GivesUpWhenSomebodyAlwaysWritesBeforeTheFence) {
  clinic(10);
  Wish wish;
  wish.on_phase = [&](const std::string& phase) {
    if (phase != "fencing medical_records") return;
    sql("UPDATE public.medical_records SET notes = '" + Clinic::seal("late") + "'");
  };
  EXPECT_EQ(error_of([&] { rotate_all(wish); }).reason(), "still_written");
}

TEST_F(Disturbed, LeavesOutATableThatWasDroppedMeanwhile) {
  clinic();
  db::Database database = connect();
  db::Transaction tx = database.begin();
  rotate::insert_rotation(tx, {.target_key = clinic().fresh}, clinic().heaps());
  tx.commit();
  sql("DROP TABLE public.audit_logs");
  Wish rest;
  rest.fields = fields::purple_cross();
  rest.fields->resize(4);  // of the records
  EXPECT_TRUE(rotate_all(rest).is_complete());
  EXPECT_EQ(clinic().read(), clinic().written());
}

TEST_F(Disturbed, SaysWhenATableWasRenamedMeanwhile) {
  clinic();
  Wish wish;
  int windows = 0;  // of the records, then of the trail
  wish.on_window = [&] {
    if (++windows == 2) sql("ALTER TABLE public.medical_records RENAME TO records");
  };
  const Error error = error_of([&] { rotate_all(wish); });
  EXPECT_EQ(error.reason(), "obstacle");
  EXPECT_THAT(error.what(), ::testing::HasSubstr("the table of medical_records."));
}

TEST_F(Disturbed, LeavesALockedRowToALaterPass) {
  clinic();
  db::Database holder = connect();
  std::optional<db::Transaction> tx{lock_three_rows(holder)};
  Wish wish;
  wish.on_window = [&] { tx.reset(); };
  EXPECT_TRUE(rotate_all(wish).is_complete());
  EXPECT_EQ(clinic().read(), clinic().written());
}

// A window is read, and waits for its turn; meanwhile somebody corrects what a copy is of. Its text
// is the same: only the row that it is sealed for is another one.
TEST_F(Disturbed, SealsACopyForTheRowThatItIsOfWhenItIsWritten) {
  clinic(1);
  sql("INSERT INTO public.audit_logs VALUES ('late', 'MedicalRecord', 'wrong', "
      "jsonb_build_object('diagnosis', '" +
      Clinic::seal("Rex") + "'))");
  const auto heaps = clinic().heaps();
  ASSERT_EQ(heaps.front().target.table, "audit_logs");
  const rotate::Target& target = heaps.front().target;
  const Clinic::Keys keys{clinic().open_keyring()};
  const auto reseal_keys = keys.to(clinic().fresh);
  rotate::RowResealer resealer{target, reseal_keys, rotate::Plaintext::leave, random};
  db::Database reading = connect();
  db::Database writing = connect();
  rotate::WindowReader reader{reading, target, resealer};
  rotate::WindowWriter writer{writing, target, resealer, 99};
  rotate::Work work = reader.read({0, heaps.front().blocks});
  sql("UPDATE public.audit_logs SET \"resourceId\" = 'right' WHERE id = 'late'");
  const auto written = writer.write(std::move(work), [](std::int64_t) {});
  EXPECT_EQ(written.misses, 1);
  fields::Reader open{Clinic::name("diagnosis"), keys.keys()};
  const auto reading_of_it = open.read(
      "right", ask("SELECT changes ->> 'diagnosis' FROM public.audit_logs WHERE id = 'late'"));
  EXPECT_EQ(reading_of_it.kind, fields::Kind::authentic);
  EXPECT_EQ(reading_of_it.key, clinic().fresh);
}

// As ALTER TABLE takes it. A session that waits for a lock makes all later ones wait behind it: a
// worker that held the table then would wait for itself.
TEST_F(Disturbed, LetsWhoeverWaitsForTheTableHaveIt) {
  clinic(12'000);
  std::atomic<int> locks = 0;
  std::jthread locker{[&](const std::stop_token& stop) {
    db::Database database{db::parse_target(url()), {.lock_timeout = std::chrono::seconds{20}}};
    const db::Statement is_held{
        "test.held",
        "SELECT 1 FROM pg_locks WHERE granted AND mode = 'ShareUpdateExclusiveLock' AND relation = "
        "'public.medical_records'::regclass"};
    while (!stop.stop_requested()) {
      if (database.query(is_held).empty()) continue;
      EXPECT_NO_THROW({
        db::Transaction tx = database.begin();
        tx.query(db::Statement{"test.lock", "LOCK TABLE public.medical_records"});
        ++locks;
      });
    }
  }};
  const auto report = rotate_all();
  locker = {};
  EXPECT_TRUE(report.is_complete());
  EXPECT_GT(locks, 0);
  EXPECT_EQ(clinic().read(), clinic().written());
}

TEST_F(Disturbed, WaitsForARowThatStaysLocked) {
  clinic();
  db::Database holder = connect();
  std::optional<db::Transaction> tx{lock_three_rows(holder)};
  Wish wish;
  std::vector<std::string> reasons;
  wish.on_wait = [&](const std::string& reason) {
    if (!reason.empty()) reasons.push_back(reason);
    if (reason == "3 rows locked by other sessions") tx.reset();
  };
  const auto report = rotate_all(wish);
  EXPECT_TRUE(report.is_complete());
  EXPECT_EQ(report.swept_rows, 3);
  EXPECT_THAT(reasons, ::testing::ElementsAre("3 rows locked by other sessions"));
  EXPECT_EQ(clinic().read(), clinic().written());
}

TEST_F(Disturbed, IsSlowerThanASessionMayBeIdle) {
  clinic();
  sql("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET idle_in_transaction_session_timeout = "
      "100', current_database()); END $$");
  Wish wish;
  wish.limits.rows_per_second = 1'000;
  EXPECT_TRUE(rotate_all(wish).is_complete());
}

// pcx's own statements find what they mean nevertheless.
TEST_F(Disturbed, TriggersFindWhatTheApplicationHasInItsSchemaAndInPublic) {
  clinic();
  sql(R"(
      CREATE SCHEMA clinic;
      ALTER TABLE public.medical_records SET SCHEMA clinic;
      ALTER TABLE clinic.medical_records ALTER id TYPE varchar(60);
      CREATE TABLE clinic.touched (id text);
      CREATE FUNCTION public.told(text) RETURNS text LANGUAGE sql AS 'SELECT $1';
      CREATE FUNCTION clinic.touch() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN INSERT INTO touched VALUES (told(NEW.id)); RETURN NULL; END';
      CREATE TRIGGER touch AFTER UPDATE ON clinic.medical_records FOR EACH ROW
        EXECUTE FUNCTION clinic.touch();
      CREATE FUNCTION public.never(varchar, varchar) RETURNS bool LANGUAGE sql AS 'SELECT false';
      CREATE OPERATOR public.= (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = public.never);)");
  Wish wish;
  wish.triggers = rotate::Triggers::fire;
  wish.fields = fields::purple_cross();
  wish.fields->resize(4);  // of the records
  for (auto& field : *wish.fields) field.schema = "clinic";
  EXPECT_TRUE(rotate_all(wish).is_complete());
  EXPECT_EQ(ask("SELECT count(DISTINCT id) FROM clinic.touched"), "500");
}

TEST_F(Disturbed, RestsWhileItsWritesAreSlowAndSaysSoOnce) {
  clinic(3'000);
  sql("CREATE FUNCTION public.crawl() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM "
      "pg_sleep(0.15); RETURN NULL; END$$; CREATE TRIGGER crawl BEFORE UPDATE ON "
      "public.medical_records FOR EACH STATEMENT EXECUTE FUNCTION public.crawl()");
  Wish wish;
  wish.triggers = rotate::Triggers::fire;
  wish.limits.latency = std::chrono::milliseconds{100};
  std::vector<std::string> reasons;
  wish.on_wait = [&](const std::string& reason) {
    reasons.push_back(reason);
    if (reasons.size() == 1) sql("DROP TRIGGER crawl ON public.medical_records");
  };
  EXPECT_TRUE(rotate_all(wish).is_complete());
  EXPECT_THAT(reasons,
              ::testing::ElementsAre("its own writes take longer than the limit of 100 ms", ""));
  EXPECT_EQ(clinic().read(), clinic().written());
}

TEST_F(Disturbed, SaysThatARuleKeepsRowsAsTheyAre) {
  clinic(10);
  sql("CREATE RULE keep AS ON UPDATE TO public.medical_records DO INSTEAD NOTHING");
  EXPECT_EQ(error_of([&] { rotate_all(); }).reason(), "kept_back");
}

struct Refusal {
  const char* what;
  const char* sql;
  const char* found;  // column and SQLSTATE
};

void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.what; }

class Refused : public RotationFixture, public ::testing::WithParamInterface<Refusal> {};

TEST_P(Refused, IsQuarantinedWhileAllOthersAreRotated) {
  clinic();
  const std::string id = ask("SELECT min(id) FROM public.medical_records");
  sql("UPDATE public.medical_records SET treatment = '" + Clinic::seal("rest") +
      "', notes = NULL WHERE id = '" + id + "'");
  sql(fmt::format(fmt::runtime(GetParam().sql), id));
  Wish wish;
  wish.triggers = rotate::Triggers::fire;
  const std::string value = "SELECT diagnosis FROM public.medical_records WHERE id = '" + id + "'";
  const std::string before = ask(value);
  const auto report = rotate_all(wish);
  EXPECT_FALSE(report.is_complete());
  EXPECT_EQ(ask(value), before);
  EXPECT_EQ(ask("SELECT string_agg(concat_ws(' ', column_name, row_key, kind, refusal), ', ') FROM "
                "pcx.quarantine"),
            fmt::format("diagnosis {{{}}} refused {}", id, GetParam().found));
  EXPECT_EQ(ask("SELECT count(*) FROM public.medical_records WHERE NOT diagnosis ^@ 'enc:v2:'"),
            "1");
  EXPECT_EQ(ask("SELECT count(*) FROM public.medical_records WHERE \"chiefComplaint\" ^@ 'enc:v2:' "
                "AND (treatment = '' OR treatment ^@ 'enc:v2:')"),
            "500");  // the row's other cells are no worse for it
}

INSTANTIATE_TEST_SUITE_P(
    By, Refused,
    ::testing::Values(
        Refusal{"check",
                "ALTER TABLE public.medical_records ADD CHECK (id <> '{}' "
                "OR NOT diagnosis ^@ 'enc:v2')",
                "23514"},
        Refusal{"trigger",
                "CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.id "
                "= '{}' AND NEW.diagnosis <> OLD.diagnosis THEN RAISE 'no'; END IF; RETURN NEW; "
                "END$$; CREATE TRIGGER t BEFORE UPDATE ON public.medical_records FOR EACH ROW "
                "EXECUTE FUNCTION public.f()",
                "P0001"}),
    [](const auto& refusal) { return std::string{refusal.param.what}; });

TEST_F(Disturbed, WaitsWhileTheTableIsLockedAndGoesOn) {
  clinic();
  db::Database holder = connect();
  std::optional<db::Transaction> tx{holder.begin()};
  tx->query(db::Statement{"test.lock", "LOCK TABLE public.medical_records IN SHARE MODE"});
  Wish wish;
  // The audit trail's window comes first; then the records are waited for.
  std::thread opener{[&] {
    db::Database watcher = connect();
    while (
        watcher
            .query(db::Statement{"test.waits",
                                 "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = "
                                 "'public.medical_records'::regclass"})
            .one()[0]
            .as<std::int64_t>() == 0) {
    }
    tx.reset();
  }};
  const auto report = rotate_all(wish);
  opener.join();
  EXPECT_TRUE(report.is_complete());
  EXPECT_EQ(report.sweeps, 0);
  EXPECT_EQ(clinic().read(), clinic().written());
}

}  // namespace
}  // namespace pcx::testing
