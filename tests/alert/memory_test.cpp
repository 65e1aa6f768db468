#include "alert/memory.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alert/memory_items.h"
#include "core/json.h"
#include "tests/alert/memory_sample.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using testing::error_of;
using ::testing::HasSubstr;

Memory read_back(const Memory& memory) {
  return memory_of(parse_json(stored_json(to_document(memory)), "test"));
}

double read_back(double value) {
  Memory memory;
  memory.alerts = {sample_alert("A", at(0))};
  memory.alerts[0].value = value;
  return read_back(memory).alerts[0].value;
}

TEST(Memory, IsTheSameAfterBeingWritten) {
  const Memory memory = sample_memory();
  const Memory again = read_back(memory);
  EXPECT_EQ(shown(again), shown(memory));
  EXPECT_EQ(again.alerts[1], memory.alerts[1]);
  EXPECT_TRUE(std::isnan(again.alerts[0].value));
  EXPECT_EQ(again.alerts[0].labels, memory.alerts[0].labels);
  EXPECT_EQ(again.incidents, memory.incidents);
  EXPECT_EQ(again.outbox, memory.outbox);
  EXPECT_EQ(again.readings, memory.readings);
  EXPECT_EQ(again.last_run, memory.last_run);
  EXPECT_EQ(again.new_events, memory.new_events);
  EXPECT_EQ(again.next_sequence, 3);
  EXPECT_EQ(shown(read_back(Memory{})), shown(Memory{}));
}

TEST(Memory, KeepsSilencesWithTheirSchedules) {
  const Silence silence = read_back(sample_memory()).silences.at(1);
  ASSERT_EQ(silence.matchers.size(), 4u);
  EXPECT_EQ(silence.matchers[2].kind, MatchKind::matches);
  EXPECT_EQ(silence.matchers[2].value, "Low.*|\\d");
  ASSERT_TRUE(silence.schedule);
  EXPECT_EQ(silence.schedule->text, "Sat-Mon 08:00-24:00");
  EXPECT_EQ(silence.schedule->ranges.at(0).zone, "America/New_York");
  EXPECT_TRUE(silence.schedule->ranges[0].days[6]);
  EXPECT_FALSE(silence.schedule->ranges[0].days[1]);
  EXPECT_EQ(silence.idle, std::chrono::hours{4});
  EXPECT_EQ(silence.ends_at, at(3600));
  EXPECT_EQ(silence.fitted_at, at(3));
}

TEST(Memory, KeepsEveryDouble) {
  using Limits = std::numeric_limits<double>;
  for (const double value : {0.0, 1.0, -12.0, 0.1, 1e300, 1e15, 123456789012345680.0, 1e-300,
                             Limits::max(), Limits::min(), Limits::denorm_min(), Limits::epsilon(),
                             Limits::infinity(), -Limits::infinity()}) {
    EXPECT_EQ(read_back(value), value);
  }
  EXPECT_TRUE(std::signbit(read_back(-0.0)));
  EXPECT_TRUE(std::isnan(read_back(Limits::quiet_NaN())));
  SeededRandom random{7};
  for (int i = 0; i < 1000; ++i) {
    const double value =
        std::ldexp(random.unit() - 0.5, static_cast<int>(random.below(2000)) - 1000);
    EXPECT_EQ(read_back(value), value);
  }
}

TEST(Memory, KeepsRandomHistories) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SeededRandom random{seed};
    Memory memory;
    for (int run = 0; run < 20; ++run) memory = evolved(memory, random, "a", at(run * 60));
    EXPECT_EQ(shown(read_back(memory)), shown(memory)) << "seed " << seed;
  }
}

