#include "tests/load/run.h"

namespace pcx::load {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::IsEmpty;

// What a user does, step by step.
class RunFlows : public Runs {
 protected:
  // The paths that were asked for by one user.
  std::vector<std::string> paths(const std::string& flow, const std::string& config = {}) {
    const std::size_t before = target.lines().size();
    run(flow, config);
    EXPECT_EQ(count("vusers.completed"), 1) << errors();
    std::vector<std::string> all;
    for (const std::string& line : target.lines()) all.push_back(line.substr(line.find('/')));
    all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(before));
    return all;
  }
  // A loop around one request whose path ends with `url`.
  static std::string loop(const std::string& keys, const std::string& url = "{{ $loopCount }}") {
    return "      - loop:\n          - get: {url: \"/" + url + "\"}\n" + keys;
  }
};

TEST_F(RunFlows, LoopSoManyTimes) {
  EXPECT_THAT(paths(loop("        count: 3\n")), ElementsAre("/0", "/1", "/2"));
  EXPECT_THAT(paths(loop("        count: \"2\"\n")), ElementsAre("/0", "/1"));
  EXPECT_THAT(paths(loop("        count: \"{{ n }}\"\n"), "  variables: {n: 2}\n"),
              ElementsAre("/0", "/1"));
  EXPECT_THAT(paths(loop("        count: 2\n        loopValue: i\n", "{{ i }}")),
              ElementsAre("/0", "/1"));
}

TEST_F(RunFlows, LoopAsOftenAsATemplateSays) {
  const auto rounds = [&](const std::string& n) {
    return paths(loop("        count: \"{{ n }}\"\n"), "  variables: {n: " + n + "}\n").size();
  };
  EXPECT_EQ(rounds("0"), 0u);
  EXPECT_EQ(rounds("2.5"), 3u);
  EXPECT_EQ(rounds("\"3-5\""), 2u);
  EXPECT_EQ(rounds("many"), 0u);
  EXPECT_EQ(rounds("\"\""), 0u);
  EXPECT_EQ(rounds("-2"), 0u);
  EXPECT_EQ(paths(loop("        count: \"{{ nothing }}\"\n")).size(), 0u);
}

TEST_F(RunFlows, LeaveTheCountOfALoopBehind) {
  EXPECT_EQ(
      paths(loop("        count: 2\n") + "      - get: {url: \"/end/{{ $loopCount }}\"}\n").back(),
      "/end/2");
  EXPECT_EQ(paths(loop("        over: [a]\n") + "      - get: {url: \"/end/{{ $loopElement }}\"}\n")
                .back(),
            "/end/undefined");
}

TEST_F(RunFlows, LoopOverARange) {
  EXPECT_THAT(paths(loop("        count: \"2-5\"\n")), ElementsAre("/2", "/3", "/4"));
}

TEST_F(RunFlows, LoopOverAList) {
  EXPECT_THAT(paths(loop("        over: [a, b, 3]\n", "{{ $loopElement }}/{{ $loopCount }}")),
              ElementsAre("/a/0", "/b/1", "/3/2"));
  EXPECT_THAT(
      paths(loop("        over: [{id: 1}, {id: 2}]\n        loopElement: pet\n", "{{ pet.id }}")),
      ElementsAre("/1", "/2"));
  EXPECT_THAT(paths(loop("        over: pets\n", "{{ $loopElement }}"),
                    "  variables: {pets: [[rex, max]]}\n"),
              ElementsAre("/rex", "/max"));
  EXPECT_THAT(paths(loop("        over: nothing\n")), IsEmpty());
}

TEST_F(RunFlows, LoopOverWhatWasCaptured) {
  EXPECT_THAT(paths("      - post: {url: /mirror, json: {ids: [7, 8]}, capture: {json: $.ids, as: "
                    "ids}}\n" +
                    loop("        over: ids\n", "{{ $loopElement }}")),
              ElementsAre("/mirror", "/7", "/8"));
}

