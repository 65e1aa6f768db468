#include "core/interrupt.h"

#include <sys/resource.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/errors.h"

namespace pcx {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// No new descriptor can be opened as long as it lives.
class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit none{0, before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit before_{};
};

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

#ifndef __SANITIZE_ADDRESS__  // UBSan itself needs descriptors
TEST(InterruptWatch, SaysWhenItCannotWatch) {
  Interrupt interrupt;
  const NoDescriptors none;
  const Error error = testing::error_of([&] { const InterruptWatch watch{&interrupt}; });
  EXPECT_EQ(error.code(), ErrorCode::io);
  EXPECT_THAT(error.what(), HasSubstr("cannot watch for a stop"));
}
#endif

}  // namespace
}  // namespace pcx