TEST(Memory, ReplacesWhatPostgresqlWouldRefuse) {
  EXPECT_EQ(stored_text(std::string("a\0b", 3)),
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(stored_text("a\xff\xc3"), "a\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(stored_text("caf\xc3\xa9"), "caf\xc3\xa9");
  Memory memory = sample_memory();
  memory.outbox[0].last_failure = std::string("\0\\u0000", 7);
  EXPECT_EQ(read_back(memory).outbox[0].last_failure, "\xef\xbf\xbd\\u0000");
}

struct Malformed {
  const char* name;
  const char* find;     // in the JSON of sample_memory()
  const char* replace;  // with
  const char* error;
};

void PrintTo(const Malformed& malformed, std::ostream* out) { *out << malformed.name; }

class MalformedMemory : public ::testing::TestWithParam<Malformed> {};

TEST_P(MalformedMemory, IsRefusedWithItsPlace) {
  const Malformed& malformed = GetParam();
  std::string json = stored_json(to_document(sample_memory()));
  const std::size_t place = json.find(malformed.find);
  ASSERT_NE(place, std::string::npos);
  json.replace(place, std::string_view{malformed.find}.size(), malformed.replace);
  const Document document = parse_json(json, "test");
  const Error error = error_of([&] { memory_of(document); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_THAT(error.what(), HasSubstr(malformed.error));
}

INSTANTIATE_TEST_SUITE_P(
    Of, MalformedMemory,
    ::testing::Values(
        Malformed{"no_sequence", R"("next_sequence":3,)", "",
                  "memory.next_sequence: it is missing"},
        Malformed{"sequence_0", R"("next_sequence":3)", R"("next_sequence":0)", "memory.next_seq"},
        Malformed{"null", R"("next_sequence":3)", R"("next_sequence":null)", "it is missing"},
        Malformed{"no_list", R"("alerts":[)", R"("alerts":{},"x":[)",
                  "memory.alerts: it is no list"},
        Malformed{"no_object", R"("alerts":[)", R"("alerts":[7,)", "alerts[0]: it is no object"},
        Malformed{"phase", R"("phase":"pending")", R"("phase":"p\n")",
                  R"(alerts[0].phase: "p\n" is none)"},
        Malformed{"value", R"("value":"NaN")", R"("value":"nan")", "alerts[0].value: it is no num"},
        Malformed{"value_flag", R"("value":"NaN")", R"("value":true)", "alerts[0].value"},
        Malformed{"label", R"("alertname":"Odd")", R"("a-b":"Odd")", "alerts[0].labels.a-b: that"},
        Malformed{"label_number", R"("alertname":"Odd")", R"("alertname":7)",
                  "alerts[0].labels.alertname: it is no text"},
        Malformed{"labels", R"("annotations":{)", R"("annotations":[],"x":{)",
                  "alerts[0].annotations: it is no object"},
        Malformed{"flag", R"("no_data":false)", R"("no_data":0)",
                  "alerts[0].no_data: it is neither true nor false"},
        Malformed{"time", R"("active_since":"2026-01-15T11:50:00.000Z")",
                  R"("active_since":"2026-13-15T11:50:00.000Z")",
                  "alerts[0].active_since: it is no"},
        Malformed{"time_number", R"("active_since":"2026-01-15T11:50:00.000Z")",
                  R"("active_since":17)", "alerts[0].active_since: it is no time"},
        Malformed{"microseconds", R"("active_since":"2026-01-15T11:50:00.000Z")",
                  R"("active_since":"2026-01-15T11:50:00.000001Z")", "parts of a millisecond"},
        Malformed{"change", R"("changes":["2026-01-15T11:59:40.000Z",)", R"("changes":["x",)",
                  "alerts[1].changes[0]: it is no time"},
        Malformed{"member", R"("members":[{)", R"("members":[7,{)", "incidents[0].members[0]: "},
        Malformed{"silenced", R"("silenced":[])", R"("silenced":["",7])",
                  "incidents[0].silenced[1]: it is no text"},
        Malformed{"notification", R"("action":"trigger")", R"("action":"shout")",
                  "outbox[0].notification: "},
        Malformed{"line_id", R"("id":"line-1")", R"("id":"")", "outbox[0].id: it is empty"},
        Malformed{"line_text", R"("id":"line-1")", R"("id":1)", "outbox[0].id: it is no text"},
        Malformed{"attempts", R"("attempts":3)", R"("attempts":-1)",
                  "outbox[1].attempts: -1 is not between 0 and 2147483647"},
        Malformed{"many_attempts", R"("attempts":3)", R"("attempts":2147483648)", "outbox[1].att"},
        Malformed{"half_attempt", R"("attempts":3)", R"("attempts":3.5)", "it is no whole number"},
        Malformed{"delivery", R"("delivery":"dead")", R"("delivery":"lost")", "outbox[1].delivery"},
        Malformed{"ended_too_early", R"("delivery":"dead")", R"("delivery":"queued")",
                  "outbox[1].ended_at: a line has it when it is delivered or dead"},
        Malformed{"never_ended", R"("delivery":"queued")", R"("delivery":"dead")",
                  "outbox[0].ended_at"},
        Malformed{"matchers", R"("matchers":[)", R"("matchers":[],"x":[)",
                  "silences[0].matchers: it is empty"},
        Malformed{"matcher", R"("is":"=")", R"("is":"==")",
                  "silences[0].matchers[0].is: it is none"},
        Malformed{"matcher_label", R"("label":"tenant")", R"("label":"")",
                  "silences[0].matchers[0].label"},
        Malformed{"days", R"("days":"1000011")", R"("days":"10000112")",
                  "silences[1].schedule.ranges[0].days: it is not seven"},
        Malformed{"minute", R"("from_minute":480)", R"("from_minute":1440)",
                  "from_minute: 1440 is"},
        Malformed{"idle", R"("idle_ms":14400000)", R"("idle_ms":9000000000000000)", "idle_ms"},
        Malformed{"values", R"("values":{})", R"("values":[])", "readings[1].values: it is no obj"},
        Malformed{"exit_code", R"("exit_code":2)", R"("exit_code":256)",
                  "memory.last_run.exit_code: 256"},
        Malformed{"event", R"("id":"event-1")", R"("id":"")", "new_events[0].id: it is empty"},
        Malformed{"kind", R"("kind":"fired")", R"("kind":"")", "new_events[0].kind: it is empty"}),
    [](const auto& tested) { return std::string{tested.param.name}; });

TEST(MemoryOf, RefusesWhatIsNoObject) {
  EXPECT_EQ(error_of([] { memory_of(Document{7}); }).code(), ErrorCode::data);
}

// A pcx before state had an owner, and runs a pace, and when it was kept what inputs had data.
TEST(MemoryOf, ReadsWhatAnOlderPcxWrote) {
  const Memory memory = memory_of(parse_json(
      R"({"next_sequence":7,"last_data_at":{"app":"2026-01-15T12:00:00.000Z"},)"
      R"("last_run":{"at":"2026-01-15T12:05:00.000Z","exit_code":0,"line":"x","run_id":"r"},)"
      R"("generation":3,"alerts":[],"incidents":[],"outbox":[],"silences":[],"readings":[],)"
      R"("new_events":[]})",
      "test"));
  EXPECT_EQ(memory.origin, "");
  EXPECT_EQ(memory.last_run->pace, std::chrono::milliseconds{0});
}

TEST(MemoryOf, PassesOverWhatANewerPcxWrote) {
  Document document = to_document(sample_memory());
  document.set("weather", "fine");
  EXPECT_EQ(shown(memory_of(document)), shown(sample_memory()));
}

TEST(MemoryLimits, AreThoseOfItsLists) {
  Memory memory;
  memory.readings.resize(kMemoryItemsMax);
  require_limits(memory);
  memory.readings.emplace_back();
  const Error error = error_of([&] { require_limits(memory); });
  EXPECT_EQ(error.reason(), "too_much");
  EXPECT_STREQ(error.what(),
               "the memory of pcx alert would have 100001 readings, more than 100000");
  Document document = head_of(Memory{});
  document.set("generation", 0);
  document.set("alerts", Document::Array(kMemoryItemsMax + 1));
  EXPECT_EQ(error_of([&] { memory_of(document); }).reason(), "too_much");
}

TEST(ForgetEnded, LeavesOutWhatEndedTooLongAgo) {
  Memory memory;
  const Time now = at(100'000);
  for (const int ago_s : {3600, 3601}) {
    OutboxLine line = sample_line("line-" + std::to_string(ago_s), ago_s, at(0));
    line.delivery = Delivery::delivered;
    line.ended_at = now - std::chrono::seconds{ago_s};
    memory.outbox.push_back(line);
  }
  memory.outbox.push_back(sample_line("queued", 9, at(0)));
  for (const int ago_s : {86'400, 86'401}) {
    memory.silences.push_back(sample_silence("silence-" + std::to_string(ago_s)));
    memory.silences.back().expired_at = now - std::chrono::seconds{ago_s};
  }
  memory.silences.push_back(sample_silence("lasting"));
  forget_ended(memory, now);
  ASSERT_EQ(memory.outbox.size(), 2u);
  EXPECT_EQ(memory.outbox[0].id, "line-3600");
  EXPECT_EQ(memory.outbox[1].id, "queued");
  ASSERT_EQ(memory.silences.size(), 2u);
  EXPECT_EQ(memory.silences[0].id, "silence-86400");
}

}  // namespace
}  // namespace pcx::alert