TEST_F(RunFlows, LoopWhileSomethingIsTrue) {
  EXPECT_THAT(
      paths("      - set: {left: 3}\n      - loop:\n          - get: {url: \"/{{ left }}\"}\n"
            "          - set: {left: \"{{ next }}\", next: 0}\n        whileTrue: left > 0\n",
            "  variables: {next: 1}\n"),
      ElementsAre("/3", "/1"));
  EXPECT_THAT(paths(loop("        whileTrue: $loopCount < 3\n")), ElementsAre("/0", "/1", "/2"));
}

TEST_F(RunFlows, LoopInsideOfLoops) {
  EXPECT_THAT(paths("      - loop:\n          - loop:\n"
                    "              - get: {url: \"/{{ outer }}/{{ $loopCount }}\"}\n"
                    "            count: 2\n        count: 2\n        loopValue: outer\n"
                    "      - get: {url: /end}\n"),
              ElementsAre("/0/0", "/0/1", "/1/0", "/1/1", "/end"));
}

// Many rounds without a wait hold up nobody: other users and the clock have their turn.
TEST_F(RunFlows, LoopWithoutWaiting) {
  run("      - loop:\n          - set: {a: \"{{ $loopCount }}\"}\n        count: 100000\n"
      "      - get: {url: \"/{{ a }}\"}\n",
      users(2));
  EXPECT_THAT(target.lines(), ElementsAre("GET /99999", "GET /99999"));
}

