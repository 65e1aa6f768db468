#include "load/tally.h"

#include <gmock/gmock.h>

#include "load/figures.h"
#include "tests/load/plan_of.h"

namespace pcx::load {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr const char* kScript =
    "config:\n  target: http://a.test\n"
    "  phases: [{duration: 10, arrivalRate: 1}, {duration: 10, arrivalRate: 1}]\n"
    "  apdex: {threshold: 100}\n"
    "scenarios:\n  - {name: named, flow: [{get: {url: /a}}]}\n  - {flow: [{get: {url: /b}}]}\n";

Answer answer_of(int status, std::int64_t bytes) {
  Answer answer;
  answer.status = status;
  answer.body_bytes = bytes;
  return answer;
}

class Tallies : public ::testing::Test {
 protected:
  Instant at(Instant::duration after) const { return start + after; }
  // One request, sent at `sent`, with its first byte after 10 ms and its last after 12 ms.
  void answer(Instant sent, int status = 200, bool is_last = true, std::uint32_t endpoint = 0) {
    tally.request_begun(sent);
    tally.answered(endpoint, 0, answer_of(status, 100),
                   {.intended = sent - milliseconds{5},
                    .written = sent,
                    .first_byte = sent + milliseconds{10},
                    .last_byte = sent + milliseconds{12}},
                   is_last);
  }
  void finish(Instant::duration after) { tally.finish(at(after), result); }
  std::int64_t count(const std::string& name) const { return count_of(result.counters, name); }
  // The only value of a summary.
  std::int64_t value(const std::string& name) const {
    EXPECT_EQ(summary_of(result, name).count(), 1) << name;
    return summary_of(result, name).max();
  }

