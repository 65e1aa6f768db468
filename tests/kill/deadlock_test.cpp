// `prisma migrate deploy` waits for its lock inside the server, where its statement has a snapshot.
// CREATE INDEX CONCURRENTLY waits for every snapshot that is older than the index. Who holds the
// lock and builds an index so ends in a deadlock, and leaves an INVALID index; pcx does not hold it
// meanwhile.
#include <array>
#include <chrono>
#include <future>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/script.h"
#include "migrate/lock.h"
#include "tests/support/errors.h"
#include "tests/support/strike.h"
#include "tests/support/temporary_folder.h"

namespace pcx::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kIndex = "20260103000000_index";
constexpr const char* kBuild = "CREATE INDEX CONCURRENTLY IF NOT EXISTS pet_chip ON pet (chip);";
constexpr const char* kIsValid =
    "SELECT indisvalid::text FROM pg_index WHERE indexrelid = to_regclass('public.pet_chip')";
constexpr const char* kLedger =
    "SELECT concat_ws(' ', migration_name, finished_at IS NOT NULL, rolled_back_at IS NULL, "
    "logs IS NULL) FROM public._prisma_migrations ORDER BY started_at";

constexpr db::Statement kTakeLock{"test.take_lock", "SELECT pg_advisory_lock($1)"};
constexpr db::Statement kGiveLock{"test.give_lock", "SELECT pg_advisory_unlock($1)"};
constexpr db::Statement kUnfinished{
    "test.unfinished",
    "SELECT coalesce(string_agg(migration_name, ' '), '') FROM public._prisma_migrations "
    "WHERE finished_at IS NULL AND rolled_back_at IS NULL"};

constexpr db::Statement kWaitsForLock{
    "test.waits_for_lock",
    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = 'Lock' AND "
    "wait_event = 'advisory')"};
constexpr db::Statement kIsBuilt{
    "test.is_built", "SELECT EXISTS (SELECT FROM pcx.migration_step WHERE outcome IS NOT NULL)"};
// It does not wait inside the server: it asks, and asks again.
constexpr db::Statement kAsksForLock{
    "test.asks_for_lock",
    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = $1 AND application_name LIKE "
    "'pcx%' AND query LIKE '%pg_try_advisory_lock(%')"};

// Another pod, as Prisma deploys: waits for the lock, reads the ledger, gives the lock back.
class Deploy {
 public:
  explicit Deploy(const std::string& url)
      : session_(db::parse_target(url), {.statement_timeout = std::chrono::seconds{60}}) {}

  db::Database& session() { return session_; }
  int pid() const { return session_.backend_pid(); }

  void begin() {
    asked_ = std::async(std::launch::async, [this] { take(); });
  }
  // Until it has the lock. The migrations for which it would end with P3009.
  std::string read() {
    asked_.get();
    return session_.query(kUnfinished).one()[0].as<std::string>();
  }
  void end() { session_.query(kGiveLock, {migrate::kPrismaLock.number}); }

 private:
  void take() { session_.query(kTakeLock, {migrate::kPrismaLock.number}); }

  db::Database session_;
  std::future<void> asked_;
};

// A session in whose way others are.
class Holder {
 public:
  Holder(const std::string& url, const char* lock)
      : session_(db::parse_target(url), {}), tx_(session_.begin()) {
    tx_->query({"test.hold", lock});
  }
  int pid() const { return session_.backend_pid(); }
  void end() { tx_->rollback(); }

 private:
  db::Database session_;
  std::optional<db::Transaction> tx_;
};

class ConcurrentIndex : public ::testing::Test {
 protected:
  ConcurrentIndex() {
    folder_.write("20260101000000_pet/migration.sql",
                  "CREATE TABLE pet (id int);\n"
                  "INSERT INTO pet SELECT generate_series(1, 1000);\n");
    folder_.write("20260102000000_chip/migration.sql", "ALTER TABLE pet ADD COLUMN chip text;\n");
    folder_.write(std::string{kIndex} + "/migration.sql", kBuild);
    for (std::string* original : {&before_chip_, &before_index_}) {
      *original = arena_.make_database();
      const int steps = original == &before_chip_ ? 1 : 2;
      const StruckRun base = arena_.run(up({"--steps", std::to_string(steps)}), *original);
      if (base.exit != 0) throw std::runtime_error{base.said};
    }
  }