// Branches that never wait follow one another, not one inside the other.
TEST_F(RunFlows, HaveManyBranchesThatNeverWait) {
  std::string flow = "      - parallel:\n          - get: {url: /a}\n";
  for (int i = 0; i < 40'000; ++i) flow += "          - set: {a: 1}\n";
  run(flow + "        limit: 1\n      - get: {url: /b}\n");
  EXPECT_EQ(count("vusers.completed"), 1);
  EXPECT_THAT(target.lines(), ElementsAre("GET /a", "GET /b"));
}

TEST_F(RunFlows, GoOnBehindBranchesThatNeverWait) {
  EXPECT_THAT(paths("      - loop:\n          - parallel:\n              - get: {url: /a}\n"
                    "              - set: {a: 1}\n            limit: 1\n"
                    "          - parallel:\n              - set: {a: 2}\n"
                    "              - set: {a: 3}\n            limit: 1\n"
                    "        count: 2\n      - get: {url: \"/{{ a }}\"}\n"),
              ElementsAre("/a", "/a", "/3"));
}

TEST_F(RunFlows, LoopForEverUntilTheyAreGivenUp) {
  options.drain = milliseconds{100};
  run("      - loop:\n          - get: {url: /a}\n");
  EXPECT_TRUE(result.is_closed_model);
  EXPECT_EQ(count("vusers.aborted"), 1);
  EXPECT_EQ(count("vusers.completed") + count("vusers.failed"), 0);
  EXPECT_THAT(target.lines().size(), Gt(10u));
  options.drain = milliseconds{20};
  run("      - loop:\n          - set: {a: 1}\n");
  EXPECT_EQ(count("vusers.aborted"), 1);
}

TEST_F(RunFlows, SendWhatTheirConditionAllows) {
  EXPECT_THAT(
      paths("      - get: {url: /a, ifTrue: 'species == \"dog\" and age >= 3'}\n"
            "      - get: {url: /b, ifTrue: age < 3}\n      - get: {url: /c, ifTrue: nothing}\n"
            "      - get: {url: /d, ifTrue: not nothing}\n",
            "  variables: {species: dog, age: 3}\n"),
      ElementsAre("/a", "/d"));
}

TEST_F(RunFlows, SendWithAProbability) {
  const auto sent = [&](const std::string& percent) {
    return paths("      - loop:\n          - get: {url: /a, probability: " + percent +
                 "}\n        count: 200\n")
        .size();
  };
  EXPECT_EQ(sent("0"), 0u);
  EXPECT_EQ(sent("100"), 200u);
  const std::size_t half = sent("50");
  EXPECT_GT(half, 60u);
  EXPECT_LT(half, 140u);
  EXPECT_EQ(sent("50"), half);  // by the seed
}

TEST_F(RunFlows, Think) {
  EXPECT_THAT(paths("      - get: {url: /a}\n      - think: 50ms\n      - think: \"{{ t }}\"\n"
                    "      - get: {url: /b}\n",
                    "  variables: {t: 0.05}\n"),
              ElementsAre("/a", "/b"));
  const std::int64_t length = summary_of(result, "vusers.session_length").max();
  EXPECT_GE(length, 100'000);
  // Who thinks does not wait for anything: it is no latency. A late start is.
  EXPECT_LE(summary_of(result, "pcx.latency").sum(),
            length - 100'000 + summary_of(result, "pcx.start_lag").max() + 1'000);
}

TEST_F(RunFlows, ThinkWithJitter) {
  run("      - think: 100ms\n        jitter: 90%\n", users(20, "1ms"));
  const Histogram& lengths = summary_of(result, "vusers.session_length");
  EXPECT_GE(lengths.min(), 10'000);
  EXPECT_LT(lengths.min(), 100'000);
  EXPECT_GT(lengths.max(), 120'000);
}

TEST_F(RunFlows, SetVariables) {
  EXPECT_THAT(paths("      - set: {a: \"{{ b }}\", b: \"{{ a }}\", c: \"x{{ a }}\"}\n"
                    "      - get: {url: \"/{{ a }}/{{ b }}/{{ c }}\"}\n",
                    "  variables: {a: 1, b: 2}\n"),
              ElementsAre("/2/1/x1"));
}

TEST_F(RunFlows, Log) {
  run("      - log: \"{{ greeting }} {{ nobody }}\"\n      - log: plain\n",
      "  variables: {greeting: hello}\n");
  EXPECT_THAT(logged, ElementsAre("hello undefined", "plain"));
}

TEST_F(RunFlows, MayBeEmpty) {
  run("      []\n", users(3));
  EXPECT_EQ(count("vusers.completed"), 3);
  EXPECT_THAT(target.lines(), IsEmpty());
}

TEST_F(RunFlows, AreChosenByWeight) {
  const std::string script = "config:\n  target: " + target.url() + "\n" + users(200, "100ms") +
                             "scenarios:\n"
                             "  - {name: often, weight: 3, flow: [{get: {url: /often}}]}\n"
                             "  - {weight: 1, flow: [{get: {url: /rarely}}]}\n"
                             "  - {name: never, weight: 0, flow: [{get: {url: /never}}]}\n";
  run(plan_of(script));
  EXPECT_EQ(count("vusers.completed"), 200);
  EXPECT_EQ(count("vusers.created_by_name.often") + count("vusers.created_by_name.1"), 200);
  EXPECT_GT(count("vusers.created_by_name.often"), 120);
  EXPECT_GT(count("vusers.created_by_name.1"), 25);
  EXPECT_EQ(count("vusers.created_by_name.never"), 0);
  EXPECT_EQ(count("plugins.metrics-by-endpoint./often.codes.200"),
            count("vusers.created_by_name.often"));
}

TEST_F(RunFlows, HaveAUuidForEachUser) {
  run("      - get: {url: \"/{{ $uuid }}\"}\n      - get: {url: \"/{{ $uuid }}\"}\n", users(2));
  std::vector<std::string> lines = target.lines();
  ASSERT_EQ(lines.size(), 4u);
  std::sort(lines.begin(), lines.end());
  EXPECT_EQ(lines[0], lines[1]);
  EXPECT_EQ(lines[2], lines[3]);
  EXPECT_NE(lines[1], lines[2]);
  EXPECT_EQ(lines[0].size(), std::string{"GET /"}.size() + 36);
}

TEST_F(RunFlows, CarryATraceWhenAsked) {
  run("      - get: {url: /a}\n      - get: {url: /b}\n",
      "  http: {distributedTracing: {enabled: true, sampled: false, traceIdPrefix: BEEF}}\n");
  for (const std::string& request : target.requests()) {
    EXPECT_THAT(request, ::testing::ContainsRegex("\r\ntraceparent: 00-beef[0-9a-f]{28}-"
                                                  "[0-9a-f]{16}-00\r\n"));
  }
  EXPECT_EQ(target.requests().size(), 2u);
}

}  // namespace
}  // namespace pcx::load
