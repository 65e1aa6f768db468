// Parts and shards of a run: together they are the whole.
#include <map>

#include "tests/load/run.h"

namespace pcx::load {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

// Paths that depend on the user's number (a row in sequence) and on its randomness.
constexpr const char* kChoices =
    "      - get: {url: \"/{{ name }}/{{ $randomNumber(1, 1000000) }}/{{ species }}\"}\n"
    "      - get: {url: /half, probability: 50}\n";

class RunParts : public Runs {
 protected:
  Plan choices() {
    folder.write("pets.csv", "name\nrex\nmax\nada\nbob\nzoe\n");
    const std::string script = script_of(
        target.url(),
        users(60, "100ms") +
            "  variables: {species: [dog, cat, bird]}\n"
            "  payload: {path: pets.csv, fields: [name], order: sequence, skipHeader: true}\n",
        kChoices);
    return read_script(folder.write("script.yml", script), {}, MapEnvironment{{}}).plan;
  }
  // What the target was asked by the run that follows.
  template <typename Work>
  std::map<std::string, int> asked_by(Work work) {
    const std::size_t before = target.lines().size();
    work();
    auto lines = target.lines();
    lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(before));
    return counted(lines);
  }

  pcx::testing::TemporaryFolder folder;
};

TEST_F(RunParts, TogetherAreTheWhole) {
  const Plan plan = choices();
  const auto whole = asked_by([&] { run(plan); });
  const Counters counters = result.counters;
  for (const int count : {2, 3, 7}) {
    std::vector<Result> results;
    const auto parts = asked_by([&] {
      for (int i = 0; i < count; ++i) {
        options.part = {i, count};
        results.push_back(run(plan));
      }
    });
    EXPECT_EQ(parts, whole) << count;
    const Result sum = merge(results);
    EXPECT_EQ(sum.counters, counters) << count;
    EXPECT_EQ(sum.planned, 60);
    EXPECT_EQ(summary_of(sum, "pcx.latency").count(), count_of(counters, "http.responses"));
  }
}

TEST_F(RunParts, OfOneProcessAreItsShards) {
  const Plan plan = choices();
  const auto one = asked_by([&] { run(plan); });
  const Counters counters = result.counters;
  options.shards = 3;
  EXPECT_EQ(asked_by([&] { run(plan); }), one);
  EXPECT_EQ(result.counters, counters);
  EXPECT_THAT(result.parts, ElementsAre(Part{}));
}

TEST_F(RunParts, DependOnTheSeed) {
  const Plan plan = choices();
  const auto one = asked_by([&] { run(plan); });
  options.seed = 8;
  EXPECT_NE(asked_by([&] { run(plan); }), one);
}

TEST_F(RunParts, ShareRowsInSequence) {
  std::map<std::string, int> names;
  for (const auto& [line, times] : asked_by([&] { run(choices()); })) {
    if (line != "GET /half") names[line.substr(5, 3)] += times;
  }
  EXPECT_EQ(names, (std::map<std::string, int>{
                       {"ada", 12}, {"bob", 12}, {"max", 12}, {"rex", 12}, {"zoe", 12}}));
}

TEST_F(RunParts, OfAMaximumAreAtLeastOne) {
  options.drain = milliseconds{0};
  const Plan plan = this->plan("      - get: {url: /hang}\n",
                               "  phases: [{duration: 100ms, arrivalCount: 30, maxVusers: 5}]\n");
  std::vector<Result> results;
  for (int i = 0; i < 3; ++i) {
    options.part = {i, 3};
    results.push_back(run(plan));
  }
  EXPECT_EQ(count_of(merge(results).counters, "vusers.created"), 5);
  EXPECT_EQ(count_of(merge(results).counters, "vusers.skipped"), 25);
}

}  // namespace
}  // namespace pcx::load
