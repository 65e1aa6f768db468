#include "cli/signals.h"

#include <csignal>
#include <future>
#include <unistd.h>

#include <gtest/gtest.h>

namespace pcx::cli {
namespace {

using std::chrono::milliseconds;

// Sends `number` to itself `times` times, then waits for what never comes.
void signal_and_hang(int number, int times, milliseconds patience) {
  Interrupt interrupt;
  const SignalThread thread{interrupt, patience};
  for (int i = 1; i <= times; ++i) {
    ::kill(::getpid(), number);
    while (interrupt.requests() < i) std::this_thread::yield();
  }
  std::promise<void>{}.get_future().wait();
}

class SignalThreadDeathTest : public ::testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(SignalThreadDeathTest, EndsWhatDoesNotStopAfterTheSecond) {
  EXPECT_EXIT(signal_and_hang(SIGINT, 2, milliseconds{50}), ::testing::ExitedWithCode(130), "");
  EXPECT_EXIT(signal_and_hang(SIGTERM, 2, milliseconds{50}), ::testing::ExitedWithCode(143), "");
}

TEST_F(SignalThreadDeathTest, EndsAtOnceAtTheThird) {
  EXPECT_EXIT(signal_and_hang(SIGINT, 3, std::chrono::hours{1}), ::testing::ExitedWithCode(130),
              "");
}

TEST(SignalThread, LeavesTimeForAnOrderlyStop) {
  Interrupt interrupt;
  const SignalThread thread{interrupt};
  for (int i = 1; i <= 2; ++i) {
    ::kill(::getpid(), SIGINT);
    while (interrupt.requests() < i) std::this_thread::yield();
  }
  EXPECT_EQ(interrupt.signal(), Interrupt::Signal::interrupt);
}

}  // namespace
}  // namespace pcx::cli