  std::vector<std::string> up(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"migrate", "up", "--dir", folder_.path()};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  pid_t start(const std::string& database) { return arena_.start(up(), arena_.url(database)); }

  std::string index_of(const std::string& database) {
    const auto rows = arena_.ask(database, kIsValid);
    return rows.empty() ? "none" : rows.front();
  }

  // All is done, and nobody noticed anything.
  void expect_whole(const std::string& database, pid_t pcx) {
    EXPECT_EQ(wait_for_end(pcx), 0) << arena_.said();
    EXPECT_EQ(index_of(database), "true");
    EXPECT_THAT(arena_.ask(database, kLedger),
                ElementsAre("20260101000000_pet t t t", "20260102000000_chip t t t",
                            std::string{kIndex} + " t t t"));
    EXPECT_THAT(arena_.said(), Not(HasSubstr("40P01")));
    EXPECT_THAT(arena_.said(), Not(HasSubstr("deadlock")));
    EXPECT_THAT(arena_.server_log(), Not(HasSubstr("deadlock detected")));
  }

  Arena arena_;
  const TemporaryFolder folder_;
  std::string before_chip_;   // databases
  std::string before_index_;  // to be copied
};

// --- the fault

TEST_F(ConcurrentIndex, OfWhoeverHoldsPrismasLockEndsInADeadlock) {
  const std::string database = arena_.make_database(before_index_);
  const std::string url = arena_.url(database);
  db::Database runner{db::parse_target(url), {}};
  db::run_script(runner, "SET search_path = public; SET deadlock_timeout = '10ms';", "test");
  runner.query(kTakeLock, {migrate::kPrismaLock.number});
  Deploy deploy{url};
  db::run_script(deploy.session(), "SET deadlock_timeout = '10min';", "test");
  deploy.begin();
  wait_until(arena_.admin(), kWaitsForLock, {deploy.pid()});

  const Error error = error_of([&] { db::run_script(runner, kBuild, "test"); });
  EXPECT_EQ(error.sqlstate(), "40P01");
  EXPECT_THAT(arena_.server_log(), HasSubstr("deadlock detected"));
  EXPECT_EQ(index_of(database), "false");
  runner.query(kGiveLock, {migrate::kPrismaLock.number});
  deploy.read();
  deploy.end();

  // The trap: it is there, so who runs the statement again believes that it is done.
  EXPECT_NO_THROW(db::run_script(runner, kBuild, "test"));
  EXPECT_EQ(index_of(database), "false");

  EXPECT_EQ(wait_for_end(start(database)), 0) << arena_.said();
  EXPECT_THAT(arena_.said(), HasSubstr("dropped the INVALID index public.pet_chip"));
  EXPECT_EQ(index_of(database), "true");
}

// --- with pcx

enum class Order {
  waits_already,    // when pcx comes to the index
  asks_meanwhile,   // while it is built
  two_of_them,      // one has the lock then, the other waits with its snapshot
  keeps_it_longer,  // than the build takes
};
constexpr std::array kOrders = {Order::waits_already, Order::asks_meanwhile, Order::two_of_them,
                                Order::keeps_it_longer};

std::string to_string(Order order) {
  switch (order) {
    case Order::waits_already: return "waits_already";
    case Order::asks_meanwhile: return "asks_meanwhile";
    case Order::two_of_them: return "two_of_them";
    case Order::keeps_it_longer: return "keeps_it_longer";
  }
  return "";
}

void PrintTo(Order order, std::ostream* out) { *out << to_string(order); }

