#include "alert/delivery.h"

#include <algorithm>

#include <gmock/gmock.h>

#include "tests/alert/outbox_fixture.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using testing::error_of;
using ::testing::IsEmpty;
using ::testing::Pair;

std::vector<std::string> ids_of(const std::vector<Call>& calls) {
  std::vector<std::string> ids;
  for (const Call& call : calls) ids.push_back(call.id);
  return ids;
}

Attempt always(const Call&) { return delivered(); }

TEST(Delivery, TakesLinesInOrderAndTellsOfEach) {
  Outbox outbox;
  auto& pd = outbox.receiver("pd", always);
  outbox.queue("pd", "a");
  outbox.queue("pd", "b");
  outbox.queue("pd", "a", Action::resolve);
  const DeliveryReport report = outbox.run();
  EXPECT_EQ(report.delivered, 3);
  EXPECT_EQ(report.waiting, 0);
  EXPECT_THAT(report.failures, IsEmpty());
  EXPECT_THAT(ids_of(pd.calls), ElementsAre("line-1", "line-2", "line-3"));
  EXPECT_EQ(outbox.line(1).delivery, Delivery::delivered);
  EXPECT_EQ(outbox.line(1).ended_at, pd.calls[0].at);
  EXPECT_EQ(outbox.line(1).attempts, 1);
  ASSERT_EQ(outbox.store.events.size(), 3u);
  EXPECT_EQ(outbox.store.events[2].kind, "delivered");
  EXPECT_EQ(outbox.store.events[2].text, "resolve delivered to pd");
  EXPECT_EQ(outbox.store.events[2].alert_id, "rule#a");
  EXPECT_EQ(outbox.store.events[2].dedup_key, "a");
  EXPECT_EQ(outbox.store.events[2].at, pd.calls[2].at);
}

TEST(Delivery, RemembersRetryAfterForTheReceiversOtherLines) {
  Outbox outbox;
  auto& pd = outbox.receiver("pd", [](const Call&) { return later("answered 429", 10min); });
  auto& slack = outbox.receiver("slack", always);
  outbox.queue("pd", "a");
  outbox.queue("pd", "b");
  outbox.run(5s);
  ASSERT_EQ(pd.calls.size(), 1u);
  EXPECT_EQ(outbox.line(1).held_until, pd.calls[0].at + 10min);
  outbox.queue("slack", "c");
  outbox.queue("pd", "c");  // it is held, too
  outbox.clock.advance(9min);
  outbox.run(5s);
  EXPECT_EQ(pd.calls.size(), 1u);
  EXPECT_EQ(slack.calls.size(), 1u);
  outbox.clock.advance(4min);
  outbox.run(5s);
  EXPECT_GE(pd.calls.size(), 2u);
}

TEST(Delivery, WaitsForNoClockThatWasAhead) {
  Outbox outbox;
  auto& pd = outbox.receiver("pd", always);
  outbox.queue("pd", "a");
  outbox.store.lines[1].not_before = outbox.clock.wall_now() + 24h * 365;
  outbox.run(5s);
  EXPECT_THAT(pd.calls, IsEmpty());
  outbox.clock.advance(73min);
  outbox.run(5s);
  EXPECT_EQ(pd.calls.size(), 1u);
}

TEST(Delivery, GivesUpWhatWaitsForAReceiverThatIsGone) {
  Outbox outbox;
  outbox.queue("gone", "a");
  outbox.run();
  EXPECT_EQ(outbox.line(1).delivery, Delivery::queued);
  outbox.clock.advance(24h);
  const DeliveryReport report = outbox.run();
  EXPECT_EQ(outbox.line(1).delivery, Delivery::dead);
  EXPECT_EQ(report.waiting, 0);
  ASSERT_EQ(outbox.store.events.size(), 1u);
  EXPECT_EQ(outbox.store.events[0].kind, "dead");
}

TEST(Delivery, EndsOnceTheMemoryMayBeSomebodyElses) {
  Outbox outbox;
  auto& pd = outbox.receiver("pd", always);
  outbox.queue("pd", "a");
  outbox.queue("pd", "b");
  outbox.store.saved_max = 1;
  EXPECT_EQ(outbox.run().waiting, 1);
  EXPECT_EQ(pd.calls.size(), 1u);
}

TEST(Delivery, SaysNothingOfRoutine) {
  Outbox outbox;
  outbox.receiver("am", always);
  outbox.queue("am", "a");
  outbox.store.lines[1].is_routine = true;
  EXPECT_EQ(outbox.run().delivered, 1);
  EXPECT_THAT(outbox.store.events, IsEmpty());
}

