#include "load/wheel.h"

#include <functional>
#include <memory>
#include <stdexcept>
#include <vector>

#include <gmock/gmock.h>

namespace pcx::load {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Bell : Timer {
  explicit Bell(std::function<void()> ring) : ring_(std::move(ring)) {}
  void on_time() override { ring_(); }

 private:
  std::function<void()> ring_;
};

class Wheels : public ::testing::Test {
 protected:
  void ring_at(int number, Instant::duration after) {
    bells_.push_back(std::make_unique<Bell>([this, number] { rung.push_back(number); }));
    wheel.arm(*bells_.back(), start + after);
  }

  Instant start{seconds{1'000}};
  Wheel wheel{start};
  std::vector<int> rung;

 private:
  std::vector<std::unique_ptr<Bell>> bells_;
};

TEST_F(Wheels, FireAtTheTickNeverBefore) {
  ring_at(1, microseconds{1'500});
  wheel.advance(start + microseconds{1'999});
  EXPECT_THAT(rung, IsEmpty());
  wheel.advance(start + milliseconds{2});
  EXPECT_THAT(rung, ElementsAre(1));
  EXPECT_EQ(wheel.armed(), 0u);
}

TEST_F(Wheels, FireInTheOrderOfTicks) {
  ring_at(3, milliseconds{300});
  ring_at(1, milliseconds{10});
  ring_at(2, milliseconds{20});
  wheel.advance(start + seconds{1});
  EXPECT_THAT(rung, ElementsAre(1, 2, 3));
}

TEST_F(Wheels, KeepForSeveralTurnsWhatIsLong) {
  ring_at(1, seconds{60});
  for (int i = 1; i < 60; ++i) wheel.advance(start + seconds{i});
  EXPECT_THAT(rung, IsEmpty());
  wheel.advance(start + seconds{60});
  EXPECT_THAT(rung, ElementsAre(1));
}

TEST_F(Wheels, ForgetWhatIsCancelledOrDestroyed) {
  {
    Bell gone{[this] { rung.push_back(1); }};
    wheel.arm(gone, start + milliseconds{10});
    EXPECT_TRUE(gone.is_armed());
  }
  Bell stays{[this] { rung.push_back(2); }};
  wheel.arm(stays, start + milliseconds{10});
  stays.cancel();
  stays.cancel();
  wheel.advance(start + seconds{1});
  EXPECT_THAT(rung, IsEmpty());
  EXPECT_EQ(wheel.next_tick(), std::nullopt);
}

TEST_F(Wheels, LetABellArmItselfAndCancelAnother) {
  int times = 0;
  std::unique_ptr<Bell> again;
  Bell other{[this] { rung.push_back(9); }};
  again = std::make_unique<Bell>([&] {
    other.cancel();
    if (++times < 3) wheel.arm(*again, start);  // overdue: the next tick
  });
  wheel.arm(*again, start + Wheel::kTick);
  wheel.arm(other, start + Wheel::kTick);
  wheel.advance(start + 2 * Wheel::kTick);
  EXPECT_EQ(times, 2);
  wheel.advance(start + 3 * Wheel::kTick);
  EXPECT_EQ(times, 3);
  EXPECT_THAT(rung, IsEmpty());
}

TEST_F(Wheels, LetGoOfATickWhereABellThrows) {
  Bell bad{[] { throw std::runtime_error{"no bell"}; }};
  Bell other{[this] { rung.push_back(9); }};
  wheel.arm(bad, start + Wheel::kTick);
  wheel.arm(other, start + Wheel::kTick);
  EXPECT_THROW(wheel.advance(start + Wheel::kTick), std::runtime_error);
  EXPECT_FALSE(bad.is_armed());
  EXPECT_FALSE(other.is_armed());
  EXPECT_EQ(wheel.armed(), 0);
  wheel.advance(start + seconds{9});
  EXPECT_THAT(rung, IsEmpty());
}

TEST_F(Wheels, SayWhenToLookNext) {
  EXPECT_EQ(wheel.next_tick(), std::nullopt);
  ring_at(1, microseconds{4'200});
  EXPECT_EQ(wheel.next_tick(), start + milliseconds{5});
}

}  // namespace
}  // namespace pcx::load
