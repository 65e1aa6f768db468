#include <gmock/gmock.h>

#include "load/report.h"
#include "load/result.h"
#include "tests/load/sample.h"
#include "tests/support/errors.h"

namespace pcx::load {
namespace {

using ::testing::ElementsAre;

std::vector<Result> parts_of(int count) {
  std::vector<Result> parts;
  for (int i = 0; i < count; ++i) parts.push_back(sample_result(i, count));
  return parts;
}

Error conflict_of(const std::vector<Result>& parts) {
  return testing::error_of([&] { static_cast<void>(merge(parts)); });
}

// Everything but what tells the parts.
void expect_same_figures(const Result& merged, const Result& single) {
  EXPECT_EQ(merged.planned, single.planned);
  EXPECT_EQ(merged.counters, single.counters);
  EXPECT_EQ(merged.summaries, single.summaries);
  EXPECT_EQ(merged.periods, single.periods);
  EXPECT_EQ(merged.seconds, single.seconds);
  EXPECT_EQ(merged.phases, single.phases);
  EXPECT_EQ(merged.notes, single.notes);
  EXPECT_EQ(merged.demands, single.demands);
  EXPECT_EQ(merged.started_at, single.started_at);
  EXPECT_EQ(merged.duration_us, single.duration_us);
}

TEST(Merge, IsTheRunOfOne) {
  const Result single = sample_result();
  for (const int count : {2, 3, 7, 16}) {
    const Result merged = merge(parts_of(count));
    expect_same_figures(merged, single);
    EXPECT_EQ(merged.parts.size(), static_cast<std::size_t>(count));
    EXPECT_EQ(merged.verdict.grade, Grade::valid);
  }
}

TEST(Merge, DoesNotDependOnTheOrder) {
  std::vector<Result> parts = parts_of(3);
  const std::string forwards = to_file(merge(parts));
  std::reverse(parts.begin(), parts.end());
  EXPECT_EQ(to_file(merge(parts)), forwards);
}

TEST(Merge, MayGoStepByStep) {
  const std::vector<Result> parts = parts_of(4);
  const Result even = merge({parts[2], parts[0]}, false);
  const Result odd = merge({parts[3], parts[1]}, false);
  EXPECT_EQ(to_file(merge({odd, even})), to_file(merge(parts)));
  EXPECT_EQ(to_file(merge({parts[3], merge({parts[1], even}, false)})), to_file(merge(parts)));
}

TEST(Merge, ReadsFilesLikeResults) {
  std::vector<Result> parts;
  for (const Result& part : parts_of(3)) parts.push_back(parse_result(to_file(part), "part"));
  EXPECT_EQ(merge(parts), merge(parts_of(3)));
}

TEST(Merge, OfOneIsThatOne) {
  EXPECT_EQ(merge({sample_result()}), sample_result());
  EXPECT_EQ(merge({sample_result(1, 3)}, false), sample_result(1, 3));
}

TEST(Merge, NumbersShardsAsTheirUsers) {
  std::vector<Result> parts = parts_of(2);
  parts[0].strains = {{0, 0, 0.1, 1, 9}, {1, 0, 0.2, 2}};
  parts[1].strains = {{0, 0, 0.3, 3}, {1, 0, 0.4, 4}};
  EXPECT_THAT(merge(parts).strains, ElementsAre(Strain{0, 0, 0.1, 1, 9}, Strain{1, 0, 0.3, 3},
                                                Strain{2, 0, 0.2, 2}, Strain{3, 0, 0.4, 4}));
}

TEST(Merge, KeepsTheWorstLimits) {
  std::vector<Result> parts = parts_of(2);
  parts[0].limits = {100, 90, 1, 0, 0.5, 0};
  parts[1].limits = {200, 10, 2, 4, 0, 0.25};
  EXPECT_EQ(merge(parts).limits, (Limits{200, 90, 3, 4, 0.5, 0.25}));
}

TEST(Merge, KeepsThatAPartWasStopped) {
  std::vector<Result> parts = parts_of(2);
  parts[1].was_stopped = true;
  parts[1].stop_reason = "stopped by SIGINT";
  parts[1].is_closed_model = true;
  parts[1].duration_us += 5;
  parts[1].started_at -= std::chrono::seconds{1};
  const Result merged = merge(parts);
  EXPECT_TRUE(merged.was_stopped);
  EXPECT_TRUE(merged.is_closed_model);
  EXPECT_EQ(merged.stop_reason, "stopped by SIGINT");
  EXPECT_EQ(merged.duration_us, parts[1].duration_us);
  EXPECT_EQ(merged.started_at, parts[1].started_at);
  EXPECT_EQ(merged.verdict.grade, Grade::degraded);
}

TEST(Merge, ForgetsWhatThePartsWereJudgedAs) {
  std::vector<Result> parts = parts_of(2);
  for (Result& part : parts) part.verdict = {Grade::invalid, {"Of a part."}};
  EXPECT_EQ(merge(parts).verdict, Verdict{});
}

TEST(Merge, JudgesTheSum) {
  std::vector<Result> parts = parts_of(2);
  for (Result& part : parts) {
    part.demands = {{Demand::Kind::threshold, "vusers.created", 1500, true, ""}};
    part.judged = {{"vusers.created < 1500", true, true, "1000", ""}};
  }
  EXPECT_THAT(merge(parts).judged,
              ElementsAre(Result::Judged{"vusers.created < 1500", false, true, "2000", ""}));
}

TEST(Merge, AddsPartsOfOtherLengths) {
  std::vector<Result> parts = parts_of(2);
  parts[0].seconds.resize(3);
  parts[1].seconds.resize(5);
  parts[1].seconds[4] = {};
  const Result merged = merge(parts);
  EXPECT_EQ(merged.seconds.size(), 5u);
  EXPECT_EQ(merged.seconds[4], Second{});
  EXPECT_EQ(merged.seconds[3], parts[1].seconds[3]);
}

TEST(Merge, RefusesOtherRuns) {
  const auto with = [](auto change) {
    std::vector<Result> parts = parts_of(2);
    change(parts[1]);
    const Error error = conflict_of(parts);
    EXPECT_EQ(error.code(), ErrorCode::conflict);
    EXPECT_EQ(error.reason(), "other_plan");
    EXPECT_FALSE(error.hint().empty());
    return std::string{error.what()};
  };
  EXPECT_EQ(with([](Result& part) { part.plan_digest = "0"; }),
            "part 0 of 2 and part 1 of 2 have different plans");
  EXPECT_EQ(with([](Result& part) { part.seed = 1; }),
            "part 0 of 2 and part 1 of 2 have different seeds");
  EXPECT_EQ(with([](Result& part) {
              part.parts = {{1, 3}};
            }),
            "part 0 of 2 and part 1 of 3 have different numbers of parts");
  EXPECT_EQ(with([](Result& part) { part.phases.pop_back(); }),
            "part 0 of 2 and part 1 of 2 have different phases");
}

TEST(Merge, RefusesAPartThatIsThereTwice) {
  std::vector<Result> parts = parts_of(3);
  parts[1] = parts[2];
  const Error error = conflict_of(parts);
  EXPECT_EQ(error.reason(), "same_part");
  EXPECT_STREQ(error.what(), "part 2 is there twice");
}

TEST(Merge, NamesThePartsThatAreMissing) {
  const std::vector<Result> parts = parts_of(16);
  const Error some = conflict_of({parts[0], parts[3], parts[1]});
  EXPECT_EQ(some.reason(), "missing_part");
  EXPECT_STREQ(some.what(), "of 16 parts these are missing: 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, ...");
  EXPECT_STREQ(conflict_of({sample_result(0, 2)}).what(), "of 2 parts these are missing: 1");
}

TEST(Merge, ReportsSayWhichPartsAreMissing) {
  const std::vector<Result> parts = parts_of(3);
  const Result some = merge({parts[2], parts[0]}, /*must_be_complete=*/false);
  const std::string sentence =
      "Parts 0, 2 of 3: the users of the others are in no figure (missing: 1).";
  EXPECT_EQ(missing_parts_text(some), sentence);
  EXPECT_EQ(missing_parts_text(parts[1]),
            "Part 1 of 3: the users of the others are in no figure (missing: 0, 2).");
  EXPECT_EQ(missing_parts_text(merge(parts)), "");
  for (const auto report : {report_text, report_html, report_junit, report_artillery}) {
    EXPECT_THAT(report(some), ::testing::HasSubstr(sentence));
    EXPECT_THAT(report(merge(parts)), ::testing::Not(::testing::HasSubstr("in no figure")));
  }
}

}  // namespace
}  // namespace pcx::load