TEST(Delivery, RepeatsAfterPausesThatGrow) {
  Outbox outbox;
  auto& pd = outbox.receiver("pd", [](const Call&) { return later(); });
  outbox.queue("pd", "a");
  std::vector<std::chrono::seconds> pauses;
  for (int run = 0; run < 8; ++run) {
    outbox.run(5s);
    const auto pause = outbox.line(1).not_before - pd.calls.back().at;
    pauses.push_back(std::chrono::floor<std::chrono::seconds>(pause));
    outbox.clock.advance(pause);
  }
  const std::chrono::seconds wanted[] = {30s, 60s, 120s, 240s, 480s, 600s, 600s, 600s};
  for (std::size_t i = 0; i < pauses.size(); ++i) {
    EXPECT_GE(pauses[i], wanted[i]) << i;
    EXPECT_LE(pauses[i], wanted[i] * 1.2) << i;
  }
  EXPECT_EQ(outbox.line(1).attempts, 8);
  EXPECT_EQ(outbox.line(1).delivery, Delivery::queued);
}

TEST(Delivery, IsNotBegunBeforeItsTime) {
  Outbox outbox;
  auto& pd = outbox.receiver("pd", [&](const Call&) { return later(); });
  outbox.queue("pd", "a");
  outbox.run(5s);
  outbox.clock.advance(29s);
  EXPECT_EQ(outbox.run(5s).waiting, 1);
  EXPECT_EQ(pd.calls.size(), 1u);
}

TEST(Delivery, SleepsUntilAPauseIsOverWhenThereIsTime) {
  Outbox outbox;
  int number = 0;
  auto& pd =
      outbox.receiver("pd", [&](const Call&) { return ++number == 1 ? later() : delivered(); });
  outbox.queue("pd", "a");
  EXPECT_EQ(outbox.run(50s).delivered, 1);
  EXPECT_GE(pd.calls[1].at - pd.calls[0].at, 30s);
  outbox.queue("pd", "b");
  number = 0;
  EXPECT_EQ(outbox.run(30s).waiting, 1);
  EXPECT_EQ(pd.calls.size(), 3u);
}

TEST(Delivery, LeavesAReceiverAloneThatFailedTwiceInARow) {
  Outbox outbox;
  auto& pd = outbox.receiver("pd", [](const Call&) { return later("no answer"); });
  auto& slack = outbox.receiver("slack", always);
  for (const char* key : {"a", "b", "c", "d"}) outbox.queue("pd", key);
  outbox.queue("slack", "a");
  const DeliveryReport report = outbox.run();
  EXPECT_EQ(pd.calls.size(), 2u);
  EXPECT_EQ(slack.calls.size(), 1u);
  EXPECT_EQ(report.waiting, 4);
  EXPECT_THAT(report.failures, ElementsAre(Pair("pd", "no answer")));
  EXPECT_EQ(outbox.run(5s).waiting, 4);  // each run tries again
  EXPECT_EQ(pd.calls.size(), 4u);
}

TEST(Delivery, GoesOnAfterSingleFailures) {
  Outbox outbox;
  auto& pd = outbox.receiver(
      "pd", [](const Call& call) { return call.dedup_key == "bad" ? later() : delivered(); });
  for (int i = 0; i < 5; ++i) {
    outbox.queue("pd", "bad");
    outbox.queue("pd", "good" + std::to_string(i));
  }
  outbox.run(5s);
  EXPECT_THAT(ids_of(pd.calls),
              ElementsAre("line-1", "line-2", "line-4", "line-6", "line-8", "line-10"));
}

TEST(Delivery, CountsOnlyFailuresInARow) {
  Outbox outbox;
  auto& pd = outbox.receiver("pd", [](const Call& call) {
    return call.dedup_key.starts_with("bad") ? later() : delivered();
  });
  for (int i = 0; i < 4; ++i) {
    outbox.queue("pd", "bad" + std::to_string(i));
    outbox.queue("pd", "good" + std::to_string(i));
  }
  EXPECT_EQ(outbox.run(5s).delivered, 4);
  EXPECT_EQ(pd.calls.size(), 8u);
}

TEST(Delivery, LetsNothingOvertakeALineOfItsKey) {
  Outbox outbox;
  bool is_down = true;
  auto& pd = outbox.receiver("pd", [&](const Call& call) {
    return is_down && call.id == "line-1" ? later() : delivered();
  });
  outbox.queue("pd", "a");
  outbox.queue("pd", "a", Action::resolve);
  outbox.queue("pd", "b");
  outbox.run(5s);
  EXPECT_THAT(ids_of(pd.calls), ElementsAre("line-1", "line-3"));
  is_down = false;
  outbox.clock.advance(60s);
  outbox.run(5s);
  EXPECT_THAT(ids_of(pd.calls), ElementsAre("line-1", "line-3", "line-1", "line-2"));
}