  Plan plan = plan_of(kScript);
  Instant start{seconds{1'000}};
  Time wall_start{milliseconds{1'800'000'006'000}};  // four seconds before a period's end
  Tally tally{plan, start, wall_start};
  Result result;
};

TEST_F(Tallies, CountUsers) {
  tally.user_created(0, 0, at(milliseconds{100}), at(milliseconds{103}));
  tally.user_created(1, 1, at(milliseconds{200}), at(milliseconds{200}));
  tally.user_created(0, 1, at(milliseconds{300}), at(milliseconds{300}));
  EXPECT_EQ(tally.active(), 3);
  tally.user_skipped(at(milliseconds{400}));
  tally.user_ended(true, at(milliseconds{103}), at(milliseconds{503}));
  tally.user_ended(false, at(milliseconds{200}), at(milliseconds{600}));
  EXPECT_EQ(tally.active(), 1);
  EXPECT_EQ(tally.progress().created, 3);
  EXPECT_EQ(tally.progress().active, 1);
  EXPECT_EQ(tally.progress().completed, 1);
  EXPECT_EQ(tally.progress().failed, 1);
  EXPECT_EQ(tally.progress().skipped, 1);
  finish(seconds{1});
  EXPECT_EQ(count("vusers.created"), 3);
  EXPECT_EQ(count("vusers.created_by_name.named"), 2);
  EXPECT_EQ(count("vusers.created_by_name.1"), 1);
  EXPECT_EQ(count("vusers.completed"), 1);
  EXPECT_EQ(count("vusers.failed"), 1);
  EXPECT_EQ(count("vusers.skipped"), 1);
  EXPECT_EQ(value("vusers.session_length"), 400'000);  // of those that completed
  EXPECT_EQ(summary_of(result, "pcx.start_lag").max(), 3'000);
  ASSERT_EQ(result.phases.size(), 2u);
  EXPECT_EQ(result.phases[0].started, 1);
  EXPECT_EQ(result.phases[0].last_start_us, 103'000);
  EXPECT_EQ(result.phases[1].started, 2);
}

TEST_F(Tallies, MeasureFromWhenItWasIntended) {
  const Instant sent = at(milliseconds{50});
  tally.request_begun(sent);
  tally.answered(0, 1, answer_of(201, 94),
                 {.intended = at(milliseconds{10}),
                  .opened = true,
                  .connecting = at(milliseconds{20}),
                  .connected = at(milliseconds{23}),
                  .secured = at(milliseconds{30}),
                  .written = sent,
                  .first_byte = at(milliseconds{60}),
                  .last_byte = at(milliseconds{61})},
                 true);
  finish(seconds{1});
  EXPECT_EQ(value("pcx.latency"), 51'000);
  EXPECT_EQ(value("pcx.latency.phase.1"), 51'000);
  EXPECT_EQ(value("pcx.latency.endpoint./a"), 51'000);
  EXPECT_EQ(value("http.response_time"), 10'000);
  EXPECT_EQ(value("http.response_time.2xx"), 10'000);
  EXPECT_EQ(value("plugins.metrics-by-endpoint.response_time./a"), 10'000);
  EXPECT_EQ(value("pcx.connect"), 3'000);
  EXPECT_EQ(value("pcx.tls"), 7'000);
  EXPECT_EQ(value("pcx.first_byte"), 10'000);
  EXPECT_EQ(value("pcx.read"), 1'000);
  EXPECT_EQ(count("http.codes.201"), 1);
  EXPECT_EQ(count("http.downloaded_bytes"), 94);
  EXPECT_EQ(count("plugins.metrics-by-endpoint./a.codes.201"), 1);
}

TEST_F(Tallies, CountEachHopAndMeasureTheLast) {
  answer(at(milliseconds{10}), 302, false);
  answer(at(milliseconds{30}), 404, true);
  finish(seconds{1});
  EXPECT_EQ(count("http.requests"), 2);
  EXPECT_EQ(count("http.responses"), 2);
  EXPECT_EQ(count("http.codes.302"), 1);
  EXPECT_EQ(summary_of(result, "http.response_time").count(), 2);
  EXPECT_EQ(summary_of(result, "http.response_time.3xx").count(), 1);
  EXPECT_EQ(summary_of(result, "pcx.latency").count(), 1);
  EXPECT_EQ(count("plugins.metrics-by-endpoint./a.codes.302"), 0);
  EXPECT_EQ(count("plugins.metrics-by-endpoint./a.codes.404"), 1);
}

TEST_F(Tallies, KeepTheLatencyOfWhatFailed) {
  tally.request_begun(at(milliseconds{10}));
  tally.request_failed(1, 0, "ETIMEDOUT", at(milliseconds{10}), at(milliseconds{10'010}));
  tally.error("Failed capture or match", at(milliseconds{10'020}));
  finish(seconds{11});
  EXPECT_EQ(value("pcx.latency"), 10'000'000);
  EXPECT_EQ(value("pcx.latency.endpoint./b"), 10'000'000);
  EXPECT_EQ(summary_of(result, "http.response_time").count(), 0);
  EXPECT_EQ(count("errors.ETIMEDOUT"), 1);
  EXPECT_EQ(count("errors.Failed capture or match"), 1);
  EXPECT_EQ(count("plugins.metrics-by-endpoint./b.errors.ETIMEDOUT"), 1);
  EXPECT_EQ(count("http.responses"), 0);
}

TEST_F(Tallies, CountChecks) {
  Expectation expectation{.kind = Expectation::Kind::status_code};
  tally.expected(expectation, true, at(seconds{0}));
  tally.expected(expectation, false, at(seconds{0}));
  expectation = {.kind = Expectation::Kind::header_equals, .header = "x-id"};
  tally.expected(expectation, true, at(seconds{0}));
  tally.checked("fresh", true, at(seconds{0}));
  tally.checked("fresh", false, at(seconds{0}));
  finish(seconds{1});
  EXPECT_EQ(count("plugins.expect.ok"), 2);
  EXPECT_EQ(count("plugins.expect.ok.statusCode"), 1);
  EXPECT_EQ(count("plugins.expect.ok.header x-id values equals"), 1);
  EXPECT_EQ(count("plugins.expect.failed"), 1);
  EXPECT_EQ(count("plugins.expect.failed.statusCode"), 1);
  EXPECT_EQ(count("pcx.check.ok.fresh"), 1);
  EXPECT_EQ(count("pcx.check.failed.fresh"), 1);
}

TEST_F(Tallies, JudgeByApdex) {
  const auto took = [&](milliseconds time) {
    tally.answered(0, 0, answer_of(200, 0),
                   {.intended = at(seconds{0}),
                    .written = at(seconds{0}),
                    .first_byte = at(seconds{0}),
                    .last_byte = at(time)},
                   true);
  };
  for (const int ms : {1, 100, 101, 400, 401}) took(milliseconds{ms});
  finish(seconds{1});
  EXPECT_EQ(count("apdex.satisfied"), 2);
  EXPECT_EQ(count("apdex.tolerated"), 2);
  EXPECT_EQ(count("apdex.frustrated"), 1);
}

TEST_F(Tallies, CountAnyStatus) {
  for (const int status : {99, 599, 600, 999}) answer(at(seconds{0}), status);
  finish(seconds{1});
  for (const char* name : {"http.codes.99", "http.codes.599", "http.codes.600", "http.codes.999"}) {
    EXPECT_EQ(count(name), 1) << name;
  }
}

TEST_F(Tallies, BoundWhatAServerCanName) {
  for (int i = 0; i < 1'000; ++i) tally.error("Invalid URL - " + std::to_string(i), at(seconds{0}));
  tally.error("Invalid URL - 5", at(seconds{0}));
  finish(seconds{1});
  const auto names = counters_below(result.counters, "errors.");
  EXPECT_EQ(names.size(), 201u);
  EXPECT_EQ(count("errors.others"), 800);
  EXPECT_EQ(count("errors.Invalid URL - 5"), 2);
}

TEST_F(Tallies, ShowWhatAServerHasNamed) {
  tally.request_failed(0, 0, "Invalid URL - \x1b[2J\xff", at(seconds{0}), at(seconds{0}));
  tally.error(std::string(5'000, 'a'), at(seconds{0}));
  finish(seconds{1});
  EXPECT_EQ(count("errors.Invalid URL - \\x1b[2J\\xff"), 1);
  EXPECT_EQ(count("errors." + std::string(200, 'a')), 1);
}

// --- time

TEST_F(Tallies, CutSeconds) {
  tally.user_created(0, 0, at(milliseconds{999}), at(milliseconds{999}));
  answer(at(milliseconds{1'500}));
  answer(at(milliseconds{1'995}));  // its answer is of the next second
  tally.user_ended(true, at(milliseconds{999}), at(milliseconds{3'000}));
  finish(milliseconds{3'200});
  ASSERT_EQ(result.seconds.size(), 4u);
  EXPECT_EQ(result.seconds[0].started, 1);
  EXPECT_EQ(result.seconds[0].active, 1);
  EXPECT_EQ(result.seconds[0].latency, "");
  EXPECT_EQ(result.seconds[1].requests, 2);
  EXPECT_EQ(result.seconds[1].responses, 1);
  EXPECT_EQ(unpack_series(result.seconds[1].latency).count(), 1);
  EXPECT_EQ(result.seconds[2].responses, 1);
  EXPECT_EQ(result.seconds[3].finished, 1);
  EXPECT_EQ(result.seconds[3].active, 0);
}

TEST_F(Tallies, CutPeriodsByTheWallClock) {
  answer(at(milliseconds{1'000}));
  answer(at(milliseconds{3'980}));
  answer(at(milliseconds{4'000}));
  answer(at(milliseconds{25'000}));  // a period in between has nothing
  finish(seconds{26});
  ASSERT_EQ(result.periods.size(), 3u);
  const Period& first = result.periods[0];
  EXPECT_EQ(first.start_ms, 1'800'000'000'000);
  EXPECT_EQ(count_of(first.counters, "http.requests"), 2);
  EXPECT_EQ(first.first_counter_ms, 1'800'000'007'000);
  EXPECT_EQ(first.last_counter_ms, 1'800'000'009'992);
  EXPECT_EQ(first.first_histogram_ms, 1'800'000'007'012);
  EXPECT_EQ(unpack_series(first.summaries.at("http.response_time")).count(), 2);
  EXPECT_EQ(result.periods[1].start_ms, 1'800'000'010'000);
  EXPECT_EQ(count_of(result.periods[1].counters, "http.requests"), 1);
  EXPECT_EQ(result.periods[2].start_ms, 1'800'000'030'000);
  EXPECT_EQ(count("http.requests"), 4);
  EXPECT_EQ(summary_of(result, "http.response_time").count(), 4);
}

TEST_F(Tallies, WriteOnlyWhatHappened) {
  finish(seconds{30});
  EXPECT_THAT(result.periods, IsEmpty());
  EXPECT_THAT(result.summaries, IsEmpty());
  EXPECT_EQ(result.seconds.size(), 31u);
  EXPECT_THAT(result.counters, IsEmpty());
}

// As Artillery does: users that have failed, once some have ended, and bytes, once there were
// answers.
TEST_F(Tallies, WriteZerosWhereSomethingHappened) {
  tally.user_created(0, 0, at(seconds{0}), at(seconds{0}));
  tally.user_ended(true, at(seconds{0}), at(seconds{1}));
  tally.answered(0, 0, answer_of(200, 0), {}, false);
  finish(seconds{30});
  ASSERT_EQ(result.periods.size(), 1u);
  for (const char* name : {"vusers.failed", "http.downloaded_bytes", "apdex.frustrated"}) {
    EXPECT_THAT(result.counters, ::testing::Contains(Pair(name, 0)));
    EXPECT_THAT(result.periods[0].counters, ::testing::Contains(Pair(name, 0)));
  }
  EXPECT_THAT(result.counters, ::testing::Not(::testing::Contains(Key("vusers.skipped"))));
}

TEST_F(Tallies, CountTheHeadOfWhatWasCutOff) {
  tally.request_begun(at(seconds{0}));
  tally.cut_off(200, {.written = at(seconds{0}), .first_byte = at(milliseconds{3})},
                at(milliseconds{5}));
  tally.request_failed(0, 0, "ECONNRESET", at(seconds{0}), at(milliseconds{5}));
  finish(seconds{1});
  EXPECT_EQ(count("http.codes.200"), 1);
  EXPECT_EQ(value("http.response_time"), 3'000);
  EXPECT_THAT(result.counters, ::testing::Not(::testing::Contains(Key("http.downloaded_bytes"))));
  EXPECT_EQ(count("plugins.metrics-by-endpoint./a.codes.200"), 0);
}

TEST_F(Tallies, ReadWhatTheServerSaysOfItsTime) {
  Answer timed = answer_of(200, 0);
  timed.server_timing = "db;dur=5, Total;dur=12.5";
  tally.answered(0, 0, timed, {}, true);
  timed.server_timing = "db;dur=5";
  tally.answered(1, 0, timed, {}, true);
  finish(seconds{1});
  EXPECT_EQ(value("plugins.metrics-by-endpoint.server-timing./a"), 12'500);
  EXPECT_EQ(value("plugins.metrics-by-endpoint.server-timing./b"), 0);
}

TEST_F(Tallies, MaskSecretsInNames) {
  const std::string url = "http://u:pass@h/" + std::string(180, 'a') + "?api_key=s3cret&page=2";
  tally.request_failed(0, 0, "Invalid URL - http://h/?api_key=s3cret&page=2", at({}), at({}));
  tally.request_failed(0, 0, "Invalid URL - http://h/?api_key=other&page=2", at({}), at({}));
  tally.error("Invalid URL - " + url, at({}));
  finish(seconds{1});
  EXPECT_EQ(count("errors.Invalid URL - http://h/?api_key=***&page=2"), 2);
  for (const auto& [name, times] : result.counters) {
    EXPECT_THAT(name, Not(ContainsRegex("s3c|pass@|other&")));
  }
}

TEST_F(Tallies, MaskSecretsBesideVariables) {
  const std::pair<const char*, const char*> names[] = {
      {"/a?token=s3cret&x={{ u }}", "/a?token=***&x={{ u }}"},
      {"/a?x={{ u }}&api_key=s3cret", "/a?x={{ u }}&api_key=***"},
      {"/a?api_key=s3{{ u }}cret&b=1", "/a?api_key=***&b=1"},
      {"/users/{{ id }}", "/users/{{ id }}"},
      {"/a?token={{ u", "/a?token=***"},
  };
  for (const auto& [name, shown] : names) {
    plan.endpoints = {{name, true}};
    Tally one{plan, start, wall_start};
    one.request_failed(0, 0, "ECONNRESET", start, start);
    Result told;
    one.finish(start + seconds{1}, told);
    EXPECT_THAT(told.summaries,
                ::testing::Contains(Key("pcx.latency.endpoint." + std::string{shown})));
  }
}

TEST_F(Tallies, TellWhatTheyHaveSoFar) {
  answer(at(milliseconds{100}));
  Result so_far;
  tally.snapshot(so_far, {"pcx.latency", "never.recorded"});
  EXPECT_EQ(count_of(so_far.counters, "http.requests"), 1);
  EXPECT_EQ(so_far.summaries.size(), 1u) << "the users wait while it is copied";
  EXPECT_EQ(summary_of(so_far, "pcx.latency").count(), 1);
  EXPECT_EQ(tally.latency_of_last_second(), "");
  answer(at(milliseconds{1'100}));
  EXPECT_EQ(unpack_series(tally.latency_of_last_second()).count(), 1);
  finish(seconds{2});
  EXPECT_EQ(count("http.requests"), 2);
  EXPECT_EQ(summary_of(result, "pcx.latency").count(), 2);
}

TEST_F(Tallies, RememberTheStrainOfEachSecond) {
  tally.user_created(0, 0, at(milliseconds{500}), at(milliseconds{507}));
  tally.strain(2, 0.25, at(milliseconds{1'001}));
  tally.strain(2, 0.5, at(milliseconds{2'001}));
  finish(seconds{3});
  ASSERT_EQ(result.strains.size(), 2u);
  EXPECT_EQ(result.strains[0].shard, 2);
  EXPECT_EQ(result.strains[0].second, 0);
  EXPECT_EQ(result.strains[0].cpu, 0.25);
  EXPECT_NEAR(static_cast<double>(result.strains[0].lag_p99_us), 7'000, 70);
  EXPECT_EQ(result.strains[1].second, 1);
  EXPECT_EQ(result.strains[1].lag_p99_us, 0);
}

TEST_F(Tallies, MeasureMoreWhenAsked) {
  plan.http.extended_metrics = true;
  Tally more{plan, start, wall_start};
  const Timing timing{.intended = start,
                      .opened = true,
                      .connecting = start,
                      .connected = at(milliseconds{2}),
                      .secured = at(milliseconds{2}),
                      .written = at(milliseconds{2}),
                      .first_byte = at(milliseconds{5}),
                      .last_byte = at(milliseconds{9})};
  more.answered(0, 0, answer_of(200, 0), timing, true);
  Timing again = timing;
  again.opened = false;  // on the same connection: its times once more
  more.answered(0, 0, answer_of(200, 0), again, true);
  more.finish(at(seconds{1}), result);
  EXPECT_EQ(value("pcx.connect"), 2'000);
  for (const auto& [name, us] :
       {std::pair{"http.dns", 0}, {"http.tcp", 2'000}, {"http.total", 7'000}}) {
    EXPECT_EQ(summary_of(result, name).count(), 2) << name;
    EXPECT_EQ(summary_of(result, name).max(), us) << name;
  }
  EXPECT_THAT(result.summaries, ::testing::Not(::testing::Contains(Key("http.tls"))));
}

// A share of the values is a share of the time: three of four seconds are late here.
TEST_F(Tallies, MeasureHowLongTheLoopStoodStill) {
  tally.ticked(start - milliseconds{5}, start + seconds{1});  // before the test
  for (int tick = 1; tick <= 1'000; ++tick) {
    tally.ticked(at(milliseconds{tick}), at(milliseconds{tick}));
  }
  tally.strain(0, 0.1, at(seconds{1}));
  tally.ticked(at(milliseconds{1'001}), at(milliseconds{4'001}));
  tally.strain(0, 0.1, at(milliseconds{4'001}));
  finish(seconds{5});
  const Histogram& lag = summary_of(result, "pcx.loop_lag");
  EXPECT_EQ(lag.count(), 4'001);
  EXPECT_EQ(lag.max(), 3'000'000);
  EXPECT_NEAR(static_cast<double>(lag.percentile(50)), 1'000'000, 5'000);
  ASSERT_EQ(result.strains.size(), 2u);
  EXPECT_EQ(result.strains[0].loop_lag_us, 0);
  EXPECT_EQ(result.strains[1].loop_lag_us, 3'000'000);
}

}  // namespace
}  // namespace pcx::load
