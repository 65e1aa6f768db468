#include "core/sleep.h"

#include <gtest/gtest.h>

#include "tests/support/errors.h"
#include "tests/support/fake_clock.h"

namespace pcx {
namespace {

using testing::error_of;
using testing::FakeClock;

TEST(SleepUnlessStopped, SleepsAsLongAsAsked) {
  FakeClock clock;
  const auto before = clock.steady_now();
  sleep_unless_stopped(clock, Interrupt{}, std::chrono::milliseconds{250});
  EXPECT_EQ(clock.steady_now() - before, std::chrono::milliseconds{250});
}

TEST(SleepUnlessStopped, DoesNotBeginWhenAStopWasRequested) {
  FakeClock clock;
  const auto before = clock.steady_now();
  Interrupt interrupt;
  interrupt.request(Interrupt::Signal::terminate);
  const Error error =
      error_of([&] { sleep_unless_stopped(clock, interrupt, std::chrono::seconds{5}); });
  EXPECT_EQ(error.code(), ErrorCode::terminated);
  EXPECT_EQ(clock.steady_now(), before);
}

}  // namespace
}  // namespace pcx
