#include "load/poller.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <thread>

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/support/errors.h"

namespace pcx::load {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Ear : Watched {
  explicit Ear(std::function<void(std::uint32_t)> hear) : hear_(std::move(hear)) {}
  void on_ready(std::uint32_t events) override { hear_(events); }
  std::function<void(std::uint32_t)> hear_;
};

// Two ends of a stream: what is said at `far` is heard at `near`.
struct Pair {
  Pair() {
    int both[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, both), 0);
    near = Descriptor{both[0]};
    far = Descriptor{both[1]};
  }
  void say(const std::string& text) const {
    EXPECT_EQ(::send(far.number(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  }
  Descriptor near, far;
};

class Polling : public ::testing::Test {
 protected:
  Poller poller;
  std::vector<int> heard;
};

TEST_F(Polling, TellsOnceForWhatHasHappened) {
  Pair pair;
  Ear ear{[&](std::uint32_t events) { heard.push_back((events & EPOLLIN) != 0 ? 1 : 0); }};
  ASSERT_EQ(poller.watch(pair.near.number(), ear), 0);
  EXPECT_FALSE(poller.is_idle());
  poller.turn();
  EXPECT_THAT(heard, ElementsAre(0));  // it can be written to
  pair.say("a");
  poller.turn();
  EXPECT_THAT(heard, ElementsAre(0, 1));
  poller.defer([] {});  // so that it does not wait; nothing was read, and nothing is told again
  poller.turn();
  EXPECT_THAT(heard, ElementsAre(0, 1));
  poller.unwatch(ear);
  EXPECT_TRUE(poller.is_idle());
}

TEST_F(Polling, TellsNothingMoreToWhomItHasForgotten) {
  Pair one, other;
  std::unique_ptr<Ear> first, second;
  const auto forget = [&](std::unique_ptr<Ear>& ear, Pair& pair) {
    poller.unwatch(*ear);
    pair.near.close_now();
    ear.reset();
  };
  first = std::make_unique<Ear>([&](std::uint32_t) {
    heard.push_back(1);
    if (second) forget(second, other);
  });
  second = std::make_unique<Ear>([&](std::uint32_t) {
    heard.push_back(2);
    if (first) forget(first, one);
  });
  ASSERT_EQ(poller.watch(one.near.number(), *first), 0);
  ASSERT_EQ(poller.watch(other.near.number(), *second), 0);
  poller.turn();  // both can be written to
  EXPECT_EQ(heard.size(), 1u);
}

TEST_F(Polling, SaysWhatItCannotWatch) {
  Ear ear{[](std::uint32_t) {}};
  EXPECT_EQ(poller.watch(-1, ear), EBADF);
  EXPECT_TRUE(poller.is_idle());
}

TEST_F(Polling, RingsInTimeAndOnce) {
  const Instant start = now();
  Poller::Alarm early{poller, [&](Instant due, Instant current) {
                        EXPECT_EQ(due, start + milliseconds{3});
                        EXPECT_GE(current, due);
                        heard.push_back(1);
                      }};
  Poller::Alarm late{poller, [&](Instant, Instant) {
                       heard.push_back(2);
                       poller.stop();
                     }};
  Poller::Alarm never{poller, [&](Instant, Instant) { heard.push_back(3); }};
  late.set(start + milliseconds{6});
  early.set(start + milliseconds{3});
  never.set(start + milliseconds{1});
  never.cancel();
  poller.run();
  EXPECT_THAT(heard, ElementsAre(1, 2));
  EXPECT_GE(now(), start + milliseconds{6});
}

TEST_F(Polling, RingsAnAlarmThatIsSetWhileItRings) {
  Poller::Alarm tick{poller, [&](Instant, Instant current) {
                       heard.push_back(1);
                       if (heard.size() == 5) return poller.stop();
                       tick.set(heard.size() % 2 == 0 ? Instant{} : current + milliseconds{1});
                     }};
  tick.set(now());
  poller.run();
  EXPECT_EQ(heard.size(), 5u);
}

TEST_F(Polling, DoesLaterWhatIsDeferred) {
  poller.defer([&] {
    heard.push_back(1);
    poller.defer([&] {
      heard.push_back(3);
      poller.stop();
      poller.defer([&] { heard.push_back(9); });
    });
    heard.push_back(2);
  });
  EXPECT_THAT(heard, IsEmpty());
  poller.run();
  EXPECT_THAT(heard, ElementsAre(1, 2, 3));
}

TEST_F(Polling, DoesWhatOthersPost) {
  std::thread other{[&] {
    for (int i = 0; i < 100; ++i) {
      poller.post([&, i] {
        heard.push_back(i);
        if (i == 99) poller.stop();
      });
    }
  }};
  poller.run();
  other.join();
  EXPECT_EQ(heard.size(), 100u);
  EXPECT_TRUE(std::is_sorted(heard.begin(), heard.end()));
}

TEST_F(Polling, LetsThroughWhatIsThrown) {
  poller.defer([] { throw std::runtime_error{"broken"}; });
  EXPECT_THROW(poller.run(), std::runtime_error);
}

}  // namespace
}  // namespace pcx::load
