#include "alert/health.h"

#include <cmath>
#include <set>
#include <thread>

#include <gmock/gmock.h>

#include "alert/health_checks.h"
#include "db/schema.h"
#include "tests/alert/health_rig.h"
#include "tests/support/fake_clock.h"

namespace pcx::alert {
namespace {

using ::testing::AllOf;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using testing::error_of;
using ::testing::Ge;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Lt;
using ::testing::SizeIs;

std::vector<std::string> failed_inputs(const InputSet& inputs) {
  std::vector<std::string> names;
  for (const auto& [input, why] : inputs.failures()) names.push_back(input);
  return names;
}

// How many inputs the checks are, and the clock.
std::size_t health_inputs() {
  std::set<std::string> inputs{std::string{kClockInput}};
  for (const HealthCheck& check : health_checks()) inputs.insert(check.input());
  return inputs.size();
}

class Health : public HealthRig {};

TEST_F(Health, IsReadWholeByASuperuser) {
  const InputSet inputs = read();
  EXPECT_THAT(inputs.failures(), IsEmpty());
  EXPECT_EQ(value(inputs, "database_up"), 1);
  EXPECT_THAT(inputs.metrics(), SizeIs(health_metrics().size()));
  for (const HealthMetric& metric : health_metrics()) {
    EXPECT_TRUE(inputs.knows(std::string{metric.name})) << metric.name;
  }
}

TEST_F(Health, AsksOnlyForWhatIsWanted) {
  InputSet inputs;
  read_health(database(), SystemClock{}, inputs,
              {.wants = [](std::string_view metric) { return metric == "pcx_health_standbys"; }});
  EXPECT_EQ(value(inputs, "standbys"), 0);
  EXPECT_EQ(value(inputs, "database_up"), 1);
  EXPECT_EQ(inputs.failures().at("health:backends"), "nobody asked for it");
  EXPECT_EQ(inputs.failures().count("health:replication"), 0u);
  EXPECT_EQ(error_of([&] { samples(inputs, "backends"); }).reason(), "input_failed");
}

TEST_F(Health, LeavesOutWhatThereIsNoTimeFor) {
  InputSet inputs;
  int checks = 0;
  read_health(database(), SystemClock{}, inputs, {.has_time = [&] { return ++checks <= 2; }});
  EXPECT_EQ(inputs.failures().size(), health_inputs() - 2);
  EXPECT_EQ(inputs.failures().at("health:partitions"), "there was no time left for it");
  EXPECT_EQ(value(inputs, "database_up"), 1);
}

TEST_F(Health, SaysWhatItsMetricsAre) {
  std::set<std::string_view> names;
  for (const HealthMetric& metric : health_metrics()) {
    EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
    EXPECT_TRUE(metric.name.starts_with("pcx_health_") && is_metric_name(metric.name));
    EXPECT_FALSE(metric.help.empty() || metric.help.ends_with('.')) << metric.name;
    EXPECT_TRUE(metric.labels.empty() || is_label_name(metric.labels)) << metric.name;
  }
}

TEST_F(Health, CountsClientsAgainstWhatTheyMayHave) {
  const double before = value("backends");
  const db::Database one = open(), two = open();
  const InputSet inputs = read();
  EXPECT_EQ(value(inputs, "backends"), before + 2);
  EXPECT_DOUBLE_EQ(value(inputs, "backends_ratio"), (before + 2) / 17);  // 20 less 3 for superusers
}

TEST_F(Health, SeesWhoWaitsForALock) {
  EXPECT_EQ(value("lock_waiters"), 0);
  EXPECT_EQ(value("lock_wait_seconds"), 0);
  sql("CREATE TABLE public.stock (id int)");
  db::Database holder = open();
  db::Transaction held = holder.begin();
  held.query(db::Statement{"test", "LOCK TABLE public.stock"});
  std::thread waiter{[&] {
    db::Database waiting = open();
    sql(waiting, "SELECT count(*) FROM public.stock");
  }};
  EXPECT_TRUE(eventually([&] { return value("lock_wait_seconds") > 0; }));
  EXPECT_EQ(value("lock_waiters"), 1);
  held.rollback();
  waiter.join();
  EXPECT_EQ(value("lock_waiters"), 0);
}

TEST_F(Health, MeasuresTransactionsOfClients) {
  EXPECT_EQ(value("transaction_seconds"), 0);
  db::Database other = open();
  db::Transaction idle = other.begin();
  idle.query(db::Statement{"test", "SELECT 1"});
  const InputSet inputs = read();
  const double age = value(inputs, "transaction_seconds");
  const double idle_for = value(inputs, "idle_in_transaction_seconds");
  EXPECT_THAT(age, AllOf(Gt(0), Lt(60)));
  EXPECT_THAT(idle_for, AllOf(Gt(0), Le(age)));
  idle.rollback();
  EXPECT_TRUE(eventually([&] { return value("idle_in_transaction_seconds") == 0; }));
}

TEST_F(Health, MeasuresWhatASlotRetains) {
  sql("SELECT pg_create_physical_replication_slot('unused')");
  sql("SELECT pg_create_physical_replication_slot('left_behind', true)");
  sql("CREATE TABLE public.stock AS SELECT generate_series(1, 10000) AS id");
  const InputSet inputs = read();
  EXPECT_EQ(value(inputs, "slot_retained_bytes", "unused"), 0);
  EXPECT_THAT(value(inputs, "slot_retained_bytes", "left_behind"), Gt(100'000));
  EXPECT_EQ(value(inputs, "slot_active", "left_behind"), 0);
  sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
  EXPECT_THAT(samples(read(), "slot_retained_bytes"), IsEmpty());
}

TEST_F(Health, CountsFilesThatWaitForTheArchive) {
  sql("CREATE TABLE public.stock (id int)");  // an empty file is not switched
  sql("SELECT pg_switch_wal()");
  EXPECT_TRUE(eventually([&] {
    const InputSet inputs = read();
    return value(inputs, "archive_ready_files") >= 1 && value(inputs, "archiver_failing") == 1;
  }));
}

TEST_F(Health, MeasuresAgesOfTransactionNumbers) {
  const double age =
      std::stod(sql("SELECT age(datfrozenxid) FROM pg_database WHERE datname = "
                    "current_database()"));
  const InputSet inputs = read();
  EXPECT_THAT(value(inputs, "wraparound_ratio", name()), DoubleNear(age / 2144483648, 1e-6));
  EXPECT_THAT(value(inputs, "freeze_age_ratio", name()), DoubleNear(age / 200'000'000, 1e-5));
  // The others, too, and those that nobody can connect to.
  EXPECT_GE(value(inputs, "wraparound_ratio", "template0"), 0);
}

TEST_F(Health, FindsPreparedTransactions) {
  EXPECT_EQ(value("prepared_transactions"), 0);
  db::Database other = open();
  sql(other, "CREATE TABLE public.stock (id int)");
  {
    db::Transaction forgotten = other.begin();
    forgotten.query(db::Statement{"test", "INSERT INTO public.stock VALUES (1)"});
    forgotten.query(db::Statement{"test", "PREPARE TRANSACTION 'forgotten'"});
  }
  const InputSet inputs = read();
  EXPECT_EQ(value(inputs, "prepared_transactions"), 1);
  EXPECT_THAT(value(inputs, "prepared_transaction_seconds"), AllOf(Gt(0), Lt(60)));
  sql("ROLLBACK PREPARED 'forgotten'");
}

TEST_F(Health, MeasuresHowMuchOfASequenceIsGone) {
  sql("CREATE SEQUENCE public.tickets MAXVALUE 100");
  sql("CREATE SEQUENCE public.falling INCREMENT -1 MINVALUE -100 MAXVALUE -1");
  sql("CREATE SEQUENCE public.round MAXVALUE 3 CYCLE");
  sql("CREATE SEQUENCE public.unused");
  sql("CREATE SEQUENCE public.far MINVALUE 9223372036854775800 START 9223372036854775803");
  sql("CREATE TABLE public.visit (id serial, wide bigserial)");
  sql("SELECT setval('public.tickets', 90), setval('public.falling', -25), "
      "       setval('public.visit_id_seq', 2147483647 / 2), setval('public.round', 3), "
      "       nextval('public.far')");
  sql("ALTER SEQUENCE public.visit_id_seq AS bigint");  // the column is still an integer
  const InputSet inputs = read();
  EXPECT_DOUBLE_EQ(value(inputs, "sequence_used_ratio", "public.tickets"), 0.9);
  EXPECT_DOUBLE_EQ(value(inputs, "sequence_used_ratio", "public.falling"), 0.25);
  EXPECT_THAT(value(inputs, "sequence_used_ratio", "public.visit_id_seq"), DoubleNear(0.5, 1e-6));
  EXPECT_EQ(value(inputs, "sequence_used_ratio", "public.unused"), 0);
  EXPECT_EQ(value(inputs, "sequence_used_ratio", "public.far"), 0.5);
  EXPECT_THAT(samples(inputs, "sequence_used_ratio"), SizeIs(6));  // public.round is none of them
}

TEST_F(Health, HasNothingLeftOfASequenceThatBeginsBeyondItsColumn) {
  sql("CREATE TABLE public.visit (id smallint)");
  sql("CREATE SEQUENCE public.visit_ids MINVALUE 40000 OWNED BY public.visit.id");
  EXPECT_EQ(value(read(), "sequence_used_ratio", "public.visit_ids"), 0);  // nothing given out
  sql("SELECT nextval('public.visit_ids')");
  EXPECT_EQ(value(read(), "sequence_used_ratio", "public.visit_ids"), 1);
}

TEST_F(Health, SeesNoTemporarySequenceOfAnotherSession) {
  db::Database other = open();
  other.query(db::Statement{"test", "CREATE TEMPORARY SEQUENCE passing"});
  other.query(db::Statement{"test", "SELECT nextval('passing')"});
  const InputSet inputs = read();
  EXPECT_THAT(failed_inputs(inputs), IsEmpty());
  EXPECT_THAT(samples(inputs, "sequence_used_ratio"), IsEmpty());
}

TEST_F(Health, CountsDisabledTriggers) {
  EXPECT_EQ(value("disabled_triggers"), 0);
  sql("CREATE TABLE public.client (id int PRIMARY KEY)");
  sql("CREATE TABLE public.patient (client int REFERENCES public.client)");
  sql("CREATE FUNCTION public.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'");
  sql("CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION public.on_ddl()");
  EXPECT_EQ(value("disabled_event_triggers"), 0);
  sql("ALTER TABLE public.patient DISABLE TRIGGER ALL");  // two of the foreign key
  sql("ALTER EVENT TRIGGER watch DISABLE");
  const InputSet inputs = read();
  EXPECT_EQ(value(inputs, "disabled_triggers"), 2);
  EXPECT_EQ(value(inputs, "disabled_event_triggers"), 1);
}

TEST_F(Health, EstimatesBloat) {
  sql("CREATE TABLE public.full_one AS SELECT i, md5(i::text) AS t FROM generate_series(1, 20000) "
      "i");
  sql("CREATE TABLE public.hollow AS SELECT i, md5(i::text) AS t FROM generate_series(1, 20000) i");
  sql("CREATE TABLE public.empty_one (id int)");
  sql("CREATE TABLE public.unknown_one AS SELECT 1 AS id");
  sql("DELETE FROM public.hollow WHERE i % 10 <> 0");
  sql("VACUUM ANALYZE public.hollow");
  sql("ANALYZE public.full_one");
  sql("ANALYZE public.empty_one");
  const InputSet inputs = read();
  const double bytes = std::stod(sql("SELECT pg_relation_size('public.hollow')"));
  EXPECT_THAT(value(inputs, "table_bloat_ratio", "public.hollow"), DoubleNear(0.9, 0.02));
  EXPECT_THAT(value(inputs, "table_bloat_bytes", "public.hollow"),
              DoubleNear(bytes * 0.9, bytes / 50));
  EXPECT_THAT(value(inputs, "table_bloat_ratio", "public.full_one"), Lt(0.05));
  EXPECT_EQ(value(inputs, "table_bloat_bytes", "public.empty_one"), 0);
  EXPECT_TRUE(std::isnan(value(inputs, "table_bloat_ratio", "public.unknown_one")));
}

TEST_F(Health, MeasuresDatabases) {
  const InputSet inputs = read();
  EXPECT_THAT(value(inputs, "database_bytes", name()),
              DoubleNear(std::stod(sql("SELECT pg_database_size(current_database())")), 1e6));
  EXPECT_GT(value(inputs, "database_bytes", "postgres"), 1e6);
  EXPECT_TRUE(std::isnan(value(inputs, "database_bytes", "template0")));
}

TEST_F(Health, KnowsTheAgeOfTheLastCheckpointWhereThereIsSomethingToWrite) {
  sql("CHECKPOINT");
  EXPECT_EQ(value("checkpoint_age_seconds"), 0);
  sql("CREATE TABLE public.stock AS SELECT generate_series(1, 10000) AS id");
  EXPECT_THAT(value("checkpoint_age_seconds"), AllOf(Gt(0), Lt(60)));
}

TEST_F(Health, FindsTablesThatAutovacuumDoesNotReach) {
  sql("CREATE TABLE public.busy AS SELECT generate_series(1, 1000) AS id");
  sql("ALTER TABLE public.busy SET (autovacuum_vacuum_threshold = 100, "
      "                             autovacuum_vacuum_scale_factor = 0)");
  sql("DELETE FROM public.busy WHERE id <= 100");
  sql("SELECT pg_stat_force_next_flush()");
  EXPECT_EQ(value("tables_due_for_vacuum"), 0);
  EXPECT_EQ(value("vacuum_age_seconds"), 0);
  sql("DELETE FROM public.busy WHERE id <= 101");
  sql("SELECT pg_stat_force_next_flush()");
  const InputSet inputs = read();
  EXPECT_EQ(value(inputs, "tables_due_for_vacuum"), 1);
  EXPECT_THAT(value(inputs, "vacuum_age_seconds"),
              AllOf(Gt(0), Lt(600)));  // since the server began
  sql("VACUUM public.busy");
  sql("SELECT pg_stat_force_next_flush()");
  EXPECT_EQ(value("tables_due_for_vacuum"), 0);
}

TEST_F(Health, ComparesClocks) {
  EXPECT_THAT(value("clock_difference_seconds"), Lt(1));
  testing::FakeClock clock;
  clock.advance(SystemClock{}.wall_now() - clock.wall_now() - std::chrono::hours{2});
  InputSet inputs;
  read_health(database(), clock, inputs);
  EXPECT_THAT(value(inputs, "clock_difference_seconds"), DoubleNear(7200, 5));
}

TEST_F(Health, NoticesChangedSettings) {
  const InputSet before = read();
  EXPECT_EQ(value(before, "settings_checksum"), value("settings_checksum"));
  EXPECT_EQ(value(before, "settings_pending_restart"), 0);
  sql("ALTER SYSTEM SET work_mem = '5MB'");
  sql("ALTER SYSTEM SET shared_buffers = '17MB'");  // the command line's stays
  sql("ALTER SYSTEM SET max_locks_per_transaction = 65");
  sql("SELECT pg_reload_conf()");
  EXPECT_TRUE(eventually([&] { return value("settings_pending_restart") == 1; }));
  const InputSet after = read();
  EXPECT_NE(value(before, "settings_checksum"), value(after, "settings_checksum"));
  EXPECT_THAT(value(after, "settings_age_seconds"),
              AllOf(Ge(0), Lt(value(before, "settings_age_seconds") + 60)));
  sql("ALTER SYSTEM RESET ALL");
  sql("SELECT pg_reload_conf()");
  EXPECT_TRUE(
      eventually([&] { return value("settings_checksum") == value(before, "settings_checksum"); }));
}

TEST_F(Health, CountsMonthsAheadOfTheTrail) {
  EXPECT_THAT(samples(read(), "audit_partitions_ahead"), IsEmpty());
  db::upgrade_schema(database());
  EXPECT_EQ(value("audit_partitions_ahead"), 0);
  sql("SELECT pcx.audit_make_months(3)");
  EXPECT_EQ(value("audit_partitions_ahead"), 3);
  const std::string second =
      sql("SELECT 'pcx.ledger_' || to_char((now() AT TIME ZONE 'UTC') + interval '2 months', "
          "'YYYYMM')");
  db::Query drop{"drop"};
  drop.sql("DROP TABLE ").identifier("pcx", second.substr(4));
  database().query(drop);
  EXPECT_EQ(value("audit_partitions_ahead"), 1);
}

TEST_F(Health, NeedsNoMoreThanMonitoringButForValuesAndStatistics) {
  sql("CREATE TABLE public.stock (id serial)");
  sql("CREATE ROLE monitoring LOGIN IN ROLE pg_monitor");
  db::Database monitoring = open("monitoring");
  const InputSet inputs = read(monitoring);
  EXPECT_THAT(failed_inputs(inputs), ElementsAre("health:bloat", "health:sequences"));
  EXPECT_THAT(inputs.failures().at("health:sequences"),
              HasSubstr("may not read public.stock_id_seq (GRANT pg_read_all_data"));
  EXPECT_EQ(value(inputs, "database_up"), 1);
  sql("GRANT pg_read_all_data TO monitoring");
  EXPECT_THAT(failed_inputs(read(monitoring)), IsEmpty());
}

TEST_F(Health, FailsCheckByCheckWithoutRights) {
  sql("CREATE ROLE nobody_much LOGIN");
  db::Database nobody_much = open("nobody_much");
  const InputSet inputs = read(nobody_much);
  EXPECT_THAT(failed_inputs(inputs),
              ElementsAre("health:archive", "health:backends", "health:replication",
                          "health:settings", "health:transactions"));
  EXPECT_THAT(inputs.failures().at("health:backends"),
              HasSubstr("role nobody_much does not see other sessions (GRANT pg_monitor)"));
  EXPECT_EQ(error_of([&] { samples(inputs, "backends"); }).reason(), "input_failed");
  EXPECT_EQ(value(inputs, "lock_waiters"), 0);
}

TEST_F(Health, DoesNotWaitForOthers) {
  sql("CREATE SEQUENCE public.locked");
  db::Database holder = open();
  db::Transaction held = holder.begin();
  held.query(db::Statement{"test", "DROP SEQUENCE public.locked"});
  const InputSet inputs = read();
  EXPECT_THAT(failed_inputs(inputs), ElementsAre("health:sequences"));
  EXPECT_THAT(inputs.failures().at("health:sequences"), HasSubstr("lock timeout"));
}

TEST_F(Health, IsUnknownWithoutADatabase) {
  InputSet inputs;
  read_health_without_database("the server does not answer", inputs);
  EXPECT_EQ(value(inputs, "database_up"), 0);
  EXPECT_THAT(inputs.metrics(), SizeIs(health_metrics().size()));
  for (const HealthMetric& metric : health_metrics()) {
    if (metric.name == kDatabaseUp) continue;
    const auto select = [&] { return inputs.select({.name = std::string{metric.name}}, Time{}); };
    EXPECT_THAT(error_of(select).what(), HasSubstr("the server does not answer")) << metric.name;
  }
}

TEST_F(Health, SaysWhenTheConnectionIsLost) {
  db::Database other = open();
  sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = " +
      std::to_string(other.backend_pid()));
  EXPECT_EQ(error_of([&] { read(other); }).code(), ErrorCode::unreachable);
}

}  // namespace
}  // namespace pcx::alert
