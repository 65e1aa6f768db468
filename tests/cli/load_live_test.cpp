#include "cli/commands/load_live.h"

#include <gtest/gtest.h>

#include "core/json.h"

namespace pcx::cli {
namespace {

using load::Glimpse;
using std::chrono::seconds;

std::vector<load::Phase> ramp_and_pause() {
  return {{.duration = seconds{60}, .rate = 0, .rate_at_end = 120},
          {.duration = seconds{5}, .is_pause = true}};
}

TEST(LoadLive, TellsRatesOfTheLastSecond) {
  LoadLive live{ramp_and_pause(), {}};
  const auto first = live.line({.elapsed_s = 1, .length_s = 65, .created = 1, .active = 1});
  EXPECT_EQ(first.sentence, "1 min 4 s left, 1 of 1 users/s, 1 active, no errors");
  const auto later = live.line({.elapsed_s = 30,
                                .length_s = 65,
                                .created = 900,
                                .active = 1'200,
                                .errors = 1,
                                .p50_ms = 3.14,
                                .p99_ms = 1'204.0});
  EXPECT_EQ(later.sentence,
            "35 s left, 31 of 59 users/s, 1,200 active, p50 3.14 ms, p99 1,204 ms, 1 error");
}

TEST(LoadLive, CountsWhomMaxVusersLeftOutAsStarted) {
  LoadLive live{ramp_and_pause(), {}};
  live.line({.elapsed_s = 10, .length_s = 65, .created = 100});
  const auto line = live.line({.elapsed_s = 11, .length_s = 65, .created = 110, .skipped = 11});
  EXPECT_EQ(line.sentence, "54 s left, 21 of 21 users/s, 0 active, no errors");
}

TEST(LoadLive, ExpectsOfAPartItsShare) {
  LoadLive live{ramp_and_pause(), {.index = 1, .count = 4}};
  const auto line = live.line({.elapsed_s = 2, .length_s = 65, .created = 1});
  EXPECT_EQ(line.sentence, "1 min 3 s left, 0.5 of 0.8 users/s, 0 active, no errors");
}

TEST(LoadLive, TellsWhoIsLeftAtTheEnd) {
  LoadLive live{ramp_and_pause(), {}};
  const auto line = live.line({.elapsed_s = 66.2, .length_s = 65, .active = 3, .errors = 1'000});
  EXPECT_EQ(line.sentence, "all have started, 3 active, 1,000 errors");
}

TEST(LoadLive, HasTheFiguresForPrograms) {
  LoadLive live{ramp_and_pause(), {}};
  const auto line = live.line({.elapsed_s = 30.04,
                               .length_s = 65,
                               .created = 900,
                               .active = 7,
                               .requests = 20,
                               .responses = 19,
                               .errors = 1,
                               .p50_ms = 3.5});
  EXPECT_EQ(to_json(line.figures),
            R"({"elapsed_s":30.0,"left_s":35.0,"asked_rate":59.1,"rate":30.0,"created":900,)"
            R"("active":7,"requests":20,"responses":19,"errors":1,"p50_ms":3.5})");
}

}  // namespace
}  // namespace pcx::cli
