// Somebody is in the way of CREATE INDEX CONCURRENTLY for seconds: pcx says so all the time.
#include <algorithm>
#include <array>
#include <chrono>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/strike.h"
#include "tests/support/temporary_folder.h"

namespace pcx::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds kHeld{7};
constexpr seconds kSilenceMax{2};

struct Line {
  steady_clock::time_point at;  // when it came
  std::string text;
};

// What a process says, line by line, and when.
class Listener {
 public:
  Listener() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) throw std::runtime_error{"no pipe"};
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() { std::for_each(ends_.begin(), ends_.end(), ::close); }

  int input() const { return ends_[1]; }

  // All that comes until then.
  void listen(steady_clock::time_point until) {
    for (;;) {
      const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
      if (left <= milliseconds{0}) return;
      pollfd waiting{ends_[0], POLLIN, 0};
      if (::poll(&waiting, 1, static_cast<int>(left.count())) > 0) take();
    }
  }

  const std::vector<Line>& lines() const { return lines_; }

 private:
  void take() {
    std::array<char, 4096> bytes{};
    const ssize_t got = ::read(ends_[0], bytes.data(), bytes.size());
    if (got < 0) throw std::runtime_error{"cannot read"};
    for (const char c : std::string_view{bytes.data(), static_cast<std::size_t>(got)}) {
      if (c == '\n') lines_.push_back({steady_clock::now(), std::exchange(begun_, "")});
      if (c != '\n') begun_ += c;
    }
  }

  std::array<int, 2> ends_{};
  std::string begun_;  // without its end yet
  std::vector<Line> lines_;
};

struct InTheWay {
  const char* name;
  const char* how;  // SQL in a transaction
  const char* phase;
};

class HeldUpIndex : public ::testing::TestWithParam<InTheWay> {
 protected:
  HeldUpIndex() {
    folder.write("20260101000000_pet/migration.sql", "CREATE TABLE pet (id int);\n");
    folder.write("20260102000000_index/migration.sql",
                 "CREATE INDEX CONCURRENTLY pet_id ON pet (id);\n");
    const StruckRun base = arena.run(up({"--steps", "1"}), database);
    if (base.exit != 0) throw std::runtime_error{base.said};
  }

  std::vector<std::string> up(const std::vector<std::string>& more) const {
    std::vector<std::string> words{"migrate", "up", "--dir", folder.path()};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  Arena arena;
  const TemporaryFolder folder;
  const std::string database = arena.make_database();
};

TEST_P(HeldUpIndex, IsToldOfEveryTwoSeconds) {
  Listener listener;
  db::Database session{db::parse_target(arena.url(database)), {}};
  db::Transaction holder = session.begin(db::Access::read_write, db::Isolation::repeatable_read);
  holder.query({"test.hold", GetParam().how});
  const pid_t pcx = arena.start(up({"--progress", "json"}), arena.url(database), listener.input());
  arena.wait_until_held_up(database, session.backend_pid());
  const auto began = steady_clock::now();
  listener.listen(began + kHeld);
  holder.rollback();
  EXPECT_EQ(wait_for_end(pcx), 0);

  const std::string expected =
      fmt::format(R"("what":"held up by process {}, {}","done":0,"total":1)", session.backend_pid(),
                  GetParam().phase);
  auto last = began;
  milliseconds silence{0};
  int count = 0;
  const auto look = [&](steady_clock::time_point at) {
    silence = std::max(silence, std::chrono::ceil<milliseconds>(at - last));
    last = at;
  };
  for (const Line& line : listener.lines()) {
    if (line.text.find(expected) == std::string::npos) continue;
    look(line.at);
    ++count;
  }
  look(began + kHeld);
  fmt::print("{} lines in {} s, never more than {} ms without one\n", count, kHeld.count(),
             silence.count());
  EXPECT_LE(silence, kSilenceMax);
}

INSTANTIATE_TEST_SUITE_P(
    Every, HeldUpIndex,
    ::testing::Values(InTheWay{"by_a_writer", "LOCK TABLE public.pet IN ROW EXCLUSIVE MODE",
                               "waiting for writers before build"},
                      InTheWay{"by_a_snapshot", "SELECT 1", "waiting for old snapshots"}),
    [](const auto& way) { return way.param.name; });

}  // namespace
}  // namespace pcx::testing