class PrismaBeside : public ConcurrentIndex, public ::testing::WithParamInterface<Order> {
 protected:
  void once(Order order) {
    const bool before = order == Order::waits_already;
    const std::string database = arena_.make_database(before ? before_chip_ : before_index_);
    switch (order) {
      case Order::waits_already: waits_already(database); break;
      case Order::asks_meanwhile: asks_meanwhile(database); break;
      case Order::two_of_them: two_of_them(database); break;
      case Order::keeps_it_longer: keeps_it_longer(database); break;
    }
    arena_.drop_database(database);
  }

  void repeat(int times) {
    const auto began = steady_clock::now();
    int whole = 0;
    for (int i = 0; i < times; ++i) {
      SCOPED_TRACE(fmt::format("repetition {}", i + 1));
      once(GetParam());
      if (!HasFailure()) ++whole;
    }
    const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - began);
    fmt::print("{}: {} of {} valid without a deadlock, {} ms each\n", to_string(GetParam()), whole,
               times, took.count() / times);
  }

 private:
  // pcx and the session that holds up its build.
  struct Build {
    Holder holder;
    pid_t pcx;
  };

  Build hold_up(const std::string& database, const char* lock) {
    Holder holder{arena_.url(database), lock};
    const pid_t pcx = start(database);
    arena_.wait_until_held_up(database, holder.pid());
    return {std::move(holder), pcx};
  }
  Build begin_build(const std::string& database) {
    return hold_up(database, "LOCK TABLE public.pet IN ROW EXCLUSIVE MODE");
  }

  void waits_already(const std::string& database) {
    Build build = hold_up(database, "LOCK TABLE public.pet IN ACCESS SHARE MODE");
    Deploy deploy{arena_.url(database)};
    deploy.begin();
    wait_until(arena_.admin(), kWaitsForLock, {deploy.pid()});
    build.holder.end();
    EXPECT_EQ(deploy.read(), kIndex);
    deploy.end();
    expect_whole(database, build.pcx);
  }

  void asks_meanwhile(const std::string& database) {
    Build build = begin_build(database);
    Deploy deploy{arena_.url(database)};
    deploy.begin();
    EXPECT_EQ(deploy.read(), kIndex);
    deploy.end();
    build.holder.end();
    expect_whole(database, build.pcx);
  }

  void two_of_them(const std::string& database) {
    Build build = begin_build(database);
    Deploy first{arena_.url(database)};
    Deploy second{arena_.url(database)};
    first.begin();
    EXPECT_EQ(first.read(), kIndex);
    second.begin();
    wait_until(arena_.admin(), kWaitsForLock, {second.pid()});
    build.holder.end();
    arena_.wait_until_held_up(database, second.pid());
    first.end();
    EXPECT_EQ(second.read(), kIndex);
    second.end();
    expect_whole(database, build.pcx);
  }

  void keeps_it_longer(const std::string& database) {
    Build build = begin_build(database);
    Deploy deploy{arena_.url(database)};
    deploy.begin();
    deploy.read();
    build.holder.end();
    wait_until(deploy.session(), kIsBuilt);
    wait_until(arena_.admin(), kAsksForLock, {database});
    EXPECT_EQ(index_of(database), "true");
    EXPECT_EQ(deploy.session().query(kUnfinished).one()[0].as<std::string>(), kIndex);
    deploy.end();
    expect_whole(database, build.pcx);
  }
};

std::string name_of(const ::testing::TestParamInfo<Order>& order) { return to_string(order.param); }

TEST_P(PrismaBeside, DisturbsNoIndex) { repeat(3); }
INSTANTIATE_TEST_SUITE_P(Sample, PrismaBeside, ::testing::ValuesIn(kOrders), name_of);

class PrismaBesideOften : public PrismaBeside {};

TEST_P(PrismaBesideOften, DisturbsNoIndex) { repeat(50); }
INSTANTIATE_TEST_SUITE_P(Every, PrismaBesideOften, ::testing::ValuesIn(kOrders), name_of);

}  // namespace
}  // namespace pcx::testing
