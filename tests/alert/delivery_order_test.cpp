// Delivery while receivers fail and runs die: order, identity, nothing lost.
#include <csignal>
#include <map>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include "alert/delivery.h"
#include "tests/alert/outbox_fixture.h"
#include "tests/alert/pagerduty_model.h"
#include "tests/alert/receiver_rig.h"

namespace pcx::alert {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A run that is over, without a word.
struct Death {};

// Episodes of 20 keys: triggers, then a resolve.
void queue_episodes(Outbox& outbox, SeededRandom& random, int count) {
  for (int i = 0; i < count; ++i) {
    const std::string key = "key" + std::to_string(random.below(20));
    for (std::uint64_t n = random.below(3) + 1; n > 0; --n) outbox.queue("pd", key);
    outbox.queue("pd", key, Action::resolve);
  }
}

// Every line was taken, and of each key in the order in which they were queued; a line that was
// taken is only taken again while nothing came in between.
void expect_in_order(const std::vector<Call>& calls, const Outbox& outbox) {
  std::map<std::string, std::vector<std::string>> taken;
  for (const Call& call : calls) {
    if (call.answer.verdict != Verdict::delivered) continue;
    auto& of_key = taken[call.dedup_key];
    if (of_key.empty() || of_key.back() != call.id) of_key.push_back(call.id);
  }
  std::map<std::string, std::vector<std::string>> wanted;
  for (const auto& line : outbox.store.lines) {
    wanted[line.second.notification.dedup_key].push_back(line.second.id);
  }
  EXPECT_EQ(taken, wanted);
}

Attempt sometimes(Random& random) {
  const double which = random.unit();
  if (which < 0.1) return later("answered 429", 30s);
  if (which < 0.2) return later("answered 500");
  if (which < 0.3) return later("timeout");
  return delivered();
}

TEST(DeliveryOrder, IsKeptForEachKeyWhileAThirdFails) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Outbox outbox;
    SeededRandom random{seed};
    auto& pd = outbox.receiver(
        "pd", [&](const Call&) { return sometimes(random); }, 10ms);
    queue_episodes(outbox, random, 100);
    int runs = 0;
    while (runs < 3000 && outbox.run(50s).waiting > 0) {
      ++runs;
      outbox.clock.advance(10s);
    }
    EXPECT_LT(runs, 3000) << seed;
    expect_in_order(pd.calls, outbox);
  }
}

TEST(DeliveryOrder, IsKeptWhenRunsDieBetweenCallAndSave) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Outbox outbox;
    SeededRandom random{seed};
    auto& pd = outbox.receiver(
        "pd", [&](const Call&) { return sometimes(random); }, 10ms);
    queue_episodes(outbox, random, 100);
    int deaths = 0;
    outbox.store.saving = [&](const OutboxLine&) {
      if (random.unit() < 0.2) throw Death{};
    };
    const auto run = [&] {
      try {
        return outbox.run(50s).waiting > 0;
      } catch (const Death&) {
        ++deaths;
        return true;
      }
    };
    int runs = 0;
    while (runs < 5000 && run()) {
      ++runs;
      outbox.clock.advance(10s);
    }
    EXPECT_LT(runs, 5000) << seed;
    EXPECT_GT(deaths, 20) << seed;
    expect_in_order(pd.calls, outbox);
  }
}

TEST(DeliveryOrder, SendsTheSameLineAgainWhenARunDied) {
  Outbox outbox;
  auto& pd = outbox.receiver("pd", [](const Call&) { return delivered(); });
  outbox.queue("pd", "a");
  outbox.queue("pd", "a", Action::resolve);
  outbox.store.saving = [](const OutboxLine&) { throw Death{}; };
  EXPECT_THROW(outbox.run(), Death);
  outbox.store.saving = {};
  outbox.run();
  std::vector<std::string> ids;
  for (const Call& call : pd.calls) ids.push_back(call.id);
  EXPECT_THAT(ids, ElementsAre("line-1", "line-1", "line-2"));
}

// --- really killed: a process of its own, PagerDuty in this one.

class KillingStore final : public Store {
 public:
  explicit KillingStore(Memory memory) : memory_(std::move(memory)) {}
  Memory load() override { return memory_; }
  void save(Memory&) override {}
  void save_line(const OutboxLine&) override { ::kill(::getpid(), SIGKILL); }

 private:
  Memory memory_;
};

DeliveryReport deliver_to(ReceiverRig& rig, Store& store, Memory& memory) {
  const auto receiver = make_receiver(rig.config(ReceiverKind::pagerduty), rig.tools());
  SeededRandom random{1};
  return deliver(memory, {.store = store,
                          .receiver = [&](const std::string&) { return receiver.get(); },
                          .calls_per_minute_max = [](const std::string&) { return 100; },
                          .clock = rig.clock,
                          .random = random,
                          .interrupt = rig.interrupt,
                          .deadline = rig.clock.steady_now() + 20s});
}

TEST(DeliveryOrder, OutlivesSigkillBetweenCallAndSave) {
  ReceiverRig rig;
  PagerDutyModel model;
  rig.server.answer_with([&](const testing::Received& request) { return model.take(request); });
  KeptOutbox kept{rig.clock};
  for (const Action action : {Action::trigger, Action::resolve}) {
    OutboxLine line{.id = "id", .sequence = static_cast<int>(kept.lines.size()) + 1};
    line.receiver = "pd";
    line.notification = sample_notification(action);
    kept.lines[line.sequence] = line;
  }
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    KillingStore store{kept.load()};
    Memory memory = store.load();
    deliver_to(rig, store, memory);
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  Memory memory = kept.load();
  EXPECT_EQ(deliver_to(rig, kept, memory).delivered, 2);
  const auto requests = rig.server.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[0].body, requests[1].body);
  const PagerDutyIncident incident = model.incidents().begin()->second;
  EXPECT_THAT(incident.actions, ElementsAre("trigger", "trigger", "resolve"));
  EXPECT_EQ(incident.opened, 1);
  EXPECT_THAT(model.faults(), IsEmpty());
}

}  // namespace
}  // namespace pcx::alert
