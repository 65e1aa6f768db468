// A run in parts on a simulated clock: the users, rows and figures of M machines are those of one.
#include <map>
#include <queue>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "load/arrivals.h"
#include "load/result.h"
#include "load/tally.h"
#include "load/user_variables.h"

namespace pcx::load {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t kSeed = 20'260'101;
constexpr int kRows = 300;

Payload payload(bool in_sequence, Slot slot) {
  Payload made{.fields = {slot}, .rows = {}, .in_sequence = in_sequence};
  for (int row = 0; row < kRows; ++row) made.rows.push_back({Value{double(row)}});
  return made;
}

Plan plan() {
  Plan made{.target = "http://127.0.0.1"};
  made.phases = {
      {.name = "ramp", .duration = seconds{15}, .rate = 3, .rate_at_end = 61},
      {.name = "steady", .duration = seconds{12}, .rate = 40.5, .rate_at_end = 40.5},
      {.name = "chance",
       .duration = seconds{9},
       .rate = 25,
       .rate_at_end = 25,
       .law = ArrivalLaw::poisson},
      {.name = "some", .duration = seconds{4}, .count = 77},
  };
  made.scenarios.resize(2);
  made.scenarios[1].name = "second";
  made.variables = {"row", "other", "$uuid"};
  made.payloads = {payload(true, 0), payload(false, 1)};
  made.uuid_slot = 2;
  made.endpoints = {{.name = "/a"}, {.name = "/b (two)", .is_named = true}};
  made.digest = "d1935";
  return made;
}

struct Parts {
  Result result;                     // merged
  std::map<std::string, int> rows;   // that users had, and how often
  std::map<std::string, int> users;  // by their $uuid
};

// The target answers user k after a time that only k decides; some get errors.
class SimulatedPart {
 public:
  SimulatedPart(const Plan& plan, Part part, Parts& all)
      : plan_(plan), tally_(plan, start_, Time{milliseconds{1'767'225'605'000}}), part_(part) {
    Arrivals arrivals{plan.phases, kSeed, {part.index, part.count}};
    while (const auto arrival = arrivals.next()) plan_user(*arrival, all);
  }

  Result run() {
    Instant now = start_;
    while (!events_.empty()) {
      const Event event = events_.top();
      events_.pop();
      now = event.at;
      happen(event);
    }
    Result result{.plan_digest = plan_.digest, .seed = kSeed, .parts = {part_}};
    tally_.finish(start_ + seconds{60}, result);
    return result;
  }

 private:
  enum class Kind { arrive, send, answer, end };
  struct Event {
    Instant at;
    std::int64_t number;
    Kind kind;
    std::size_t phase;
    Instant intended;
    bool operator<(const Event& other) const {  // the earliest on top
      return std::tie(other.at, other.number, other.kind) < std::tie(at, number, kind);
    }
  };

  void plan_user(const Arrival& arrival, Parts& all) {
    SeededRandom random{seed_of_user(kSeed, arrival.number)};
    const auto variables = variables_of_user(plan_, {}, arrival.number, random);
    ++all.rows["sequence " + variables[0].to_text()];
    ++all.rows["random " + variables[1].to_text()];
    ++all.users[variables[2].to_text()];
    const Instant intended = start_ + std::chrono::duration_cast<microseconds>(arrival.at);
    const auto event = [&](Kind kind, microseconds later) {
      events_.push({intended + later, arrival.number, kind, arrival.phase, intended});
    };
    const microseconds took{1'000 + arrival.number * 7'919 % 250'000};
    event(Kind::arrive, microseconds{50});
    event(Kind::send, microseconds{90});
    event(Kind::answer, took);
    event(Kind::end, took);
  }

  bool is_lost(std::int64_t number) const { return number % 37 == 5; }

  void happen(const Event& event) {
    const auto endpoint = static_cast<std::uint32_t>(event.number % 2);
    switch (event.kind) {
      case Kind::arrive:
        return tally_.user_created(endpoint, event.phase, event.intended, event.at);
      case Kind::send: return tally_.request_begun(event.at);
      case Kind::end: return tally_.user_ended(!is_lost(event.number), event.intended, event.at);
      case Kind::answer: break;
    }
    if (is_lost(event.number)) {
      return tally_.request_failed(endpoint, event.phase, "ETIMEDOUT", event.intended, event.at);
    }
    const Timing timing{.intended = event.intended,
                        .opened = true,
                        .connecting = event.intended + microseconds{50},
                        .connected = event.intended + microseconds{80},
                        .secured = event.intended + microseconds{80},
                        .written = event.intended + microseconds{90},
                        .first_byte = event.at - microseconds{10},
                        .last_byte = event.at};
    Answer answer;
    answer.status = event.number % 11 == 3 ? 404 : 200;
    answer.body_bytes = 94;
    tally_.answered(endpoint, event.phase, answer, timing, true);
  }

  Instant start_{seconds{1'000}};
  const Plan& plan_;
  Tally tally_;
  Part part_;
  std::priority_queue<Event> events_;
};

Parts run_in(const Plan& plan, int count) {
  Parts all;
  std::vector<Result> results;
  for (int i = 0; i < count; ++i) results.push_back(SimulatedPart{plan, {i, count}, all}.run());
  all.result = merge(results);
  return all;
}

TEST(Parts, AreTheRunOfOneMachine) {
  const Plan whole = plan();
  const Parts single = run_in(whole, 1);
  EXPECT_GT(single.result.counters.at("vusers.created"), 1'000);
  EXPECT_GT(single.result.counters.at("errors.ETIMEDOUT"), 10);
  for (const int count : {2, 3, 7, 16}) {
    SCOPED_TRACE(count);
    const Parts parts = run_in(whole, count);
    EXPECT_EQ(parts.rows, single.rows);
    EXPECT_EQ(parts.users, single.users);
    EXPECT_EQ(parts.result.counters, single.result.counters);
    EXPECT_EQ(parts.result.summaries, single.result.summaries);
    EXPECT_EQ(parts.result.periods, single.result.periods);
    EXPECT_EQ(parts.result.seconds, single.result.seconds);
    EXPECT_EQ(parts.result.phases, single.result.phases);
  }
}

TEST(Parts, HandOutRowsInSequenceOnceEach) {
  const Parts parts = run_in(plan(), 7);
  int users = 0;
  for (const auto& [id, count] : parts.users) users += count;
  for (const auto& [row, count] : parts.rows) {
    if (!row.starts_with("sequence ")) continue;
    const int rounds = users / kRows;
    EXPECT_THAT(count, ::testing::AnyOf(rounds, rounds + 1)) << row;
  }
}

}  // namespace
}  // namespace pcx::load
