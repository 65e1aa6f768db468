#include "alert/delivery_queue.h"

#include <gmock/gmock.h>

#include "core/time.h"

namespace pcx::alert {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

const Time kNow = *parse_rfc3339("2026-03-08T07:00:00Z");

TEST(LeastPause, DoublesUpToTenMinutes) {
  EXPECT_EQ(least_pause(1), 30s);
  EXPECT_EQ(least_pause(2), 60s);
  EXPECT_EQ(least_pause(5), 480s);
  EXPECT_EQ(least_pause(6), 600s);
  EXPECT_EQ(least_pause(1000), 600s);
}

TEST(CallWindow, IsFreeWhenTheOldestOfTheMostIsAMinuteOld) {
  CallWindow window{2};
  EXPECT_EQ(window.free_at(kNow), kNow);
  window.add(kNow - 50s, kNow);
  EXPECT_EQ(window.free_at(kNow), kNow);
  window.add(kNow - 20s, kNow);
  EXPECT_EQ(window.free_at(kNow), kNow + 10s + 1ms);
  window.add(kNow, kNow);  // one too many, of a run before
  EXPECT_EQ(window.free_at(kNow), kNow + 40s + 1ms);
  EXPECT_EQ(window.free_at(kNow + 40s + 1ms), kNow + 40s + 1ms);
}

TEST(CallWindow, ForgetsWhatIsOver) {
  CallWindow window{1};
  window.add(kNow - 61s, kNow);
  EXPECT_EQ(window.free_at(kNow), kNow);
}

TEST(CallWindow, TakesTimesToComeForNow) {
  CallWindow window{1};
  window.add(kNow + 24h, kNow);
  EXPECT_EQ(window.free_at(kNow), kNow + 60s + 1ms);
}

TEST(CallWindow, KnowsNoLimitOfZero) {
  CallWindow window{0};
  for (int i = 0; i < 1000; ++i) window.add(kNow, kNow);
  EXPECT_EQ(window.free_at(kNow), kNow);
}

OutboxLine a_line(std::int64_t sequence, const std::string& key, Time not_before = {}) {
  OutboxLine line{.id = std::to_string(sequence), .sequence = sequence, .not_before = not_before};
  line.notification.dedup_key = key;
  return line;
}

TEST(DeliveryQueue, GivesTheFirstOfEachKeyThatIsDueLongest) {
  OutboxLine lines[] = {a_line(1, "a", kNow + 5s), a_line(2, "a"), a_line(3, "b"),
                        a_line(4, "c", kNow - 1s)};
  DeliveryQueue queue{"pd", 0};
  for (OutboxLine& line : lines) queue.add(line);
  std::vector<std::int64_t> order;
  for (auto at = queue.earliest(kNow); at; at = queue.earliest(*at)) {
    OutboxLine& line = queue.take();
    EXPECT_LE(line.not_before, *at);
    order.push_back(line.sequence);
    line.delivery = Delivery::delivered;
    queue.give_back(line);
  }
  EXPECT_THAT(order, ElementsAre(3, 4, 1, 2));
}

TEST(DeliveryQueue, GivesALineThatWasPutOffAgainBeforeThoseBehindIt) {
  OutboxLine first = a_line(1, "a");
  OutboxLine second = a_line(2, "a");
  DeliveryQueue queue{"pd", 0};
  queue.add(first);
  queue.add(second);
  OutboxLine& taken = queue.take();
  taken.not_before = kNow + 30s;
  queue.give_back(taken);
  EXPECT_EQ(queue.earliest(kNow), kNow + 30s);
  EXPECT_EQ(&queue.take(), &first);
}

TEST(DeliveryQueue, WaitsForItsPauseAndItsLimit) {
  OutboxLine line = a_line(1, "a");
  DeliveryQueue queue{"pd", 1};
  EXPECT_EQ(queue.earliest(kNow), std::nullopt);
  queue.add(line);
  EXPECT_EQ(queue.earliest(kNow), kNow);
  queue.call_ended(kNow);
  EXPECT_EQ(queue.earliest(kNow), kNow + 60s + 1ms);
  queue.pause_until(kNow + 90s);
  queue.pause_until(kNow + 80s);
  EXPECT_EQ(queue.earliest(kNow), kNow + 90s);
}

struct Remembered {
  const char* what;
  int attempts;
  std::optional<Time> ended_at;
  Time not_before;
  std::chrono::milliseconds wait;  // of a queue with a limit of one call
};

TEST(DeliveryQueue, KnowsCallsOfEarlierRunsByTheirLines) {
  const Remembered cases[] = {
      {"never tried", 0, {}, Time{}, 0ms},
      {"delivered at once", 1, kNow - 10s, Time{}, 50'001ms},
      {"delivered long ago", 1, kNow - 61s, Time{}, 0ms},
      {"failed ten seconds ago", 1, {}, kNow + 20s, 50'001ms},
      {"failed for the third time", 3, {}, kNow + 100s, 40'001ms},
      {"failed, and its pause is over", 1, {}, kNow - 31s, 0ms},
  };
  for (const Remembered& each : cases) {
    OutboxLine old = a_line(1, "old", each.not_before);
    old.attempts = each.attempts;
    old.ended_at = each.ended_at;
    OutboxLine line = a_line(2, "a");
    DeliveryQueue queue{"pd", 1};
    queue.remember_calls(old, kNow);
    queue.add(line);
    EXPECT_EQ(*queue.earliest(kNow) - kNow, each.wait) << each.what;
  }
}

TEST(DeliveryQueue, CountsEveryAttemptOfALineWithinTheMinute) {
  OutboxLine old = a_line(1, "old");
  old.attempts = 2;
  old.delivery = Delivery::delivered;
  old.ended_at = kNow - 5s;  // and 30 s before that at the latest
  OutboxLine line = a_line(2, "a");
  DeliveryQueue queue{"pd", 2};
  queue.remember_calls(old, kNow);
  queue.add(line);
  EXPECT_EQ(queue.earliest(kNow), kNow + 25s + 1ms);
}

}  // namespace
}  // namespace pcx::alert
