// Processes that do nothing but store are killed at random moments: what is found afterwards is the
// memory as it was before the operation under way or after it, and every one that had returned.
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include "alert/store.h"
#include "core/descriptor.h"
#include "tests/alert/store_fixture.h"
#include "tests/support/process.h"
#include "tests/support/strike.h"

namespace pcx::alert {
namespace {

// PCX_STORE_KILLS of each store, or a sample.
int kills() {
  const char* const wanted = std::getenv("PCX_STORE_KILLS");
  return wanted != nullptr ? std::atoi(wanted) : 20;
}

constexpr int kStepsMax = 12;  // of a process
constexpr int kSpinsMax = 200'000;

// The operations of a process: runs that change and save everything, and attempts in between. Each
// step is a function of the memory before it and of its number.
struct Step {
  bool is_line = false;
  std::size_t line = 0;
};

// Changes `memory` as step `number` of a process does, which `store` is then told of.
Step change(Memory& memory, int number, Time now) {
  SeededRandom random{static_cast<std::uint64_t>(number)};
  for (std::size_t line = 0; number % 3 != 0 && line < memory.outbox.size(); ++line) {
    OutboxLine& tried = memory.outbox[line];
    if (tried.delivery != Delivery::queued) continue;
    ++tried.attempts;
    tried.delivery = Delivery::delivered;
    tried.ended_at = now;
    return {true, line};
  }
  memory = evolved(std::move(memory), random, "p" + std::to_string(number), now);
  return {};
}

void store_step(Store& store, Memory& memory, int number, Time now) {
  const Step step = change(memory, number, now);
  if (step.is_line) {
    store.save_line(memory.outbox[step.line]);
  } else {
    store.save(memory);
  }
}

// What is compared: events are in files only, and tables have an order of their own.
std::string shown_stored(Memory memory) {
  memory.new_events.clear();
  std::ranges::sort(memory.alerts, {}, &Alert::id);
  std::ranges::sort(memory.incidents, {}, &Incident::dedup_key);
  std::ranges::sort(memory.silences, {}, &Silence::id);
  return shown(memory);
}

using WithStore = std::function<void(const std::function<void(Store&)>&)>;

// A child that stores, and says with a byte that a step has returned.
pid_t start_child(const WithStore& with_store, int first, Time now, int pipe) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  try {
    with_store([&](Store& store) {
      Memory memory = store.load();
      for (int step = 0; step < kStepsMax; ++step) {
        store_step(store, memory, first + step, now);
        if (::write(pipe, "x", 1) != 1) ::_exit(2);
      }
    });
  } catch (const std::exception&) {
    ::_exit(3);
  }
  ::_exit(0);
}

int count_bytes(int pipe) {
  char bytes[kStepsMax];
  int count = 0;
  for (ssize_t got = 1; got != 0;) {
    got = ::read(pipe, bytes, sizeof bytes);
    if (got > 0) count += static_cast<int>(got);
    if (got < 0 && errno != EINTR) throw std::runtime_error{"cannot read from the child"};
  }
  return count;
}

// A moment that is none of the child's: some of its steps are through, and a bit more.
void wait_for_moment(int pipe, Random& random, int& through) {
  const auto wanted = static_cast<int>(random.below(4));
  char byte = 0;
  while (through < wanted && ::read(pipe, &byte, 1) == 1) ++through;
  const auto spins = random.below(kSpinsMax);
  for (volatile std::uint64_t spin = 0; spin < spins;) spin = spin + 1;
}

struct Struck {
  int through = 0;  // steps that had returned
  bool was_killed = false;
};

Struck strike(const WithStore& with_store, int first, Time now, Random& random) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error{"no pipe"};
  const Descriptor read_end{ends[0]};
  Descriptor write_end{ends[1]};
  const pid_t child = start_child(with_store, first, now, ends[1]);
  write_end.close_now();
  Struck struck;
  wait_for_moment(read_end.number(), random, struck.through);
  ::kill(child, SIGKILL);
  struck.through += count_bytes(read_end.number());
  const int exit = testing::wait_for_end(child);
  struck.was_killed = exit == 128 + SIGKILL;
  EXPECT_TRUE(struck.was_killed || exit == 0) << "the child ended with " << exit;
  return struck;
}

class StoreKilled : public StoreFixture {
 protected:
  // `read` is load() by another process, once the killed one is gone for good.
  void strike_often(const WithStore& with_store, const std::function<Memory()>& read) {
    SeededRandom random{11};
    int under_way = 0, killed = 0, first = 0;
    const int wanted = kills();
    for (int kill = 0; kill < wanted; ++kill) {
      SCOPED_TRACE(kill);
      Memory memory = read();
      const Struck struck = strike(with_store, first, clock.wall_now(), random);
      for (int step = 0; step < struck.through; ++step) apply(memory, first + step);
      const std::string before = shown_stored(memory);
      apply(memory, first + struck.through);
      const std::string found = shown_stored(read());
      if (found != before) {
        ASSERT_EQ(found, shown_stored(memory)) << struck.through << " steps had returned";
      }
      under_way += found != before ? 1 : 0;
      killed += struck.was_killed ? 1 : 0;
      first += kStepsMax;
      clock.advance(std::chrono::minutes{1});
    }
    EXPECT_GT(killed, wanted / 2);
    RecordProperty("killed", killed);
    RecordProperty("stored_but_not_returned", under_way);
  }

 private:
  // As a store leaves it.
  void apply(Memory& memory, int number) {
    if (change(memory, number, clock.wall_now()).is_line) return;
    ++memory.generation;
    if (is_database_) forget_ended(memory, clock.wall_now());
  }

 protected:
  bool is_database_ = false;
};

TEST_F(StoreKilled, LosesNoFile) {
  const WithStore with_files = [this](const std::function<void(Store&)>& work) { work(*files()); };
  strike_often(with_files, [this] { return files()->load(); });
}

TEST_F(StoreKilled, LosesNothingInPostgresql) {
  is_database_ = true;
  const WithStore with_database = [this](const std::function<void(Store&)>& work) {
    db::Database session = open();
    DatabaseStore kept{session, "production", clock, retention};
    work(kept);
  };
  // The server goes on with what the killed one had sent.
  strike_often(with_database, [this] {
    testing::wait_until(database(), {"test.alone",
                                     "SELECT count(*) = 1 FROM pg_stat_activity "
                                     "WHERE datname = current_database()"});
    return store().load();
  });
}

}  // namespace
}  // namespace pcx::alert
