// Who waits while a fence waits for its lock.
#include <algorithm>
#include <chrono>
#include <future>
#include <thread>

#include <gmock/gmock.h>

#include "rotate/fence.h"
#include "tests/rotate/rotation_fixture.h"

namespace pcx::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class FenceWait : public RotationFixture {
 protected:
  std::vector<rotate::Cell> cells() {
    for (const auto& heap : clinic().heaps()) {
      if (heap.root == "medical_records") return heap.target.cells;
    }
    throw std::runtime_error{"no medical records"};
  }
};

// Nobody stands behind pcx in the queue for a table that somebody else keeps.
TEST_F(FenceWait, ForATakenTableHoldsNoWriterUp) {
  clinic(50);
  rotate_all();
  db::Database keeper = connect();
  std::optional<db::Transaction> kept{keeper.begin()};
  kept->query(db::Statement{"test.keep", "SELECT 1 FROM public.medical_records LIMIT 1"});
  std::this_thread::sleep_for(milliseconds{100});  // it has gone on for a while
  auto fenced = std::async(std::launch::async, [&] {
    db::Database database = connect();
    const rotate::FenceTools tools{database, clock, interrupt};
    return rotate::replace_fences(tools, cells(), {clinic().fresh, clinic().fresh + 1});
  });
  db::Database writer = connect();
  std::vector<steady_clock::duration> waits;
  const auto until = steady_clock::now() + milliseconds{1'500};
  while (steady_clock::now() < until) {
    const auto began = steady_clock::now();
    writer.query(db::Statement{"test.write", "UPDATE public.medical_records SET version = 2"});
    waits.push_back(steady_clock::now() - began);
  }
  EXPECT_EQ(fenced.wait_for(milliseconds{0}), std::future_status::timeout);
  // Behind a lock that was waited for, one write in a few would last as long as that.
  std::sort(waits.begin(), waits.end());
  EXPECT_LT(waits[waits.size() * 99 / 100], milliseconds{50});
  EXPECT_LT(waits.back(), milliseconds{150});
  kept.reset();
  EXPECT_THAT(fenced.get(), ::testing::Each(true));
}

}  // namespace
}  // namespace pcx::testing
