#include "alert/machine.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "tests/alert/machine_rig.h"

namespace pcx::alert {
namespace {

using namespace std::chrono_literals;

struct Row {
  const char* values;
  const char* phases;
};

void expect_courses(const Rule& rule, std::initializer_list<Row> rows) {
  for (const Row& row : rows) EXPECT_EQ(course(rule, row.values).phases, row.phases) << row.values;
}

// plain_rule() is true above 10, and has no `for`.
TEST(Machine, FiresAndResolvesAtOnceWithoutFor) {
  expect_courses(plain_rule(),
                 {{"9 9", ". ."}, {"11 12 9 9", "F F r ."}, {"11 9 11 11 9", "F r F F r"}});
}

TEST(Machine, WaitsForFor) {
  Rule rule = plain_rule();
  rule.hold = 2min;
  expect_courses(rule, {{"11 11 11 11 9 9", "p p F F r ."},
                        {"11 11 9 11 11 11", "p p . p p F"},
                        {"11 11 11 9 11", "p p F r p"}});
}

TEST(Machine, KeepsFiringForAsLongAsAsked) {
  Rule rule = plain_rule();
  rule.keep_firing_for = 2min;
  expect_courses(rule, {{"11 9 9 9 9", "F k k r ."},
                        {"11 9 11 9 9 9", "F k F k k r"},
                        {"11 9 9 9 11", "F k k r F"}});
  rule.keep_firing_for = 90s;
  expect_courses(rule, {{"11 9 9 9", "F k k r"}});
  rule.hold = 1min;
  expect_courses(rule, {{"11 9 11 11 9 9 9", "p . p F k k r"}});
}

TEST(Machine, ResolvesWhereTheResolveExpressionSaysSo) {
  Rule rule = rule_with_resolve();  // below 8
  expect_courses(rule,
                 {{"11 9 8 7 9", "F F F r ."}, {"9 8 7", ". . ."}, {"11 9 11 9 7", "F F F F r"}});
  rule.hold = 1min;
  expect_courses(rule, {{"11 9 11 11 9 7", "p . p F F r"}});
  rule.keep_firing_for = 1min;
  expect_courses(rule, {{"11 11 7 7", "p F k r"}, {"11 11 7 9 7 7", "p F k F k r"}});
}

TEST(Machine, KeepsWhatHasNoDataByDefault) {
  Rule rule = plain_rule();
  expect_courses(rule, {{"11 _ _ _ 9", "F N N N r"},
                        {"11 _ 11 9", "F N F r"},
                        {"_ _ 9 _", ". . . ."},
                        {"11 _ _ _ _ _ _ _ _ _ _ _ _", "F N N N N N N N N N N N N"}});
  rule.keep_firing_for = 2min;
  expect_courses(rule, {{"11 9 _ _ _ 9", "F k N N N r"}, {"11 _ 9 9 9", "F N k k r"}});
  // The timer of a pending one stands still.
  rule.hold = 3min;
  expect_courses(rule, {{"11 11 _ _ _ _ 11 11 11", "p p n n n n p p F"}, {"11 _ 9 11", "p n . p"}});
}

TEST(Machine, TakesNoDataForTheEndWithOk) {
  Rule rule = plain_rule();
  rule.no_data = NoData::ok;
  expect_courses(rule, {{"11 _ _", "F r ."}, {"_ 11", ". F"}});
  rule.hold = 1min;
  rule.keep_firing_for = 1min;
  expect_courses(rule, {{"11 _ 11 11 _ _", "p . p F N r"}});
  Rule with_resolve = rule_with_resolve();
  with_resolve.no_data = NoData::ok;
  expect_courses(with_resolve, {{"11 9 _", "F F r"}});
}

TEST(Machine, TakesNoDataForAnAlertWithAlert) {
  Rule rule = plain_rule();
  rule.no_data = NoData::alert;
  expect_courses(rule, {{"11 _ _ 9", "F N N r"}});
  rule.hold = 2min;
  expect_courses(rule, {{"11 _ _ _ 9", "p n N N r"}});
  rule.keep_firing_for = 1min;
  expect_courses(rule, {{"11 11 11 9 _ _ 9 9", "p p F k N N k r"}});
}

TEST(Machine, CannotEvaluateWithoutDataWithError) {
  Rule rule = plain_rule();
  rule.no_data = NoData::error;
  expect_courses(rule, {{"11 _ _ 9", "F N N r"}});
  EXPECT_EQ(course(rule, "11 _").failure, "rule g/A has no data");
  EXPECT_EQ(course(rule, "9 _").failure, "rule g/A has no data");
  EXPECT_EQ(course(rule, "11 _ 9").failure, "");
  EXPECT_EQ(course(plain_rule(), "11 _").failure, "");
}

TEST(Machine, LeavesEverythingAsItIsWhenItFails) {
  for (const NoData policy : {NoData::keep, NoData::ok, NoData::alert, NoData::error}) {
    Rule rule = plain_rule();
    rule.no_data = policy;
    expect_courses(rule, {{"11 ! ! 9", "F N N r"}, {"9 ! 11", ". . F"}, {"! !", ". ."}});
    EXPECT_EQ(course(rule, "11 !").failure, "database stopped");
    rule.keep_firing_for = 1min;
    rule.hold = 2min;
    // With `alert` it was true before, too.
    const char* const phases = policy == NoData::alert ? "p p n F F k" : "p p n p F k";
    expect_courses(rule, {{"11 11 ! 11 11 9", phases}, {"11 11 11 9 ! ! 9", "p p F k N N r"}});
  }
}

TEST(Machine, BeginsPendingAnewAfterAGap) {
  Rule rule = plain_rule();
  rule.hold = 2min;
  // A dash is a minute without an evaluation; three intervals are allowed.
  expect_courses(rule, {{"11 - 11", "p - F"},
                        {"11 - - 11", "p - - F"},
                        {"11 - - - 11 11 11", "p - - - p p F"},
                        {"11 11 11 - - - - - 11", "p p F - - - - - F"},
                        {"11 11 11 - - - - - 9", "p p F - - - - - r"},
                        {"11 - - - _ 11 11 11", "p - - - n p p F"}});
  rule.gap_max = 1min;
  expect_courses(rule, {{"11 - 11 11 11", "p - p p F"}});
  rule.keep_firing_for = 3min;
  expect_courses(rule, {{"11 11 11 9 - - 9", "p p F k - - r"}});
}

TEST(Machine, IsRightWhenTheClockGoesBack) {
  Rule rule = plain_rule();
  rule.hold = 2min;
  rule.gap_max = 1h;
  Course run{rule};
  run.evaluate("11", 10min);
  run.evaluate("11", 5min);
  EXPECT_EQ(run.outcome().alerts.at(0).active_since, at_minute(5));
  run.evaluate("_", 4min);
  EXPECT_EQ(run.outcome().alerts.at(0).active_since, at_minute(4));
  run.evaluate("11", 12min);
  EXPECT_EQ(run.outcome().alerts.at(0).active_since, at_minute(12));
  run.evaluate("11", 14min);
  EXPECT_EQ(run.outcome().alerts.at(0).phase, Phase::firing);
  Rule kept = plain_rule();
  kept.keep_firing_for = 2min;
  Course keeps{kept};
  for (const int minute : {9, 10}) keeps.evaluate(minute == 9 ? "11" : "9", minute * 1min);
  keeps.evaluate("9", 5min);
  EXPECT_TRUE(keeps.outcome().alerts.at(0).is_firing());
  keeps.evaluate("9", 7min);
  EXPECT_EQ(keeps.outcome().alerts.at(0).phase, Phase::resolved);
}

TEST(Machine, TellsWhatChanged) {
  Rule rule = plain_rule();
  rule.hold = 1min;
  EXPECT_EQ(course(rule, "11 9 11 11 _ 11 9").changes,
            "began_pending; gave_up_pending; began_pending; fired; lost_data; regained_data; "
            "resolved");
  rule.hold = 0min;
  EXPECT_EQ(course(rule, "11 _ 9").changes, "fired; lost_data; regained_data resolved");
  EXPECT_EQ(course(rule, "11 ! ! 11").changes, "fired; lost_data; ; regained_data");
}

TEST(Machine, KeepsValueAndAnnotationsOfTheLastMatch) {
  Rule rule = plain_rule();
  rule.keep_firing_for = 5min;
  rule.annotations = {{"summary", "{{ $value }} of {{ $labels.tenant }}"},
                      {"none", "{{ $labels.x }}"}};
  Course run{rule};
  run.evaluate("11.5", 0min);
  run.evaluate("9", 1min);
  const Alert& alert = run.outcome().alerts.at(0);
  EXPECT_EQ(alert.value, 11.5);
  EXPECT_EQ(alert.annotations, (Labels{{"summary", "11.5 of north"}}));
  EXPECT_EQ(alert.keep_firing_since, at_minute(1));
  EXPECT_EQ(alert.fired_at, at_minute(0));
  EXPECT_EQ(alert.evaluated_at, at_minute(1));
  run.evaluate("13", 2min);
  EXPECT_EQ(run.outcome().alerts.at(0).annotations.at("summary"), "13 of north");
  EXPECT_EQ(run.outcome().alerts.at(0).keep_firing_since, std::nullopt);
}

// 4 in 1h.
TEST(Machine, DoesNotResolveWhatFlaps) {
  const Rule rule = rule_that_flaps();
  expect_courses(rule,
                 {{"11 9 11 9 9 9", "F r F f f f"}, {"11 9 11 9 11 9 11 11", "F r F f f f f f"}});
  EXPECT_EQ(course(rule, "11 9 11 9 11").changes, "fired; resolved; fired; flaps; ");
}

TEST(Machine, ResolvesWhatFlappedOnceItWasQuiet) {
  Rule rule = rule_that_flaps();
  rule.flap.window = 5min;
  expect_courses(rule, {{"11 9 11 9 9 9 9 9 9 9", "F r F f f f f f r ."},
                        {"11 9 11 9 11 9 9 9 9 9 9 11", "F r F f f f f f f f r F"},
                        {"11 9 11 9 11 11 11 11 11 11 11 9", "F r F f f f f f f F F r"}});
  EXPECT_EQ(course(rule, "11 9 11 9 9 9 9 9 9").changes,
            "fired; resolved; fired; flaps; ; ; ; ; settled resolved");
  EXPECT_EQ(course(rule, "11 9 11 9 11 11 11 11 11 11").changes,
            "fired; resolved; fired; flaps; ; ; ; ; ; settled");
}

TEST(Machine, DoesNotCountWhatIsLongAgo) {
  Rule rule = rule_that_flaps();
  rule.flap.window = 3min;
  expect_courses(rule, {{"11 9 9 9 11 9 9 9", "F r . . F r . ."}, {"11 9 9 11 9", "F r . F r"}});
  rule.flap.changes_max = 0;
  expect_courses(rule, {{"11 9 11 9 11 9", "F r F r F r"}});
}

TEST(Machine, FlapsAtAnOddChangeToo) {
  Rule rule = rule_that_flaps();
  rule.flap.changes_max = 3;
  EXPECT_EQ(course(rule, "11 9 11 9").changes, "fired; resolved; fired flaps; ");
  expect_courses(rule, {{"11 9 11 9 11", "F r f f f"}});
}

TEST(Machine, RemembersChangesOfWhatResolved) {
  Rule rule = rule_that_flaps();
  rule.flap.window = 3min;
  Course run{rule};
  run.evaluate("11", 0min);
  run.evaluate("9", 1min);
  EXPECT_EQ(run.outcome().alerts.at(0).phase, Phase::resolved);
  EXPECT_TRUE(run.outcome().remembered.empty());
  run.evaluate("9", 2min);
  EXPECT_TRUE(run.outcome().alerts.empty());
  EXPECT_EQ(run.outcome().remembered.at(0).changes.size(), 2u);
  run.evaluate("9", 3min);
  EXPECT_EQ(run.outcome().remembered.at(0).changes.size(), 1u);
  run.evaluate("9", 4min);
  EXPECT_TRUE(run.outcome().remembered.empty());
}

TEST(Machine, RemembersChangesThroughPendingOnesThatAreGivenUp) {
  Rule rule = rule_that_flaps();
  rule.hold = 1min;
  expect_courses(rule, {{"11 11 9 11 9 11 11 9 9", "p F r p . p F f f"}});
}

// Every minute for a day, two above or two below.
std::string oscillation(unsigned seed, double middle) {
  std::mt19937 random{seed};
  std::string values;
  for (int i = 0; i < 24 * 60; ++i) {
    values += std::to_string(middle + static_cast<double>(random() % 5) - 2) + " ";
  }
  return values;
}

struct Notifications {
  std::size_t fired = 0;
  std::size_t resolved = 0;
};

Notifications notifications_of(const Rule& rule, const std::string& values) {
  const std::string changes = course(rule, values).changes;
  Notifications count;
  for (std::size_t at = 0; (at = changes.find("fired", at)) != changes.npos; ++at) ++count.fired;
  for (std::size_t at = 0; (at = changes.find("resolved", at)) != changes.npos; ++at) {
    ++count.resolved;
  }
  return count;
}

TEST(Oscillation, IsOneProblemWithAResolveExpression) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const std::string values = oscillation(seed, 10) + "7";
    const Notifications naive = notifications_of(plain_rule(), values);
    EXPECT_GT(naive.fired + naive.resolved, 600u) << naive.fired << " " << naive.resolved;
    const Notifications calm = notifications_of(rule_with_resolve(), values);
    EXPECT_EQ(calm.fired, 1u);
    EXPECT_EQ(calm.resolved, 1u);
  }
}

TEST(Oscillation, IsOneRelapseWithFlapDetectionAlone) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const Notifications told = notifications_of(rule_that_flaps(), oscillation(seed, 10));
    EXPECT_EQ(told.fired, 2u);
    EXPECT_EQ(told.resolved, 1u);
  }
}

}  // namespace
}  // namespace pcx::alert