TEST(Delivery, WaitsAsLongAsTheReceiverAsks) {
  Outbox outbox;
  int number = 0;
  auto& pd = outbox.receiver(
      "pd", [&](const Call&) { return ++number == 1 ? later("answered 429", 40s) : delivered(); });
  outbox.queue("pd", "a");
  outbox.queue("pd", "b");
  EXPECT_EQ(outbox.run(60s).delivered, 2);
  EXPECT_THAT(ids_of(pd.calls), ElementsAre("line-1", "line-2", "line-1"));
  EXPECT_GE(pd.calls[1].at - pd.calls[0].at, 40s);
  EXPECT_GE(pd.calls[2].at - pd.calls[0].at, 40s);
}

TEST(Delivery, WaitsAnHourAtMostForAReceiver) {
  Outbox outbox;
  auto& pd = outbox.receiver("pd", [&](const Call&) { return later("answered 429", 9000s); });
  outbox.queue("pd", "a");
  outbox.run(5s);
  EXPECT_EQ(outbox.line(1).not_before - pd.calls[0].at, 1h);
}

TEST(Delivery, EndsWithItsDeadline) {
  Outbox outbox;
  auto& pd = outbox.receiver("pd", always, 10s);
  for (int i = 0; i < 9; ++i) outbox.queue("pd", "k" + std::to_string(i));
  const auto begun = outbox.clock.steady_now();
  const DeliveryReport report = outbox.run(25s);
  EXPECT_LE(outbox.clock.steady_now() - begun, 25s);
  EXPECT_EQ(report.delivered, 3);
  EXPECT_EQ(report.waiting, 6);
  EXPECT_THAT(pd.times_max, ElementsAre(25s, 15s, 5s));
}

TEST(Delivery, BeginsNothingThatCouldNotEnd) {
  Outbox outbox;
  auto& pd = outbox.receiver("pd", always, 600ms);
  outbox.queue("pd", "a");
  outbox.queue("pd", "b");
  EXPECT_EQ(outbox.run(1s).waiting, 1);
  EXPECT_EQ(outbox.run(0s).waiting, 1);
  EXPECT_EQ(pd.calls.size(), 1u);
}

TEST(Delivery, OfOneThatHangsStarvesNobody) {
  Outbox outbox;
  auto& hung = outbox.receiver(
      "hung", [](const Call&) { return later("timeout"); }, 10s);
  auto& slack = outbox.receiver("slack", always, 50ms);
  auto& pd = outbox.receiver("pd", always, 50ms);
  for (int i = 0; i < 100; ++i) {
    for (const char* name : {"hung", "slack", "pd"}) outbox.queue(name, "k" + std::to_string(i));
  }
  const DeliveryReport report = outbox.run(50s);
  EXPECT_EQ(hung.calls.size(), 2u);
  EXPECT_EQ(slack.calls.size(), 100u);
  EXPECT_EQ(pd.calls.size(), 100u);
  EXPECT_EQ(report.waiting, 100);
  // Ten seconds of one that hangs are worth as much of the others: both end before its next try.
  EXPECT_LT(slack.calls.back().at, hung.calls[1].at);
  EXPECT_LT(pd.calls.back().at, hung.calls[1].at);
}

TEST(Delivery, GivesEachAFairShareOfAShortRun) {
  Outbox outbox;
  auto& slow = outbox.receiver("slow", always, 2s);
  auto& fast = outbox.receiver("fast", always, 100ms);
  for (int i = 0; i < 1000; ++i) {
    outbox.queue("slow", "k" + std::to_string(i));
    outbox.queue("fast", "k" + std::to_string(i));
  }
  outbox.run(40s);
  EXPECT_NEAR(static_cast<double>(slow.calls.size()), 10, 1);
  EXPECT_NEAR(static_cast<double>(fast.calls.size()), 200, 20);
}

TEST(Delivery, KeepsTheLinesOfAReceiverThatIsGone) {
  Outbox outbox;
  outbox.queue("old", "a");
  const DeliveryReport report = outbox.run();
  EXPECT_EQ(report.waiting, 1);
  EXPECT_THAT(report.failures, ElementsAre(Pair("old", "it is not configured any more")));
  EXPECT_EQ(outbox.line(1).attempts, 0);
}

TEST(Delivery, KeepsTheLinesOfAReceiverThatCannotBeTried) {
  Outbox outbox;
  auto& pd = outbox.receiver("pd", [](const Call&) -> Attempt {
    throw Error{ErrorCode::config, "there is no routing key"};
  });
  outbox.queue("pd", "a");
  outbox.queue("pd", "b");
  const DeliveryReport report = outbox.run();
  EXPECT_EQ(pd.times_max.size(), 1u);
  EXPECT_EQ(report.waiting, 2);
  EXPECT_THAT(report.failures, ElementsAre(Pair("pd", "there is no routing key")));
  EXPECT_EQ(outbox.line(1).attempts, 0);
  EXPECT_EQ(outbox.line(1).last_failure, "there is no routing key");
}

