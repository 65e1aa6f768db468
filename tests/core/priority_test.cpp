#include "core/priority.h"

#include <sched.h>
#include <thread>

#include <gtest/gtest.h>

namespace pcx {
namespace {

TEST(Priority, GivesWayInThisThreadAndThoseItStarts) {
  int own = -1;
  int inherited = -1;
  std::thread{[&] {  // there is no way back
    give_way_to_others();
    own = sched_getscheduler(0);
    std::thread{[&] { inherited = sched_getscheduler(0); }}.join();
  }}
      .join();
  EXPECT_EQ(own, SCHED_IDLE);
  EXPECT_EQ(inherited, SCHED_IDLE);
  EXPECT_NE(sched_getscheduler(0), SCHED_IDLE);
}

}  // namespace
}  // namespace pcx
