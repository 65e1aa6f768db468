#include <algorithm>
#include <atomic>
#include <new>

#include "load/judge.h"
#include "tests/load/run.h"

namespace pcx::load {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A run from its beginning to its end: who comes, when it is over, what is added up.
class RunCourse : public Runs {
 protected:
  Plan whole(const std::string& before_and_after, const std::string& flow,
             const std::string& config = {}) {
    return plan_of(script_of(target.url(), users(3) + config, flow) + before_and_after);
  }
};

// --- the plan and what was measured

TEST_F(RunCourse, StartsEveryUserOfThePlan) {
  run("      - get: {url: /a}\n      - get: {url: /b}\n",
      "  phases:\n    - {name: ramp, duration: 400ms, arrivalRate: 50, rampTo: 150}\n"
      "    - {pause: 100ms}\n    - {duration: 200ms, arrivalCount: 10}\n");
  EXPECT_EQ(result.planned, 50);
  EXPECT_EQ(count("vusers.created"), 50);
  EXPECT_EQ(count("vusers.completed"), 50);
  EXPECT_EQ(count("http.requests"), 100);
  EXPECT_EQ(count("http.responses"), 100);
  EXPECT_EQ(count("http.codes.200"), 100);
  EXPECT_EQ(target.requests().size(), 100u);
  ASSERT_EQ(result.phases.size(), 3u);
  EXPECT_EQ(result.phases[0].name, "ramp");
  EXPECT_EQ(result.phases[0].planned, 40);
  EXPECT_EQ(result.phases[0].started, 40);
  EXPECT_EQ(result.phases[1].planned, 0);
  EXPECT_EQ(result.phases[2].start_us, 500'000);
  EXPECT_EQ(result.phases[2].started, 10);
  EXPECT_GE(result.phases[2].last_start_us, 700'000);
  EXPECT_FALSE(result.was_stopped);
}

TEST_F(RunCourse, AddsUpItsSeconds) {
  run("      - get: {url: /a}\n", users(30, "1500ms"));
  Second sum;
  for (const Second& second : result.seconds) {
    sum.planned += second.planned;
    sum.started += second.started;
    sum.finished += second.finished;
    sum.requests += second.requests;
    sum.responses += second.responses;
  }
  EXPECT_EQ(sum.planned, 30);
  EXPECT_EQ(sum.started, 30);
  EXPECT_EQ(sum.finished, 30);
  EXPECT_EQ(sum.requests, 30);
  EXPECT_EQ(sum.responses, 30);
  EXPECT_GE(result.seconds.size(), 2u);
  EXPECT_EQ(result.seconds.back().active, 0);
  std::int64_t in_periods = 0;
  for (const Period& period : result.periods)
    in_periods += count_of(period.counters, "http.requests");
  EXPECT_EQ(in_periods, 30);
}

TEST_F(RunCourse, MeasuresEachUserOnce) {
  run("      - get: {url: /a}\n      - get: {url: /b}\n", users(10));
  EXPECT_EQ(summary_of(result, "vusers.session_length").count(), 10);
  EXPECT_EQ(summary_of(result, "pcx.start_lag").count(), 10);
  EXPECT_EQ(summary_of(result, "pcx.latency").count(), 20);
  EXPECT_EQ(summary_of(result, "pcx.latency.phase.0").count(), 20);
  EXPECT_EQ(summary_of(result, "pcx.latency.endpoint./a").count(), 10);
  EXPECT_EQ(summary_of(result, "http.response_time").count(), 20);
  EXPECT_EQ(summary_of(result, "http.response_time.2xx").count(), 20);
  EXPECT_EQ(summary_of(result, "pcx.connect").count(), 10);
}

// Users have started on time; what the generator held up afterwards is not the target's.
TEST_F(RunCourse, IsInvalidWhereTheGeneratorStoodStill) {
  options.log = [](const std::string&) {
    const auto end = std::chrono::steady_clock::now() + milliseconds{400};
    while (std::chrono::steady_clock::now() < end) {
    }
  };
  run("      - get: {url: /a}\n      - log: now\n      - get: {url: /b}\n");
  EXPECT_GE(summary_of(result, "pcx.loop_lag").max(), 390'000);
  EXPECT_EQ(result.verdict.grade, Grade::invalid);
  EXPECT_THAT(result.verdict.causes, ::testing::Contains(HasSubstr("stood still")));
}

// A user who wakes up works in a tick of the loop; so do all who wake up with him.
TEST_F(RunCourse, CountsWhatATickTakes) {
  options.log = [](const std::string&) {
    const auto end = std::chrono::steady_clock::now() + milliseconds{100};
    while (std::chrono::steady_clock::now() < end) {
    }
  };
  run("      - get: {url: /a}\n      - think: 0.1\n      - log: now\n      - think: 0.05\n");
  EXPECT_GE(summary_of(result, "pcx.loop_lag").max(), 95'000);
}

// Also of the last second, which nearly no run fills to its end.
TEST_F(RunCourse, TellsTheStrainOfTheLastSecond) {
  run("      - get: {url: /a}\n", users(19, "1900ms"));
  ASSERT_EQ(result.strains.size(), 2u);
  EXPECT_EQ(result.strains[0].second, 0);
  EXPECT_EQ(result.strains[1].second, 1);
  EXPECT_GT(result.strains[1].cpu, 0);
  const auto [first, last] =
      std::pair{result.strains[0].loop_lag_us, result.strains[1].loop_lag_us};
  EXPECT_EQ(std::max(first, last), summary_of(result, "pcx.loop_lag").max());
}

TEST_F(RunCourse, LeavesOutUsersBeyondTheMaximum) {
  options.drain = milliseconds{0};
  run("      - get: {url: /hang}\n",
      "  phases: [{duration: 100ms, arrivalCount: 20, maxVusers: 2}]\n");
  EXPECT_EQ(count("vusers.created"), 2);
  EXPECT_EQ(count("vusers.skipped"), 18);
  EXPECT_EQ(count("vusers.aborted"), 2);
}

// Each shard has its share of them, and there are no more shards than there are shares.
TEST_F(RunCourse, KeepsToTheMaximumWithManyShards) {
  options.drain = milliseconds{0};
  options.shards = 3;
  for (const int most : {1, 2, 4}) {
    run("      - get: {url: /hang}\n",
        "  phases: [{duration: 100ms, arrivalCount: 60, maxVusers: " + std::to_string(most) +
            "}]\n");
    EXPECT_EQ(count("vusers.created"), most);
    EXPECT_EQ(count("vusers.skipped"), 60 - most);
  }
  options.part = {1, 2};  // whose share of one user is none
  run("      - get: {url: /hang}\n",
      "  phases: [{duration: 100ms, arrivalCount: 60, maxVusers: 1}]\n");
  EXPECT_EQ(count("vusers.created"), 0);
  EXPECT_EQ(count("vusers.skipped"), 30);
}

TEST_F(RunCourse, WritesWhatItIs) {
  run("      - get: {url: /a}\n");
  EXPECT_EQ(result.script, "script.yml");
  EXPECT_EQ(result.seed, 7u);
  EXPECT_EQ(result.target, target.url());
  EXPECT_EQ(result.plan_digest.size(), 64u);
  EXPECT_THAT(result.parts, ElementsAre(Part{}));
  EXPECT_GT(result.limits.files_max, 0);
  EXPECT_EQ(result.limits.files_used, 1);
  EXPECT_GT(result.duration_us, 0);
  EXPECT_TRUE(parse_result(to_file(result), "result") == result);
}

// --- before and after

TEST_F(RunCourse, GivesWhatBeforeHasCapturedToEverybody) {
  run(whole(
      "before:\n  flow:\n    - post: {url: /login, json: {a: 1}, capture: {json: $.token, as: "
      "token}}\nafter:\n  flow:\n    - delete: {url: \"/logout/{{ token }}\"}\n",
      "      - get: {url: /private, headers: {authorization: \"Bearer {{ token }}\"}}\n"));
  EXPECT_EQ(codes(), "200: 3");  // what is before and after is not measured
  EXPECT_EQ(count("vusers.created"), 3);
  const auto lines = target.lines();
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines.front(), "POST /login");
  EXPECT_THAT(lines.back(), ::testing::MatchesRegex("DELETE /logout/[0-9a-f]{32}"));
}

TEST_F(RunCourse, LeavesToUsersWhatBeforeDidNotTouch) {
  run(whole("before:\n  flow:\n    - get: {url: \"/before/{{ $uuid }}\"}\n",
            "      - get: {url: \"/{{ $uuid }}\"}\n"));
  EXPECT_EQ(counted(target.lines()).size(), 4u);
}

TEST_F(RunCourse, StartsNobodyWhenBeforeFails) {
  for (const char* path : {"/reset", "/status/404, capture: {json: $.token, as: token}"}) {
    const Plan plan = whole(std::string{"before:\n  flow:\n    - get: {url: "} + path + "}\n",
                            "      - get: {url: \"/never/{{ token }}\"}\n");
    try {
      run(plan);
      ADD_FAILURE() << "no error";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::data);
      EXPECT_EQ(error.reason(), "before");
    }
  }
  EXPECT_THAT(target.lines(), ElementsAre("GET /reset", "GET /status/404"));
}

// Nothing has to be asked to stop: whatever stands still is given up after eight seconds.
TEST_F(RunCourse, EndsWhereNothingMoves) {
  const Plan plan = whole("before:\n  flow:\n    - get: {url: /slow/60000}\n",
                          "      - get: {url: /never}\n", "  http: {timeout: 3600}\n");
  try {
    run(plan);
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("ERR_SOCKET_TIMEOUT"));
  }
}

TEST_F(RunCourse, NamesTheWayOutWhenBeforeGoesToAPublicAddress) {
  options.resolve = [](const http::Url& url) {
    if (url.host != "203.0.113.7") return resolve_near(url);
    throw Error{ErrorCode::permission, "a public address"}.because("public_address");
  };
  try {
    run(whole("before:\n  flow:\n    - get: {url: \"http://203.0.113.7/\"}\n",
              "      - get: {url: /never}\n"));
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "before: ERR_PUBLIC_ADDRESS");
    EXPECT_THAT(error.hint(), HasSubstr("--yes"));
  }
}

TEST_F(RunCourse, JudgesWhatBeforeAndAfterHaveChecked) {
  run(
      whole("before:\n  flow:\n    - check: {name: first, condition: \"1 == 1\"}\n"
            "after:\n  flow:\n    - check: {name: last, condition: \"1 == 2\"}\n",
            "      - get: {url: /a}\n"));
  ASSERT_EQ(result.judged.size(), 2u);
  EXPECT_EQ(result.judged[0].found, "1 held");
  EXPECT_TRUE(result.judged[0].is_met);
  EXPECT_EQ(result.judged[1].found, "1 of 1 failed");
  EXPECT_EQ(count("pcx.check.ok.first"), 0) << "no user has checked it";
}

TEST_F(RunCourse, SaysWhenAfterFails) {
  run(whole("after:\n  flow:\n    - get: {url: /reset}\n", "      - get: {url: /a}\n"));
  EXPECT_EQ(count("vusers.completed"), 3);
  EXPECT_THAT(result.notes, ElementsAre(HasSubstr("ECONNRESET")));
}

TEST_F(RunCourse, KeepsWhatWasMeasuredWhenAfterThrows) {
  options.log = [](const std::string&) { throw std::bad_alloc{}; };
  run(whole("after:\n  flow:\n    - log: now\n", "      - get: {url: /a}\n"));
  EXPECT_EQ(count("vusers.completed"), 3);
  EXPECT_THAT(result.notes, ElementsAre("after: a failure inside pcx: out of memory"));
}

// --- the end

TEST_F(RunCourse, WaitsForTheLastUser) {
  run("      - think: 100ms\n      - get: {url: /delay/100}\n", users(3));
  EXPECT_EQ(count("vusers.completed"), 3);
  EXPECT_EQ(count("vusers.aborted"), 0);
}

TEST_F(RunCourse, GivesUpWhoIsThereAfterTheDrain) {
  options.drain = milliseconds{100};
  run("      - get: {url: /hang}\n", users(4) + "  http: {timeout: 3600}\n");
  EXPECT_EQ(count("vusers.created"), 4);
  EXPECT_EQ(count("vusers.aborted"), 4);
  EXPECT_EQ(count("vusers.completed") + count("vusers.failed"), 0);
  EXPECT_FALSE(result.was_stopped);
  // What they waited for is an error, and a latency as far as it was seen.
  EXPECT_EQ(errors(), "aborted: 4");
  EXPECT_EQ(count("plugins.metrics-by-endpoint./hang.errors.aborted"), 4);
  EXPECT_EQ(summary_of(result, "pcx.latency").count(), 4);
  EXPECT_GE(summary_of(result, "pcx.latency").min(), 90'000);
  EXPECT_EQ(codes(), "");
}

TEST_F(RunCourse, CountsHeadsOfAnswersThatAreGivenUp) {
  options.drain = milliseconds{100};
  run("      - get: {url: /slow/60000}\n", users(4));
  EXPECT_EQ(errors(), "aborted: 4");
  EXPECT_EQ(codes(), "200: 4");
  EXPECT_THAT(result.verdict.causes, ::testing::Contains(HasSubstr("were given up")));
}

TEST_F(RunCourse, CountsNoRequestOfThoseWhoThink) {
  options.drain = milliseconds{100};
  run("      - get: {url: /a}\n      - think: 1h\n", users(4));
  EXPECT_EQ(count("vusers.aborted"), 4);
  EXPECT_EQ(errors(), "");
}

TEST_F(RunCourse, StopsWhenItIsAsked) {
  const Plan plan =
      this->plan("      - get: {url: /hang}\n", "  phases: [{duration: 1h, arrivalRate: 100}]\n");
  std::thread stops{[&] {
    while (target.requests().size() < 10) std::this_thread::yield();
    interrupt.request(Interrupt::Signal::interrupt);
  }};
  run(plan);
  stops.join();
  EXPECT_TRUE(result.was_stopped);
  EXPECT_EQ(result.stop_reason, "a signal");
  EXPECT_EQ(result.planned, 360'000);
  EXPECT_GE(count("vusers.created"), 10);
  EXPECT_EQ(count("vusers.aborted"), count("vusers.created"));
}

// More users than can be started: whoever is there is served all the same, and stop() heard.
TEST_F(RunCourse, ServesAndStopsWhereItIsBehind) {
  const Plan plan = this->plan("      - get: {url: /a}\n",
                               "  phases: [{duration: 1, arrivalCount: 20000000, maxVusers: 2}]\n");
  std::atomic<bool> has_ended = false;
  std::thread stops{[&] {
    while (target.requests().size() < 10 && !has_ended) std::this_thread::yield();
    interrupt.request(Interrupt::Signal::interrupt);
  }};
  run(plan);
  has_ended = true;
  stops.join();
  EXPECT_TRUE(result.was_stopped);
  EXPECT_GT(count("http.codes.200"), 0);
  EXPECT_LT(count("vusers.created") + count("vusers.skipped"), 20'000'000);
}

TEST_F(RunCourse, StopsBeforeItsFirstUser) {
  options.on_glimpse = [&](const Glimpse&) { interrupt.request(Interrupt::Signal::terminate); };
  run("      - get: {url: /never}\n", "  phases: [{pause: 1h}, {duration: 1, arrivalCount: 1}]\n");
  EXPECT_TRUE(result.was_stopped);
  EXPECT_EQ(count("vusers.created"), 0);
}

TEST_F(RunCourse, StopsDuringBefore) {
  const Plan plan = whole("before:\n  flow:\n    - get: {url: /hang}\n", "      - get: {url: /a}\n",
                          "  http: {timeout: 3600}\n");
  std::thread stops{[&] {
    while (target.requests().empty()) std::this_thread::yield();
    interrupt.request(Interrupt::Signal::interrupt);
  }};
  EXPECT_THROW(run(plan), Error);
  stops.join();
}

TEST_F(RunCourse, StopsWhereADemandIsHopeless) {
  options.aborts_on_fail = true;
  run("      - get: {url: /status/500}\n",
      "  phases: [{duration: 1h, arrivalRate: 20}]\n"
      "  ensure: {thresholds: [{http.codes.500: 1}]}\n  plugins: {ensure: {}}\n");
  EXPECT_TRUE(result.was_stopped);
  EXPECT_THAT(result.stop_reason, HasSubstr("http.codes.500"));
}

TEST_F(RunCourse, KeepsWhatWasMeasuredWhenAShardFails) {
  options.shards = 2;
  options.drain = seconds{30};
  options.log = [](const std::string&) { throw std::bad_alloc{}; };
  run("      - get: {url: /a}\n      - think: 0.2\n      - log: now\n      - think: 1000\n",
      users(4));
  EXPECT_EQ(result.stop_reason, "a failure inside pcx: out of memory");
  EXPECT_EQ(result.verdict.grade, Grade::invalid);
  EXPECT_THAT(result.verdict.causes.front(), HasSubstr("out of memory"));
  EXPECT_EQ(count("vusers.created"), 4);
  EXPECT_EQ(count("http.responses"), 4);
  EXPECT_EQ(count("vusers.aborted"), 4);
}

TEST_F(RunCourse, MasksSecretsInNames) {
  const std::string address = target.url().substr(7);
  const std::string config = users(1) + "  plugins: {metrics-by-endpoint: {}}\n";
  Plan secret =
      plan_of(script_of(target.url(), config, "      - get: {url: \"/a?api_key=s3cret\"}\n"));
  secret.target = "http://" + address + "/?token=s3cret";
  run(secret);
  EXPECT_THAT(to_file(result), ::testing::Not(HasSubstr("s3cret")));
}

TEST_F(RunCourse, StopsNoHealthyRun) {
  options.aborts_on_fail = true;
  run("      - get: {url: /a}\n      - think: 3.5\n",
      users(3) +
          "  ensure: {maxErrorRate: 0, conditions: [{expression: vusers.completed >= 3}]}\n"
          "  plugins: {ensure: {}}\n");
  EXPECT_FALSE(result.was_stopped) << result.stop_reason;
  EXPECT_EQ(count("vusers.completed"), 3);
  EXPECT_TRUE(is_passed(result));
}

TEST_F(RunCourse, WaitsForItsTime) {
  const Time at = std::chrono::system_clock::now() + milliseconds{300};
  options.start_at = at;
  run("      - get: {url: /a}\n");
  EXPECT_EQ(result.started_at, at);
  EXPECT_GE(std::chrono::system_clock::now(), at);
  EXPECT_LT(summary_of(result, "pcx.start_lag").min(), 250'000);
}

TEST_F(RunCourse, ShowsEachSecond) {
  std::vector<Glimpse> glimpses;
  options.on_glimpse = [&](const Glimpse& glimpse) { glimpses.push_back(glimpse); };
  run("      - get: {url: /a}\n", users(60, "2100ms"));
  ASSERT_GE(glimpses.size(), 2u);
  EXPECT_GE(glimpses[0].elapsed_s, 1);
  EXPECT_EQ(glimpses[0].length_s, 2.1);
  EXPECT_EQ(glimpses[0].planned, 60);
  EXPECT_GT(glimpses[0].created, 0);
  EXPECT_LE(glimpses[0].created, glimpses[1].created);
  EXPECT_TRUE(glimpses[1].p99_ms);
}

}  // namespace
}  // namespace pcx::load
