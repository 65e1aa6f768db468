#include <gmock/gmock.h>

#include "core/json.h"
#include "load/result.h"
#include "tests/load/golden.h"
#include "tests/load/sample.h"
#include "tests/support/errors.h"

namespace pcx::load {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

Result full() {
  Result result = sample_result(1, 3);
  result.started_at += std::chrono::nanoseconds{123'456'789};
  result.was_stopped = true;
  result.stop_reason = "stopped by SIGINT";
  result.is_closed_model = true;
  result.target = "https://kůň.example/\"\\\n";
  result.strains = {{0, 3, 0.1 + 0.2, 17, 1'234}, {7, 4, 1, 0, 0}};
  result.limits = {1'048'576, 12, 3, 4, 1.0 / 3, 0.25};
  result.demands.push_back({Demand::Kind::condition, "vusers.failed < 2", 0, false, ""});
  result.demands.push_back({Demand::Kind::expectation, "statusCode", 0, true, ""});
  result.demands.push_back({Demand::Kind::check, "is signed in", 0, true, ""});
  result.judged = {{"vusers.failed < 2", false, false, "4", "a.yml:1:2"}};
  result.verdict = {Grade::degraded, {"One.", "Two."}};
  return result;
}

// Two halves of one run, which tests of the command line put together.
TEST(ResultFile, OfAPartIsTheGoldenOne) {
  for (int index = 0; index < 2; ++index) {
    Result part = sample_result(index, 2);
    judge(part);
    part.verdict = grade(part);
    expect_golden("part-" + std::to_string(index) + ".pcxr", to_file(part));
  }
}

Result read(const std::string& text) { return parse_result(text, "run.pcxr"); }

// A good file with one piece of it replaced.
Error error_with(const std::string& piece, const std::string& other) {
  std::string text = to_file(full());
  const auto at = text.find(piece);
  EXPECT_NE(at, std::string::npos) << piece;
  text.replace(at, piece.size(), other);
  return testing::error_of([&] { static_cast<void>(read(text)); });
}

TEST(ResultFile, IsReadBackExactly) {
  const Result result = full();
  const Result back = read(to_file(result));
  EXPECT_EQ(back, result);
  EXPECT_EQ(to_file(back), to_file(result));
}

TEST(ResultFile, HoldsAnEmptyResult) {
  Result result;
  result.parts = {{0, 1}};
  EXPECT_EQ(read(to_file(result)), result);
}

TEST(ResultFile, KeepsEveryGradeAndKind) {
  for (const Grade grade : {Grade::valid, Grade::degraded, Grade::invalid}) {
    Result result = full();
    result.verdict.grade = grade;
    EXPECT_EQ(read(to_file(result)).verdict.grade, grade);
  }
}

TEST(ResultFile, IsTextInOneLine) {
  const std::string text = to_file(full());
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  EXPECT_THAT(text, ::testing::StartsWith("{\"pcx_result\":1,\"script\":\"load-test.yml\","));
}

TEST(ResultFile, SaysWhereItIsNoJson) {
  const Error error = testing::error_of([] { static_cast<void>(read("{\n  \"pcx_result\": }")); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_EQ(to_string(error.location()), "run.pcxr:2:17");
}

struct Fault {
  std::string name;
  std::string piece, other;  // what is written instead
  std::string message;       // its end
};

class ResultFileFault : public ::testing::TestWithParam<Fault> {};

TEST_P(ResultFileFault, IsRefusedWithItsPath) {
  const Error error = error_with(GetParam().piece, GetParam().other);
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_EQ(to_string(error.location()), "run.pcxr");
  EXPECT_THAT(error.what(), EndsWith(GetParam().message));
  EXPECT_FALSE(error.hint().empty());
}

const Fault kFaults[] = {
    {"no_result", "\"pcx_result\":1,", "", "it has no member \"pcx_result\""},
    {"newer", "\"pcx_result\":1", "\"pcx_result\":2",
     "pcx_result is a version that this pcx does not know"},
    {"unknown_member", "\"planned\":", "\"colour\":1,\"planned\":",
     "it has a member \"colour\", which this pcx does not know"},
    {"no_text", "\"script\":\"load-test.yml\"", "\"script\":1", "script is no text"},
    {"no_digits", "\"seed\":\"1", "\"seed\":\" 1", "seed is no whole number in digits"},
    {"seed_too_large", "\"seed\":\"1", "\"seed\":\"11", "seed is no whole number in digits"},
    {"no_parts", "[{\"index\":1,\"count\":3}]", "[]", "parts has no part"},
    {"part_beyond", "\"index\":1,\"count\":3", "\"index\":3,\"count\":3",
     "parts[0].index is 3, which is not between 0 and 2"},
    {"part_twice", "{\"index\":1,\"count\":3}",
     "{\"index\":1,\"count\":3},{\"index\":1,\"count\":3}", "parts[1] is there twice"},
    {"parts_of_two", "{\"index\":1,\"count\":3}",
     "{\"index\":1,\"count\":3},{\"index\":0,\"count\":2}", "parts has parts of several runs"},
    {"far_future", "\"started_at_ns\":\"1", "\"started_at_ns\":\"9",
     "started_at_ns is beyond the year 2262"},
    {"no_boolean", "\"was_stopped\":true", "\"was_stopped\":1", "was_stopped is no boolean"},
    {"negative", "\"planned\":667", "\"planned\":-1",
     "planned is -1, which is not between 0 and 1125899906842624"},
    {"fraction", "\"planned\":667", "\"planned\":667.5", "planned is no whole number"},
    {"no_object", "\"counters\":{", "\"counters\":[],\"x\":{",
     "it has a member \"x\", which this pcx does not know"},
    {"counter", "\"http.requests\":", "\"http.requests\":[],\"z\":",
     "counters.http.requests is no whole number"},
    {"no_base64", "\"http.response_time\":\"", "\"http.response_time\":\"%",
     "summaries.http.response_time is no base64"},
    {"other_digits", "\"http.response_time\":\"AQ", "\"http.response_time\":\"AAAAAQ",
     "summaries.http.response_time is broken: this is no histogram: it does not begin as a packed "
     "one does"},
    {"columns", "\"planned\",\"started\"", "\"started\",\"planned\"",
     "seconds.columns are not those that this pcx knows"},
    {"long_row", "\"rows\":[[", "\"rows\":[[0,", "seconds.rows[0] has another number of columns"},
    {"no_number", "0.30000000000000004", "null", "strains.rows[0][2] is no number"},
    {"negative_share", "\"stolen\":0.25", "\"stolen\":-0.25",
     "limits.stolen is -0.25, which is not between 0 and 1"},
    {"kind", "\"kind\":\"threshold\"", "\"kind\":\"wish\"",
     "demands[0].kind is no word that this pcx knows"},
    {"grade", "\"DEGRADED\"", "\"FINE\"", "verdict.grade is no word that this pcx knows"},
};
INSTANTIATE_TEST_SUITE_P(Each, ResultFileFault, ::testing::ValuesIn(kFaults),
                         [](const auto& one) { return one.param.name; });

TEST(ResultFile, RefusesPeriodsOutOfOrder) {
  Result result = full();
  std::swap(result.periods[0], result.periods[1]);
  const Error error = testing::error_of([&] { static_cast<void>(read(to_file(result))); });
  EXPECT_THAT(error.what(), EndsWith("periods[1] is out of order"));
}

TEST(ResultFile, RefusesOtherDigitsThanItsSeriesHave) {
  Result result = full();
  result.periods[0].summaries["http.response_time"] = Histogram{3}.pack();
  const Error error = testing::error_of([&] { static_cast<void>(read(to_file(result))); });
  EXPECT_THAT(error.what(),
              EndsWith("periods[0].summaries.http.response_time has another number of digits"));
}

TEST(ResultFile, RefusesWhatIsNoResultAtAll) {
  for (const char* text : {"[]", "1", "null", "{}", "\"pcx_result\""}) {
    const Error error = testing::error_of([&] { static_cast<void>(read(text)); });
    EXPECT_THAT(error.what(), HasSubstr("not a result of pcx: it ")) << text;
  }
}

TEST(Series, IsEmptyWhenNothingWasPacked) { EXPECT_EQ(unpack_series(""), Histogram{2}); }

}  // namespace
}  // namespace pcx::load
