#include "load/verdict.h"

#include <gmock/gmock.h>

#include "tests/load/sample.h"

namespace pcx::load {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// 60 s at 100 users a second, everything answered in 20 ms.
Result quiet() {
  Result result;
  result.target = "https://api.example.org";
  result.parts = {{0, 1}};
  result.planned = 6000;
  result.duration_us = 60'000'000;
  result.counters = {{"vusers.created", 6000}, {"http.requests", 6000}, {"http.responses", 6000}};
  result.summaries["pcx.start_lag"].record(60, 6000);
  result.summaries["pcx.latency"].record(20'000, 6000);
  for (int second = 0; second < 60; ++second) {
    result.seconds.push_back({.planned = 100, .started = 100});
    result.strains.push_back({0, second, 0.2, 80});
  }
  result.limits = {1024, 40, 0, 0, 0, 0.04};
  return result;
}

// So many of the users started that late.
void delay(Result& result, std::int64_t users, std::int64_t lag_us) {
  Histogram& lag = result.summaries["pcx.start_lag"];
  lag.clear();
  lag.record(60, 6000 - users);
  lag.record(lag_us, users);
}

// For so many of the test's 60,000 milliseconds.
void still(Result& result, std::int64_t milliseconds, std::int64_t lag_us) {
  Histogram& lag = result.summaries["pcx.loop_lag"];
  lag.record(60, 60'000 - milliseconds);
  lag.record(lag_us, milliseconds);
  result.strains[41].loop_lag_us = lag_us;
}

void heat(Result& result, int shard, std::int64_t from, std::int64_t to, double cpu) {
  for (Strain& strain : result.strains) {
    if (strain.shard == shard && strain.second >= from && strain.second <= to) strain.cpu = cpu;
  }
}

TEST(Verdict, IsValidWhenNothingIsAmiss) {
  EXPECT_EQ(grade(quiet()), (Verdict{Grade::valid, {}}));
  EXPECT_EQ(grade(sample_result()), (Verdict{Grade::valid, {}}));
}

struct Case {
  std::string name;
  void (*change)(Result&);
  Grade grade;
  std::string cause;  // in the first sentence
};

class VerdictOf : public ::testing::TestWithParam<Case> {};

TEST_P(VerdictOf, NamesGradeAndCause) {
  Result result = quiet();
  GetParam().change(result);
  const Verdict verdict = grade(result);
  EXPECT_EQ(verdict.grade, GetParam().grade);
  if (GetParam().cause.empty()) {
    EXPECT_THAT(verdict.causes, IsEmpty());
  } else {
    ASSERT_THAT(verdict.causes, SizeIs(::testing::Ge(1u)));
    EXPECT_EQ(verdict.causes[0], GetParam().cause);
  }
}

constexpr Grade kValid = Grade::valid, kDegraded = Grade::degraded, kInvalid = Grade::invalid;
const std::string kHeldUp =
    "Something held the generator up: give it a processor that nothing else uses, or measure from "
    "another machine.";

const Case kCases[] = {
    // Users that were planned.
    {"all_but_one_in_a_thousand", [](Result& r) { r.counters["vusers.created"] = 5994; }, kValid,
     ""},
    {"one_less", [](Result& r) { r.counters["vusers.created"] = 5993; }, kInvalid,
     "Only 5,993 of 6,000 planned users were started (99.88 %): this was another test than the "
     "planned one. Use more machines (--part), or a lower rate."},
    {"skipped_by_plan",
     [](Result& r) {
       r.counters["vusers.created"] = 1000;
       r.counters["vusers.skipped"] = 5000;
     },
     kValid, ""},
    {"stopped",
     [](Result& r) {
       r.was_stopped = true;
       r.stop_reason = "stopped by SIGINT";
       r.duration_us = 12'340'000;
       r.counters["vusers.created"] = 1234;
     },
     kDegraded,
     "The run was stopped after 12.3 s (stopped by SIGINT): 1,234 of 6,000 planned users were "
     "started. The figures are those of a shorter test."},
    {"few_aborted", [](Result& r) { r.counters["vusers.aborted"] = 6; }, kValid, ""},
    {"more_aborted", [](Result& r) { r.counters["vusers.aborted"] = 7; }, kDegraded,
     "7 of 6,000 users had not come to their end and were given up (0.12 %): what they still "
     "waited for would have taken longer than is shown. Give them more time (--drain)."},
    {"aborted_from_loops",
     [](Result& r) {
       r.counters["vusers.aborted"] = 6000;
       r.is_closed_model = true;
     },
     kValid, ""},
    {"stopped_with_skipped",
     [](Result& r) {
       r.was_stopped = true;
       r.duration_us = 12'340'000;
       r.counters["vusers.created"] = 34;
       r.counters["vusers.skipped"] = 1200;
     },
     kDegraded,
     "The run was stopped after 12.3 s: 34 of 6,000 planned users were started, 1,200 left out. "
     "The figures are those of a shorter test."},
    // How late they started.
    {"lag_of_a_millisecond", [](Result& r) { delay(r, 100, 1'000); }, kValid, ""},
    {"lag_of_more", [](Result& r) { delay(r, 100, 1'200); }, kDegraded,
     "One user in a hundred started 1.2 ms late or more; worst in shard 0 at second 0, with 0.1 "
     "ms. " +
         kHeldUp},
    {"lag_of_ten", [](Result& r) { delay(r, 100, 10'000); }, kDegraded,
     "One user in a hundred started 10 ms late or more; worst in shard 0 at second 0, with 0.1 "
     "ms. " +
         kHeldUp},
    {"lag_of_more_than_ten", [](Result& r) { delay(r, 100, 11'000); }, kInvalid,
     "One user in a hundred started 11 ms late or more; worst in shard 0 at second 0, with 0.1 "
     "ms. " +
         kHeldUp},
    {"lag_that_does_not_show",
     [](Result& r) {
       delay(r, 100, 11'000);
       r.summaries["pcx.latency"].record(2'000'000, 9000);
     },
     kValid, ""},
    {"few_very_late", [](Result& r) { delay(r, 6, 2'000'000); }, kValid, ""},
    {"frozen",
     [](Result& r) {
       delay(r, 200, 2'000'000);
       r.strains[41].lag_p99_us = 1'980'000;
     },
     kInvalid,
     "200 of 6,000 users started more than 100 ms late (up to 2.0 s; worst in shard 0 at second "
     "41, "
     "with 2.0 s). " +
         kHeldUp},
    // Nobody was to start when it stood still: all of them think, or loop.
    {"loop_lag_of_a_millisecond", [](Result& r) { still(r, 700, 1'000); }, kValid, ""},
    {"loop_lag_of_more", [](Result& r) { still(r, 700, 1'200); }, kDegraded,
     "The generator stood still and came late to what was due, by 1.2 ms or more for a hundredth "
     "of the time; worst in shard 0 at second 41, with 1.2 ms: answers were read late, and the "
     "target looks slower than it is. " +
         kHeldUp},
    {"loop_stood_still", [](Result& r) { still(r, 3'000, 3'000'000); }, kInvalid,
     "The generator stood still and came late to what was due, for 5 % of the time by more than "
     "100 ms; worst in shard 0 at second 41, with 3.0 s: answers were read late, and the target "
     "looks slower than it is. " +
         kHeldUp},
    {"loop_stood_still_for_a_moment", [](Result& r) { still(r, 50, 90'000); }, kValid, ""},
    {"stolen",
     [](Result& r) {
       delay(r, 200, 150'000);
       r.strains.clear();
       r.limits.stolen = 0.31;
     },
     kInvalid,
     "200 of 6,000 users started more than 100 ms late (up to 150 ms). The host gave 31 % of the "
     "processor's time to others: measure on a machine with processors of its own."},
    // Processors.
    {"hot_for_two_seconds", [](Result& r) { heat(r, 0, 10, 11, 1); }, kValid, ""},
    {"warm",
     [](Result& r) {
       heat(r, 0, 10, 14, 0.9);
       r.is_closed_model = true;
     },
     kDegraded,
     "The generator had little to spare: shard 0 used 90 % of a core, from second 10 to 14. Use "
     "more "
     "shards (--threads) or more machines (--part)."},
    {"full",
     [](Result& r) {
       heat(r, 0, 0, 59, 0.99);
       for (Second& second : r.seconds) second.planned = 120;
     },
     kInvalid,
     "The generator, not the target, was the limit: shard 0 used 99 % of a core, from second 0 to "
     "59. Use 2 machines (--part), or at most 75 users a second on this one."},
    // Those who are left out are arrivals that a shard had to deal with as well.
    {"full_of_skipped",
     [](Result& r) {
       heat(r, 0, 0, 59, 0.99);
       for (Second& second : r.seconds) second.planned = 120;
       r.counters["vusers.created"] = 6;
       r.counters["vusers.skipped"] = 5994;
     },
     kInvalid,
     "The generator, not the target, was the limit: shard 0 used 99 % of a core, from second 0 to "
     "59. Use 2 machines (--part), or at most 75 users a second on this one."},
    {"throttled", [](Result& r) { r.limits.throttled = 0.02; }, kInvalid,
     "The container's processor quota stopped the generator for 2 % of the time. Raise its CPU "
     "limit, or run without one."},
    {"hardly_throttled", [](Result& r) { r.limits.throttled = 0.01; }, kValid, ""},
    // The kernel.
    {"no_descriptors",
     [](Result& r) {
       r.limits.files_max = 256;
       r.limits.files_exhausted = 1200;
     },
     kInvalid,
     "File descriptors ran out 1,200 times; the limit is 256, and each connection needs one. Raise "
     "it (ulimit -n), or let users share connections (http.pool)."},
    {"no_ports", [](Result& r) { r.limits.ports_exhausted = 3; }, kInvalid,
     "Local ports ran out 3 times (EADDRNOTAVAIL): a closed connection keeps its port for a "
     "minute. "
     "Let users share connections (http.pool), widen net.ipv4.ip_local_port_range, or use more "
     "machines (--part)."},
    // Nothing to judge.
    {"nothing_answered",
     [](Result& r) {
       r.counters.erase("http.responses");
       r.counters["errors.ECONNREFUSED"] = 5990;
       r.counters["errors.ETIMEDOUT"] = 10;
     },
     kInvalid,
     "Nothing was answered (5,990 ECONNREFUSED, 10 ETIMEDOUT): there is nothing to judge. Check "
     "that "
     "https://api.example.org is running and can be reached from here."},
    {"nobody_answered_yet",
     [](Result& r) {
       r.counters.erase("http.responses");
       r.target.clear();
     },
     kInvalid,
     "Nothing was answered (6,000 requests): there is nothing to judge. Check that the target is "
     "running and can be reached from here."},
    {"everybody_still_waits",
     [](Result& r) {
       r.counters.erase("http.responses");
       r.counters["vusers.aborted"] = 12;
     },
     kInvalid,
     "Nothing was answered (6,000 requests; users who were given up while they waited: 12): there "
     "is nothing to judge. Check that https://api.example.org is running and can be reached from "
     "here."},
    {"public_address",
     [](Result& r) {
       r.counters.erase("http.responses");
       r.counters["errors.ERR_PUBLIC_ADDRESS"] = 1;
     },
     kInvalid,
     "Nothing was answered (1 ERR_PUBLIC_ADDRESS): there is nothing to judge. "
     "https://api.example.org is a public address, or sends users to one. A load test of a "
     "stranger's server is an attack. When the server is yours, repeat the command with --yes."},
    {"nothing_asked",
     [](Result& r) {
       r.counters.erase("http.responses");
       r.counters.erase("http.requests");
     },
     kInvalid, "No request was sent, so nothing was measured. Look at the script's flows."},
};
INSTANTIATE_TEST_SUITE_P(Each, VerdictOf, ::testing::ValuesIn(kCases),
                         [](const auto& one) { return one.param.name; });

TEST(Verdict, IsNeverValidWhenNothingWasPlanned) {
  EXPECT_EQ(grade(Result{}).grade, Grade::invalid);
}

TEST(Verdict, HasTheWorstCauseFirst) {
  Result result = quiet();
  delay(result, 100, 3'000);
  heat(result, 0, 20, 30, 0.85);
  result.limits.ports_exhausted = 1;
  const Verdict verdict = grade(result);
  EXPECT_EQ(verdict.grade, Grade::invalid);
  EXPECT_THAT(verdict.causes, ElementsAre(HasSubstr("Local ports"), HasSubstr("little to spare"),
                                          HasSubstr("One user in a hundred")));
}

TEST(Verdict, NamesTheHottestShard) {
  Result result = quiet();
  for (int second = 0; second < 60; ++second) result.strains.push_back({1, second, 0.2, 80});
  heat(result, 0, 3, 9, 0.85);
  heat(result, 1, 41, 59, 0.97);
  EXPECT_THAT(grade(result).causes,
              ElementsAre(HasSubstr("shard 1 used 97 % of a core, from second 41 to 59")));
}

TEST(Verdict, NamesThePartOfAShard) {
  Result result = quiet();
  result.parts = {{0, 3}, {1, 3}, {2, 3}};
  for (Strain& strain : result.strains) strain.shard = 5;
  heat(result, 5, 0, 59, 0.99);
  EXPECT_THAT(grade(result).causes, ElementsAre(HasSubstr("shard 1 of part 2 used 99 %")));
}

TEST(Verdict, JudgesShortRunsAsAWhole) {
  Result result = quiet();
  result.strains = {{0, 0, 0.99, 50}, {0, 1, 0.97, 50}};
  EXPECT_EQ(grade(result).grade, Grade::invalid);
}

TEST(Verdict, ShowsForeignTextHarmlessly) {
  Result result = quiet();
  result.counters = {{"errors.\x1b[2J", 4}};
  EXPECT_THAT(grade(result).causes, ElementsAre(HasSubstr("4 \\x1b[2J"), ::testing::_));
}

}  // namespace
}  // namespace pcx::load
