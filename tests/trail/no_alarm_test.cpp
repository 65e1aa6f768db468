// Trails that nobody tampers with: under load, with transactions that commit late, with sealers
// that are killed, restored from a dump and to a point in time. Nothing may be found.
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>

#include "core/error.h"
#include "core/random.h"
#include "tests/support/process.h"
#include "tests/trail/trail.h"

namespace pcx::audit {
namespace {

namespace fs = std::filesystem;

constexpr int kWriters = 4;
constexpr int kTransactions = 12;  // of each writer

void expect_clean(const Verdict& verdict) {
  EXPECT_EQ(verdict.exit, 0) << verdict.text;
  EXPECT_TRUE(verdict.said.empty()) << verdict.text;
}

// Transactions of all kinds, some held open for a while, some rolled back.
void write(db::Database database, std::int64_t number, std::uint64_t seed) {
  SeededRandom random{seed};
  for (int i = 0; i < kTransactions; ++i) {
    const std::int64_t first = number * 100'000 + i * 100;
    db::Transaction tx = database.begin();
    const auto run = [&](const std::string& text) { tx.query(db::Statement{"test.write", text}); };
    run(
        fmt::format("INSERT INTO public.patients SELECT {} + n, 'p', 't', 'u'"
                    " FROM generate_series(1, {}) AS n",
                    first, 1 + random.below(50)));
    run(
        fmt::format("INSERT INTO public.audit_logs (id, \"userId\", action, resource)"
                    " VALUES ('log-{}', 'u', 'CREATE', 'Patient')",
                    first));
    if (random.below(2) == 0) run(fmt::format("SELECT pg_sleep({})", random.unit() * 0.2));
    run(fmt::format("UPDATE public.patients SET name = 'q' WHERE id BETWEEN {0} AND {0} + 20",
                    first));
    if (random.below(8) == 0) {
      tx.rollback();
    } else {
      tx.commit();
    }
  }
}

void wait_until_no_sealer(Trail& trail) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (std::chrono::steady_clock::now() < until) {
    if (trail.number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                     " AND application_name = 'pcx audit seal'") == 0) {
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  throw std::runtime_error{"the killed sealer's session did not end"};
}

void run_loaded(std::uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  SeededRandom random{seed};
  Trail trail;
  trail.seal();
  std::atomic<int> writing = kWriters;
  std::vector<std::thread> writers;
  for (int i = 1; i <= kWriters; ++i) {
    writers.emplace_back([&, i] {
      write(trail.connect(), i, seed * 100 + static_cast<std::uint64_t>(i));
      --writing;
    });
  }
  while (writing > 0) {  // sealers one after the other, each killed wherever it is
    testing::PcxProcess sealer{{"audit", "seal", "--every", "100ms"}, trail.url(), trail.options()};
    expect_clean(trail.verify());
    sealer.kill_it();
    EXPECT_FALSE(sealer.has_ended() && sealer.said().find("error") != std::string::npos)
        << sealer.said();
  }
  for (std::thread& writer : writers) writer.join();
  wait_until_no_sealer(trail);  // the last one's session outlives it a little, with its lock
  trail.seal();
  trail.anchor();
  const Verdict verdict = trail.verify();
  expect_clean(verdict);
  EXPECT_EQ(verdict.counts.at("rows not sealed yet"), 0);
  EXPECT_EQ(verdict.counts.at("leaves"), verdict.counts.at("rows"));
}

// A transaction whose number is smaller than those of others that committed, and were looked at,
// before it.
TEST(NoAlarm, LateCommit) {
  Trail trail;
  trail.seal();
  db::Database slow = trail.connect();
  db::Transaction late = slow.begin();
  late.query(db::Statement{"test.late", "INSERT INTO public.patients VALUES (1, 'late')"});
  trail.sql("INSERT INTO public.patients VALUES (2, 'early')");
  const auto before = trail.number("SELECT max(size) FROM pcx.checkpoint");
  EXPECT_THAT(trail.pcx({"audit", "seal"}),
              ::testing::AllOf(::testing::HasSubstr("1 row is not sealed yet, and the oldest is "),
                               ::testing::HasSubstr("transaction that may still write: process")));
  EXPECT_EQ(trail.number("SELECT max(size) FROM pcx.checkpoint"), before);
  expect_clean(trail.verify());
  late.query(db::Statement{"test.late", "INSERT INTO public.patients VALUES (3, 'late, too')"});
  late.commit();
  trail.seal();
  EXPECT_EQ(trail.number("SELECT max(size) FROM pcx.checkpoint"), before + 3);
  expect_clean(trail.verify());
}

TEST(NoAlarm, UnderLoad) {
  const char* const wanted = std::getenv("PCX_TRAIL_LOADS");
  const auto count = wanted == nullptr ? 4 : std::stoull(wanted);
  for (std::uint64_t i = 0; i < count; ++i) run_loaded(i + 1);
}

TEST(NoAlarm, RestoredDump) {
  SeededRandom random{1};
  Trail trail;
  trail.seal();
  trail.work(random);
  trail.seal();
  trail.anchor();
  trail.work(random);  // not sealed when it is dumped
  const std::string url = trail.restored_dump();

  const Verdict fresh = trail.verify_at(url);
  EXPECT_EQ(fresh.exit, 1) << fresh.text;
  ASSERT_EQ(fresh.said.size(), 1u) << fresh.text;
  EXPECT_EQ(fresh.said[0].attack, "restored");

  EXPECT_THAT(trail.pcx_at(url, {"audit", "seal"}), ::testing::HasSubstr("A new tree"));
  const Verdict sealed = trail.verify_at(url);
  expect_clean(sealed);
  EXPECT_EQ(sealed.counts.at("trees"), 2);
  EXPECT_EQ(sealed.counts.at("rows not sealed yet"), 0);
  expect_clean(trail.verify());  // the original is as it was

  trail.seal();
  trail.anchor();  // what the restored one does not have
  const Verdict behind = trail.verify_at(url);
  EXPECT_EQ(behind.exit, 1) << behind.text;
  ASSERT_EQ(behind.said.size(), 1u) << behind.text;
  EXPECT_EQ(behind.said[0].attack, "restored");
  EXPECT_THAT(behind.said[0].what, ::testing::HasSubstr("are gone, the database was restored"));

  // A timer keeps a checkpoint of the new tree, and nobody has looked.
  {
    db::Database copy{db::parse_target(url), {}};
    db::run_script(copy, "INSERT INTO public.patients VALUES (-1, 'after')", "test");
  }
  trail.pcx_at(url, {"audit", "seal"});
  trail.pcx_at(url, {"audit", "anchor", "--append", trail.anchor_file().native()});
  const Verdict kept = trail.verify_at(url);
  EXPECT_EQ(kept.exit, 1) << kept.text;
  EXPECT_EQ(kept.said.at(0).attack, "restored");
  EXPECT_EQ(kept.counts.at("kept checkpoints"), 2);

  const std::string begun = trail.value(
      "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC'"
      " - interval '1 day', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
  EXPECT_EQ(trail.verify_at(url, {"--known-until", begun}).exit, 1);
  const Verdict known = trail.verify_at(url, {"--known-until", trail.now()});
  expect_clean(known);
  EXPECT_EQ(known.counts.at("known warnings"), 1);
}

// A trail that was begun anew, with the same key, is no restore of the one that was: it is told,
// whatever is kept of it, and known.
TEST(NoAlarm, AnotherDatabaseIsToldEveryTime) {
  Trail trail;
  trail.seal();
  trail.anchor();
  const std::string url =
      testing::Postgres::shared().url(testing::Postgres::shared().fresh_database());
  {
    db::Database other{db::parse_target(url), {}};
    db::run_script(other, kApplicationTable, "test");
    db::run_script(other, "CREATE TABLE public.patients (id bigint PRIMARY KEY)", "test");
  }
  trail.pcx_at(url, {"audit", "install", "--tables", "patients"});
  trail.pcx_at(url, {"audit", "seal"});
  trail.pcx_at(url, {"audit", "anchor", "--append", trail.anchor_file().native()});
  for (const auto& words : {std::vector<std::string>{}, {"--known-until", trail.now()}}) {
    const Verdict verdict = trail.verify_at(url, words);
    EXPECT_EQ(verdict.exit, 1) << verdict.text;
    ASSERT_EQ(verdict.said.size(), 1u) << verdict.text;
    EXPECT_EQ(verdict.said[0].attack, "restored");
  }
}

// A server that was restored from a base backup to a point by its archived log.
class PointInTime {
 public:
  PointInTime(const testing::Postgres& server, const fs::path& archive, const std::string& point)
      : folder_(testing::make_short_folder()) {
    testing::run_program({"cp", "-a", server.folder() / "base", folder_ / "data"});
    testing::run_program({"touch", folder_ / "data/recovery.signal"}, {.as_postgres = true});
    pid_ = testing::spawn({testing::postgres_programs() / "postgres", "-D", folder_ / "data", "-c",
                           "unix_socket_directories=" + folder_.string(), "-c", "port=5432", "-c",
                           "listen_addresses=", "-c", "fsync=off", "-c",
                           "restore_command=cp " + archive.string() + "/%f %p", "-c",
                           "recovery_target_name=" + point, "-c", "recovery_target_action=promote"},
                          {.as_postgres = true,
                           .output = folder_ / "log",
                           .signal_when_parent_dies = SIGQUIT,
                           .own_session = true});
    watchdog_ = std::make_unique<testing::Watchdog>(pid_, folder_);
  }
  PointInTime(const PointInTime&) = delete;
  PointInTime& operator=(const PointInTime&) = delete;
  ~PointInTime() {
    kill(pid_, SIGQUIT);
    testing::wait_for_end(pid_);
    watchdog_->dismiss();
    fs::remove_all(folder_);
  }

  std::string url(const std::string& database) const {
    return "postgresql://postgres@/" + database + "?host=" + folder_.string();
  }

  void wait_until_it_writes(const std::string& name) const {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (std::chrono::steady_clock::now() < until) {
      try {
        db::Database database{db::parse_target(url(name)), {}};
        if (!database.query({"test.recovers", "SELECT pg_is_in_recovery() AS it"})
                 .one()["it"]
                 .as<bool>()) {
          return;
        }
      } catch (const Error&) {  // it does not take sessions yet
      }
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    throw std::runtime_error{"the restored server did not start: " +
                             testing::content_of(folder_ / "log")};
  }

 private:
  fs::path folder_;
  pid_t pid_ = -1;
  std::unique_ptr<testing::Watchdog> watchdog_;
};

TEST(NoAlarm, RestoredToAPointInTime) {
  const fs::path archive = testing::make_short_folder();
  testing::Postgres server{
      {.settings = {"archive_mode=on", "archive_command=cp %p " + archive.string() + "/%f"}}};
  SeededRandom random{2};
  Trail trail{server};
  trail.seal();
  trail.work(random);
  trail.seal();
  testing::run_program(
      {testing::postgres_programs() / "pg_basebackup", "--pgdata", server.folder() / "base",
       "--checkpoint=fast", "--wal-method=none", "--no-manifest", "--host", server.folder(),
       "--port", std::to_string(server.port()), "--username=postgres"},
      {.as_postgres = true});
  trail.work(random);
  trail.seal();
  trail.anchor();
  trail.work(random);
  trail.sql("SELECT pg_create_restore_point('here')");
  trail.work(random);
  trail.seal();
  trail.sql("SELECT pg_switch_wal()");

  const PointInTime restored{server, archive, "here"};
  restored.wait_until_it_writes(trail.name());
  const std::string url = restored.url(trail.name());
  const Verdict fresh = trail.verify_at(url);
  EXPECT_EQ(fresh.exit, 1) << fresh.text;
  ASSERT_EQ(fresh.said.size(), 1u) << fresh.text;
  EXPECT_EQ(fresh.said[0].attack, "restored");
  trail.pcx_at(url, {"audit", "seal"});
  const Verdict sealed = trail.verify_at(url);
  expect_clean(sealed);
  EXPECT_EQ(sealed.counts.at("trees"), 2);
  EXPECT_EQ(sealed.counts.at("rows not sealed yet"), 0);

  trail.anchor();
  const Verdict behind = trail.verify_at(url);
  EXPECT_EQ(behind.exit, 1) << behind.text;
  EXPECT_THAT(behind.said.at(0).what, ::testing::HasSubstr("are gone, the database was restored"));
  fs::remove_all(archive);
}

constexpr const char* kOldMonth = R"(
CREATE TABLE pcx.change_201901 PARTITION OF pcx.change
   FOR VALUES FROM ('2019-01-01 00:00+00') TO ('2019-02-01 00:00+00');
CREATE TABLE pcx.ledger_201901 PARTITION OF pcx.ledger
   FOR VALUES FROM ('2019-01-01 00:00+00') TO ('2019-02-01 00:00+00');
CREATE TRIGGER pcx_audit_guard_all BEFORE TRUNCATE ON pcx.change_201901
  EXECUTE FUNCTION pcx.audit_guard();
CREATE TRIGGER pcx_audit_guard_all BEFORE TRUNCATE ON pcx.ledger_201901
  EXECUTE FUNCTION pcx.audit_guard();
ALTER TABLE pcx.change_201901 ENABLE ALWAYS TRIGGER pcx_audit_guard_all;
ALTER TABLE pcx.ledger_201901 ENABLE ALWAYS TRIGGER pcx_audit_guard_all;
)";
// Changes of that month, each before one of today, in transactions of ten.
constexpr const char* kOldChanges = R"(
DO $$ BEGIN FOR i IN 1..100 LOOP
  WITH made AS (
    INSERT INTO pcx.change
    SELECT 3, pg_current_xact_id(), nextval('pcx.audit_seq'),
           '2019-01-15 12:00+00'::timestamptz + i * interval '1 hour',
           'public.patients', 'I', i::text, NULL, 'ann', NULL, NULL, 'app', 'api', NULL, '{}'
    RETURNING *)
  INSERT INTO pcx.ledger
  SELECT segment, xid, seq, at, 'C', 1, NULL, NULL,
         sha256('\x007063783143'::bytea || record_send(ROW(seq, xid, at, relation, op, row_key,
                tenant, actor, correlation, address, db_user, application, before, after)))
    FROM made;
  INSERT INTO public.patients VALUES (-i, 'today');
  IF i % 10 = 0 THEN COMMIT; END IF;
END LOOP; END $$
)";

TEST(NoAlarm, AMonthLeftTheTrail) {
  SeededRandom random{3};
  Trail trail;
  trail.work(random);
  trail.sql(kOldMonth);
  trail.sql(kOldChanges);
  trail.work(random);
  trail.seal();
  trail.anchor();
  expect_clean(trail.verify());
  trail.pcx({"audit", "retain", "--keep", "1y", "--yes"});
  EXPECT_EQ(trail.value("SELECT to_regclass('pcx.change_201901')::text"), "");
  expect_clean(trail.verify());
  trail.seal();
  const Verdict verdict = trail.verify();
  expect_clean(verdict);
  EXPECT_EQ(verdict.counts.at("leaves"), verdict.counts.at("rows of the ledger") + 100);

  // What goes without a note is found, also among leaves that a note lets go.
  trail.sql(
      "ALTER TABLE pcx.ledger DISABLE TRIGGER pcx_audit_guard; ALTER TABLE pcx.change DISABLE "
      "TRIGGER"
      " pcx_audit_guard; DELETE FROM pcx.ledger WHERE seq = (SELECT seq FROM pcx.change WHERE "
      "row_key = '-50');"
      "DELETE FROM pcx.change WHERE row_key = '-50';"
      "ALTER TABLE pcx.ledger ENABLE ALWAYS TRIGGER pcx_audit_guard;"
      "ALTER TABLE pcx.change ENABLE ALWAYS TRIGGER pcx_audit_guard");
  const Verdict found = trail.verify();
  EXPECT_EQ(found.exit, 2) << found.text;
  EXPECT_EQ(found.said.at(0).attack, "row deleted") << found.text;
}

}  // namespace
}  // namespace pcx::audit
