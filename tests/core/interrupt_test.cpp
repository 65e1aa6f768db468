#include "core/interrupt.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/errors.h"

namespace pcx {
namespace {

using ::testing::ElementsAre;

TEST(Interrupt, TellsEveryCallbackTheNumberOfTheRequest) {
  Interrupt interrupt;
  std::vector<int> first;
  std::vector<int> second;
  interrupt.add_callback([&](int requests) { first.push_back(requests); });
  const int number = interrupt.add_callback([&](int requests) { second.push_back(requests); });
  interrupt.request(Interrupt::Signal::interrupt);
  interrupt.remove_callback(number);
  interrupt.request(Interrupt::Signal::interrupt);
  EXPECT_THAT(first, ElementsAre(1, 2));
  EXPECT_THAT(second, ElementsAre(1));
}

TEST(Interrupt, KnowsNoSignalAtFirst) {
  const Interrupt interrupt;
  EXPECT_EQ(interrupt.requests(), 0);
  EXPECT_EQ(interrupt.signal(), Interrupt::Signal::none);
}

TEST(Interrupt, TellsCtrlCFromTermination) {
  Interrupt interrupt;
  interrupt.request(Interrupt::Signal::interrupt);
  const Error error = testing::error_of([&] { interrupt.throw_if_requested(); });
  EXPECT_EQ(error.code(), ErrorCode::interrupted);
}

TEST(Interrupt, ThrowsOnlyOnceAStopWasRequested) {
  Interrupt interrupt;
  EXPECT_NO_THROW(interrupt.throw_if_requested());
  EXPECT_FALSE(interrupt.stop_requested());
  interrupt.request(Interrupt::Signal::terminate);
  EXPECT_TRUE(interrupt.stop_requested());
  EXPECT_EQ(interrupt.signal(), Interrupt::Signal::terminate);
  try {
    interrupt.throw_if_requested();
    FAIL() << "did not throw";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::terminated);
  }
}

}  // namespace
}  // namespace pcx
