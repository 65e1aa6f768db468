// What is seen of a long statement from a second session. Time is handed in.
#include "migrate/statement_watch.h"

#include <future>

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/migrate/on_a_server.h"
#include "tests/support/strike.h"

namespace pcx::migrate::testing {
namespace {

using std::chrono::seconds;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr db::Statement kIsHeldUp{"test.is_held_up",
                                  "SELECT $2::int = ANY (pg_blocking_pids($1::int))"};

class Watch : public OnAServer {
 protected:
  db::Ticker ticker_of(const db::Database& session) {
    return watch.ticker("001", "CREATE INDEX CONCURRENTLY", session.backend_pid());
  }

  int opened = 0;
  std::function<db::Database()> open = [this] {
    ++opened;
    return db::Database{db::parse_target(url), {}};
  };
  std::vector<Running> told;
  std::function<void(const Running&)> tell = [this](const Running& one) { told.push_back(one); };
  StatementWatch watch{open, tell, clock, interrupt};
};

TEST_F(Watch, LooksMoreOftenThanEveryTwoSeconds) {
  EXPECT_LT(ticker_of(database).period, seconds{2});
}

struct InTheWay {
  const char* name;
  const char* how;  // SQL in a transaction
  const char* phase;
};

class WatchOfAnIndex : public Watch, public ::testing::WithParamInterface<InTheWay> {};

TEST_P(WatchOfAnIndex, SeesThePhaseAndWhoIsInTheWay) {
  run("CREATE TABLE public.pet (id int)");
  db::Database builder{db::parse_target(url), {}};
  std::future<void> build;
  db::Database reader{db::parse_target(url), {}};
  db::Transaction holder = reader.begin(db::Access::read_write, db::Isolation::repeatable_read);
  holder.query({"test.hold", GetParam().how});
  const db::Ticker ticker = ticker_of(builder);
  build = std::async(std::launch::async, [&] {
    run_script(builder, "CREATE INDEX CONCURRENTLY pet_id ON public.pet (id)", "test");
  });
  pcx::testing::wait_until(database, kIsHeldUp, {builder.backend_pid(), reader.backend_pid()});

  for (const int time_s : {1, 2}) {
    clock.advance(seconds{1});
    ticker.on_tick();
    const Running& running = told.back();
    EXPECT_EQ(running.phase, GetParam().phase);
    EXPECT_GE(running.total, 1);  // an autovacuum worker may be in its way, too
    EXPECT_EQ(running.running_for, seconds{time_s});
    ASSERT_TRUE(running.blocker);
    EXPECT_EQ(running.blocker->pid, reader.backend_pid());
    EXPECT_EQ(running.blocker->state, "idle in transaction");
  }
  EXPECT_THAT(told, SizeIs(2));
  EXPECT_EQ(opened, 1);
  holder.rollback();
  build.get();
}

INSTANTIATE_TEST_SUITE_P(
    Held, WatchOfAnIndex,
    ::testing::Values(InTheWay{"by_a_writer", "LOCK TABLE public.pet IN ROW EXCLUSIVE MODE",
                               "waiting for writers before build"},
                      InTheWay{"by_a_snapshot", "SELECT 1", "waiting for old snapshots"}),
    [](const auto& way) { return way.param.name; });

TEST_F(Watch, TellsTheTimeWhenItCannotLook) {
  open = [this]() -> db::Database {
    ++opened;
    throw Error{ErrorCode::busy, "too many connections"};
  };
  const db::Ticker ticker = ticker_of(database);
  for (int i = 0; i < 3; ++i) {
    clock.advance(seconds{1});
    ticker.on_tick();
  }
  EXPECT_THAT(told, SizeIs(3));
  EXPECT_EQ(told.back().running_for, seconds{3});
  EXPECT_EQ(told.back().phase, "");
  EXPECT_FALSE(told.back().blocker);
  EXPECT_EQ(opened, 1);
}

TEST_F(Watch, SaysThatItIsTheLastOneOnceAStopIsRequested) {
  const db::Ticker ticker = ticker_of(database);
  ticker.on_tick();
  EXPECT_FALSE(told.back().stops_after);
  interrupt.request(Interrupt::Signal::interrupt);
  ticker.on_tick();
  EXPECT_TRUE(told.back().stops_after);
}

TEST_F(Watch, DoesNothingForNobody) {
  tell = {};
  EXPECT_FALSE(ticker_of(database).on_tick);
  EXPECT_THAT(told, IsEmpty());
}

}  // namespace
}  // namespace pcx::migrate::testing