TEST(Delivery, StopsWhenItIsInterrupted) {
  Outbox outbox;
  outbox.receiver("pd", [&](const Call&) {
    outbox.interrupt.request(Interrupt::Signal::terminate);
    return delivered();
  });
  outbox.queue("pd", "a");
  outbox.queue("pd", "b");
  EXPECT_EQ(error_of([&] { outbox.run(); }).code(), ErrorCode::terminated);
  EXPECT_EQ(outbox.line(1).delivery, Delivery::delivered);
  EXPECT_EQ(outbox.line(2).attempts, 0);
}

TEST(Delivery, SavesEachAttemptBeforeTheNext) {
  Outbox outbox;
  auto& pd = outbox.receiver(
      "pd", [&](const Call& call) { return call.id == "line-2" ? later() : delivered(); });
  for (const char* key : {"a", "b", "c"}) outbox.queue("pd", key);
  outbox.store.saving = [&](const OutboxLine& line) {
    EXPECT_EQ(static_cast<int>(pd.calls.size()), outbox.store.saved + 1);
    EXPECT_EQ(line.id, pd.calls.back().id);
  };
  outbox.run(5s);
  EXPECT_EQ(outbox.store.saved, 3);
}

// --- limits

// The most calls that lie within any 60 s.
std::size_t most_in_a_minute(const std::vector<Call>& calls) {
  std::size_t most = 0;
  for (std::size_t from = 0, to = 0; from < calls.size(); ++from) {
    while (to < calls.size() && calls[to].at - calls[from].at < 60s) ++to;
    most = std::max(most, to - from);
  }
  return most;
}

TEST(DeliveryLimit, HoldsForTenThousandOverRuns) {
  Outbox outbox;
  outbox.limit = 100;
  auto& pd = outbox.receiver("pd", always, 130ms);
  for (int i = 0; i < 10'000; ++i) outbox.queue("pd", "k" + std::to_string(i % 3000));
  const auto begun = outbox.clock.wall_now();
  int runs = 0;
  while (pd.calls.size() < 10'000 && runs < 300) {
    const auto run_begun = outbox.clock.steady_now();
    outbox.run(250s);
    ++runs;
    const auto rest = run_begun + 260s - outbox.clock.steady_now();
    if (rest.count() > 0) outbox.clock.advance(rest);
  }
  EXPECT_EQ(pd.calls.size(), 10'000u);
  EXPECT_LE(most_in_a_minute(pd.calls), 100u);
  // 100 a minute, less what falls into the ten seconds between runs.
  EXPECT_LE(outbox.clock.wall_now() - begun, 110min);
  RecordProperty("runs", runs);
}

TEST(DeliveryLimit, CountsFailuresOfEarlierRuns) {
  Outbox outbox;
  outbox.limit = 10;
  auto& pd = outbox.receiver(
      "pd", [&](const Call&) { return outbox.random.unit() < 0.3 ? later() : delivered(); });
  for (int i = 0; i < 250; ++i) outbox.queue("pd", "k" + std::to_string(i));
  int runs = 0;
  while (runs < 2000 && outbox.run(3s).waiting > 0) {
    ++runs;
    outbox.clock.advance(5s);
  }
  EXPECT_LT(runs, 2000);
  EXPECT_GT(pd.calls.size(), 300u);
  EXPECT_LE(most_in_a_minute(pd.calls), 10u);
}

TEST(DeliveryLimit, IsEachReceiversOwn) {
  Outbox outbox;
  outbox.limit = 3;
  auto& pd = outbox.receiver("pd", always);
  auto& slack = outbox.receiver("slack", always);
  for (int i = 0; i < 5; ++i) {
    outbox.queue("pd", std::to_string(i));
    outbox.queue("slack", std::to_string(i));
  }
  outbox.run(20s);
  EXPECT_EQ(pd.calls.size(), 3u);
  EXPECT_EQ(slack.calls.size(), 3u);
}

TEST(DeliveryLimit, DoesNotEndAfterAClockThatWasAhead) {
  Outbox outbox;
  outbox.limit = 1;
  auto& pd = outbox.receiver("pd", always);
  outbox.queue("pd", "a");
  outbox.run(5s);
  outbox.store.lines.at(1).ended_at = outbox.clock.wall_now() + 24h;
  outbox.queue("pd", "b");
  outbox.run(5s);
  EXPECT_EQ(pd.calls.size(), 1u);
  EXPECT_EQ(outbox.run(70s).delivered, 1);
}

}  // namespace
}  // namespace pcx::alert
