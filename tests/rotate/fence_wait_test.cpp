// Who waits while a fence waits for its lock.
#include <atomic>
#include <chrono>
#include <future>
#include <optional>
#include <string_view>
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
  // The server's own words, and no clock: a busy machine makes writes slow, but none waits.
  std::atomic<int> waits = 0;
  writer.set_notice_handler([&](std::string_view, std::string_view message) {
    if (message.find("still waiting for RowExclusiveLock") == std::string_view::npos) return;
    ++waits;
    waits.notify_one();
  });
  for (const char* setting : {"SET log_lock_waits = on", "SET deadlock_timeout = '1ms'",
                              "SET client_min_messages = log"}) {
    writer.query(db::Statement{"test.set", setting});
  }
  const auto write = [&] {
    writer.query(db::Statement{"test.write", "UPDATE public.medical_records SET version = 2"});
  };
  const auto until = steady_clock::now() + milliseconds{1'500};
  while (steady_clock::now() < until) write();
  EXPECT_EQ(fenced.wait_for(milliseconds{0}), std::future_status::timeout);
  EXPECT_EQ(waits, 0);
  kept.reset();
  EXPECT_THAT(fenced.get(), ::testing::Each(true));
  // One that waits would have been counted.
  kept.emplace(keeper.begin());
  kept->query(db::Statement{"test.lock", "LOCK TABLE public.medical_records"});
  auto waiting = std::async(std::launch::async, write);
  waits.wait(0);
  kept.reset();
  waiting.get();
}

}  // namespace
}  // namespace pcx::testing
