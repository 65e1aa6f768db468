#include "alert/evaluation.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <numbers>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "alert/zone_files.h"
#include "tests/alert/rule_file.h"

namespace pcx::alert {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

using Stock = std::map<std::string, double>;  // by tenant

// A rule of group practice, `keys` being those behind its name.
std::string rule_text(const std::string& keys) { return "  - alert: " + keys + "\n"; }

std::string rules_text(const std::vector<std::string>& rules) {
  std::string text = "groups:\n- name: practice\n  rules:\n";
  for (const std::string& each : rules) text += rule_text(each);
  return text;
}

// Without flap detection, which has a test of its own.
const char* const kWarning =
    "LowStock\n    expr: stock > 10\n    labels: {severity: warning}\n"
    "    annotations: {pcx_flap: 'off'}";
const char* const kCritical =
    "LowStock\n    expr: stock > 20\n    labels: {severity: critical}\n"
    "    annotations: {pcx_flap: 'off'}";
const char* const kPatient =
    "LowStock\n    expr: stock > 10\n    for: 2m\n    annotations: {pcx_flap: 'off'}";
const char* const kOther = "Expired\n    expr: expired > 0\n    annotations: {pcx_flap: 'off'}";

// Evaluations a minute apart.
class AlertEvaluation : public ::testing::Test {
 protected:
  void use(const std::vector<std::string>& rules) { setting.rules = rules_of(rules_text(rules)); }

  Evaluation run(const InputSet& inputs) {
    now += 1min;
    return evaluate(memory, setting, inputs, zones_, now, random_);
  }
  Evaluation run(const Stock& stock) { return run(inputs_of(stock)); }

  static InputSet inputs_of(const Stock& stock) {
    InputSet inputs;
    inputs.know("stock", "kpi");
    inputs.know("expired", "other");
    for (const auto& [tenant, items] : stock) inputs.add("stock", {{"tenant", tenant}}, items);
    return inputs;
  }

  // "pd: trigger warning, fired": what was added to the outbox since it was asked last.
  std::vector<std::string> told() {
    std::vector<std::string> lines;
    for (; told_ < memory.outbox.size(); ++told_) {
      const Notification& notification = memory.outbox[told_].notification;
      lines.push_back(fmt::format("{}: {} {}, {}", memory.outbox[told_].receiver,
                                  to_string(notification.action), to_string(notification.severity),
                                  notification.why));
    }
    return lines;
  }
  // The same of events.
  std::vector<std::string> events() {
    std::vector<std::string> kinds;
    for (; seen_ < memory.new_events.size(); ++seen_) {
      kinds.push_back(memory.new_events[seen_].kind);
    }
    return kinds;
  }

  void silence(const std::string& matcher) {
    memory.silences.push_back({.id = "4a1f09c2-1",
                               .matchers = {parse_matcher(matcher)},
                               .starts_at = now,
                               .created_by = "ada",
                               .comment = "moving house"});
  }

  Memory memory;
  Setting setting{.routes = {{.receiver = "pd", .is_default = true}}, .environment = "test"};
  Time now = Time{} + 24h;

 private:
  ZoneFiles zones_{kZoneFolder};
  SeededRandom random_{7};
  std::size_t told_ = 0;
  std::size_t seen_ = 0;
};

TEST_F(AlertEvaluation, RemembersAlertsAndTellsOfThem) {
  use({kWarning});
  const Evaluation fired = run({{"north", 12}, {"south", 3}});
  ASSERT_THAT(fired.alerts, SizeIs(1));
  EXPECT_EQ(memory.alerts, fired.alerts);
  EXPECT_EQ(fired.alerts[0].phase, Phase::firing);
  EXPECT_EQ(fired.alerts[0].labels.at("tenant"), "north");
  EXPECT_THAT(fired.alerts[0].dedup_key, ::testing::StartsWith("pcx/test/LowStock/"));
  ASSERT_THAT(memory.incidents, SizeIs(1));
  EXPECT_EQ(memory.incidents[0].dedup_key, fired.alerts[0].dedup_key);
  EXPECT_EQ(fired.queued, 1);
  EXPECT_THAT(told(), ElementsAre("pd: trigger warning, fired"));
  EXPECT_THAT(events(), ElementsAre("fired", "queued"));

  EXPECT_EQ(run({{"north", 13}, {"south", 3}}).queued, 0);
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_THAT(events(), IsEmpty());
  EXPECT_EQ(memory.alerts.at(0).value, 13);
  EXPECT_EQ(memory.alerts.at(0).evaluated_at, now);

  const Evaluation ended = run({{"north", 10}, {"south", 3}});
  ASSERT_THAT(ended.alerts, SizeIs(1));
  EXPECT_EQ(ended.alerts[0].phase, Phase::resolved);
  EXPECT_THAT(memory.incidents, IsEmpty());
  EXPECT_THAT(told(), ElementsAre("pd: resolve warning, resolved"));
  EXPECT_THAT(events(), ElementsAre("resolved", "queued"));

  EXPECT_THAT(run({{"north", 10}}).alerts, IsEmpty());
  EXPECT_THAT(memory.alerts, IsEmpty());
}

// An Alertmanager hears of every alert at every run: that is no news, and takes one line.
TEST_F(AlertEvaluation, KeepsOneLineOfWhatIsResentAlways) {
  setting.routes = {{.receiver = "am", .is_default = true, .is_resent_always = true}};
  use({kWarning});
  EXPECT_EQ(run({{"north", 12}, {"south", 12}}).queued, 2);
  EXPECT_THAT(memory.outbox, SizeIs(2));
  events();
  EXPECT_EQ(run({{"north", 12}, {"south", 12}}).queued, 0);
  EXPECT_THAT(memory.outbox, SizeIs(4));  // what was news stays as it is
  const std::string id = memory.outbox.at(2).id;
  const auto sequence = memory.outbox.at(3).sequence;
  EXPECT_EQ(run({{"north", 12}, {"south", 12}}).queued, 0);
  ASSERT_THAT(memory.outbox, SizeIs(4));
  EXPECT_EQ(memory.outbox.at(2).id, id);
  EXPECT_GT(memory.outbox.at(2).sequence, sequence);
  EXPECT_EQ(memory.outbox.at(2).queued_at, now);
  EXPECT_THAT(events(), IsEmpty());
  EXPECT_EQ(run({{"north", 0}, {"south", 12}}).queued, 1);
}

// What waits is replaced, and not tried sooner than what it replaces.
TEST_F(AlertEvaluation, KeepsThePauseOfWhatIsResentAlways) {
  setting.routes = {{.receiver = "am", .is_default = true, .is_resent_always = true}};
  use({kWarning});
  run({{"north", 12}});
  run({{"north", 12}});
  OutboxLine& waiting = memory.outbox.at(1);
  waiting.attempts = 3;
  waiting.not_before = now + 10min;
  waiting.held_until = now + 20min;
  run({{"north", 12}});
  ASSERT_THAT(memory.outbox, SizeIs(2));
  EXPECT_EQ(memory.outbox[1].attempts, 3);
  EXPECT_EQ(memory.outbox[1].not_before, now + 9min);
  EXPECT_EQ(memory.outbox[1].held_until, now + 19min);
}

// Who runs check every ten minutes has no gap of more than three. An outage of days is no pace.
TEST_F(AlertEvaluation, MeasuresGapsByThePaceOfRuns) {
  const std::tuple<std::chrono::minutes, std::chrono::minutes, Phase> cases[] = {
      {10min, 9min, Phase::firing},
      {1min, 9min, Phase::pending},
      {24h * 30, 24h * 4, Phase::pending}};
  for (const auto& [pace, pause, phase] : cases) {
    memory = {};
    use({kPatient});
    run({{"north", 12}});
    memory.last_run = RunSummary{.at = now, .pace = pace};
    now += pause;
    EXPECT_EQ(run({{"north", 12}}).alerts.at(0).phase, phase) << pace.count();
  }
}

// Another machine knows a zone that this one does not.
TEST_F(AlertEvaluation, IsNotSilencedByWhatItCannotRead) {
  use({kWarning});
  silence("alertname=LowStock");
  memory.silences.at(0).schedule = parse_schedule("daily 00:00-24:00 Mars/Olympus", "", {});
  const Evaluation evaluation = run({{"north", 12}});
  EXPECT_EQ(evaluation.queued, 1);
  ASSERT_THAT(evaluation.failures, SizeIs(1));
  EXPECT_EQ(evaluation.failures[0].rule, "silence 4a1f09c2-1");
}

TEST_F(AlertEvaluation, TellsNobodyOfWhatIsPending) {
  use({kPatient});
  run({{"north", 12}});
  ASSERT_THAT(memory.alerts, SizeIs(1));
  EXPECT_EQ(memory.alerts[0].phase, Phase::pending);
  EXPECT_THAT(events(), ElementsAre("began_pending"));
  run({{"north", 10}});
  EXPECT_THAT(memory.alerts, IsEmpty());
  EXPECT_THAT(events(), ElementsAre("gave_up_pending"));
  for (int minute = 0; minute < 2; ++minute) run({{"north", 12}});
  EXPECT_THAT(memory.outbox, IsEmpty());
  run({{"north", 12}});
  EXPECT_THAT(told(), ElementsAre("pd: trigger warning, fired"));
}

TEST_F(AlertEvaluation, WritesWholeLinesAndEvents) {
  use({kWarning});
  run({{"north", 12.5}});
  ASSERT_THAT(memory.outbox, SizeIs(1));
  const OutboxLine& line = memory.outbox[0];
  EXPECT_THAT(line.id, SizeIs(36));
  EXPECT_EQ(line.delivery, Delivery::queued);
  EXPECT_EQ(line.attempts, 0);
  EXPECT_EQ(line.queued_at, now);
  EXPECT_EQ(line.not_before, now);
  EXPECT_EQ(line.notification.dedup_key, memory.alerts.at(0).dedup_key);

  const Alert& alert = memory.alerts[0];
  const Event& fired = memory.new_events.at(0);
  EXPECT_EQ(fired, (Event{.id = fired.id,
                          .at = now,
                          .kind = "fired",
                          .alert_id = alert.id(),
                          .dedup_key = alert.dedup_key,
                          .labels = alert.labels,
                          .text = "value 12.5",
                          .by = ""}));
  const Event& queued = memory.new_events.at(1);
  EXPECT_EQ(queued.text, "trigger for pd: fired");
  EXPECT_EQ(queued.dedup_key, alert.dedup_key);
  EXPECT_NE(queued.id, fired.id);
}

TEST_F(AlertEvaluation, NumbersLinesOverReceiversAndRuns) {
  use({kWarning});
  setting.routes.push_back({.receiver = "slack", .is_default = true});
  memory.next_sequence = 41;
  for (const double items : {12, 3, 12, 3}) run({{"north", items}, {"south", items}});
  ASSERT_THAT(memory.outbox, SizeIs(16));
  for (std::size_t i = 0; i < memory.outbox.size(); ++i) {
    EXPECT_EQ(memory.outbox[i].sequence, 41 + static_cast<std::int64_t>(i));
  }
  EXPECT_EQ(memory.next_sequence, 57);
  std::map<std::string, int> ids;
  for (const OutboxLine& line : memory.outbox) ++ids[line.id];
  EXPECT_THAT(ids, SizeIs(16));
}

TEST_F(AlertEvaluation, RemembersWhatEndedAsLongAsItsChangesCount) {
  use({"LowStock\n    expr: stock > 10"});
  run({{"north", 12}});
  run({{"north", 3}});
  const Evaluation after = run({{"north", 3}});
  EXPECT_THAT(after.alerts, IsEmpty());
  ASSERT_THAT(memory.alerts, SizeIs(1));
  EXPECT_EQ(memory.alerts[0].phase, Phase::resolved);
  EXPECT_THAT(memory.alerts[0].changes, SizeIs(2));
  now += 1h;
  run({{"north", 3}});
  EXPECT_THAT(memory.alerts, IsEmpty());
}

// Four changes within an hour are one too many: it is not told again until it is quiet.
TEST_F(AlertEvaluation, DoesNotResolveWhatFlaps) {
  use({"LowStock\n    expr: stock > 10"});
  for (const double items : {12, 3, 12, 3, 12, 3, 12, 3}) run({{"north", items}});
  EXPECT_THAT(told(), ElementsAre("pd: trigger warning, fired", "pd: resolve warning, resolved",
                                  "pd: trigger warning, fired"));
  for (int minute = 0; minute < 60; ++minute) run({{"north", 3}});
  EXPECT_THAT(told(), ElementsAre("pd: resolve warning, resolved"));
}

TEST_F(AlertEvaluation, KeepsAlertsOfARuleThatFails) {
  use({kWarning, kOther});
  run({{"north", 12}});
  const std::vector<Alert> before = memory.alerts;
  told();
  InputSet broken = inputs_of({{"north", 3}});
  broken.fail("kpi", "the database does not answer");
  broken.add("expired", {}, 1);
  const Evaluation failed = run(broken);
  ASSERT_THAT(failed.failures, SizeIs(1));
  EXPECT_EQ(failed.failures[0].rule, "practice/LowStock/warning");
  EXPECT_THAT(failed.failures[0].why, HasSubstr("the database does not answer"));
  // The other rule is judged all the same.
  EXPECT_THAT(told(), ElementsAre("pd: trigger warning, fired"));
  ASSERT_THAT(memory.alerts, SizeIs(2));
  EXPECT_EQ(memory.alerts[0].phase, Phase::firing);
  EXPECT_EQ(memory.alerts[0].id(), before.at(0).id());
  EXPECT_EQ(memory.alerts[0].value, 12);
  EXPECT_THAT(memory.incidents, SizeIs(2));
}

TEST_F(AlertEvaluation, FailsARuleWhoseAlertsAreNotDistinct) {
  use({"LowStock\n    expr: stock > 10\n    labels: {tenant: any}"});
  run({{"north", 12}});
  ASSERT_THAT(memory.alerts, SizeIs(1));
  const Evaluation failed = run({{"north", 12}, {"south", 12}});
  ASSERT_THAT(failed.failures, SizeIs(1));
  EXPECT_THAT(failed.failures[0].why, HasSubstr("two series have the labels"));
  ASSERT_THAT(memory.alerts, SizeIs(1));
  EXPECT_TRUE(memory.alerts[0].is_firing());
}

TEST_F(AlertEvaluation, FailsARuleWithoutItsMetric) {
  use({"LowStock\n    expr: stok > 10"});
  const Evaluation failed = run({{"north", 12}});
  ASSERT_THAT(failed.failures, SizeIs(1));
  EXPECT_THAT(failed.failures[0].why, HasSubstr("stok"));
}

TEST_F(AlertEvaluation, ForgetsTheAlertOfARuleThatIsGone) {
  use({kWarning, kOther});
  InputSet both = inputs_of({{"north", 12}});
  both.add("expired", {}, 1);
  run(both);
  told();
  events();
  use({kOther});
  const Evaluation after = run(both);
  EXPECT_THAT(told(), ElementsAre("pd: resolve warning, its rule is gone"));
  EXPECT_THAT(events(), ElementsAre("rule_gone", "queued"));
  ASSERT_THAT(memory.alerts, SizeIs(1));
  EXPECT_EQ(memory.alerts[0].rule, "practice/Expired");
  EXPECT_EQ(memory.alerts, after.alerts);
  EXPECT_THAT(memory.incidents, SizeIs(1));
  run(both);
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_THAT(events(), IsEmpty());
}

TEST_F(AlertEvaluation, ForgetsAPendingAlertWithoutAWordToReceivers) {
  use({kPatient});
  run({{"north", 12}});
  events();
  use({kOther});
  run({{"north", 12}});
  EXPECT_THAT(memory.alerts, IsEmpty());
  EXPECT_THAT(memory.outbox, IsEmpty());
  EXPECT_THAT(events(), ElementsAre("rule_gone"));
}

TEST_F(AlertEvaluation, MakesOneIncidentOfWarningAndCritical) {
  use({kWarning, kCritical});
  struct Row {
    double items;
    std::vector<std::string> told;
    std::size_t incidents;
  };
  const Row rows[] = {{5, {}, 0},
                      {15, {"pd: trigger warning, fired"}, 1},
                      {25, {"pd: trigger critical, worse"}, 1},
                      {30, {}, 1},
                      {15, {"pd: trigger warning, better"}, 1},
                      {25, {"pd: trigger critical, worse"}, 1},
                      {5, {"pd: resolve critical, resolved"}, 0},
                      {25, {"pd: trigger critical, fired"}, 1},
                      {5, {"pd: resolve critical, resolved"}, 0}};
  std::map<std::string, int> keys;
  for (const Row& row : rows) {
    run({{"north", row.items}});
    EXPECT_EQ(told(), row.told) << row.items;
    EXPECT_THAT(memory.incidents, SizeIs(row.incidents)) << row.items;
  }
  for (const OutboxLine& line : memory.outbox) ++keys[line.notification.dedup_key];
  EXPECT_THAT(keys, SizeIs(1));
}

TEST_F(AlertEvaluation, ResolvesASilencedAlertWhereItWasTold) {
  use({kWarning});
  run({{"north", 12}});
  EXPECT_THAT(told(), ElementsAre("pd: trigger warning, fired"));
  silence("tenant=north");
  const Evaluation silenced = run({{"north", 12}, {"south", 3}});
  ASSERT_THAT(silenced.suppressions, SizeIs(1));
  EXPECT_THAT(silenced.suppressions[0].why, HasSubstr("moving house"));
  EXPECT_THAT(told(), IsEmpty());
  run({{"north", 3}});
  EXPECT_THAT(told(), ElementsAre("pd: resolve warning, resolved"));
}

TEST_F(AlertEvaluation, TellsNoEndOfWhatWasSilencedFromTheStart) {
  use({kWarning});
  silence("tenant=north");
  run({{"north", 12}});
  EXPECT_TRUE(memory.alerts.at(0).is_firing());
  run({{"north", 3}});
  EXPECT_THAT(memory.outbox, IsEmpty());
  EXPECT_THAT(events(), ElementsAre("fired", "resolved"));
}

TEST_F(AlertEvaluation, EndsSilencesAndSaysWhy) {
  use({kWarning});
  silence("tenant=north");
  memory.silences[0].until_resolved = true;
  silence("tenant=south");
  memory.silences[1].id = "4a1f09c2-2";
  memory.silences[1].ends_at = now + 90s;
  silence("tenant=west");
  memory.silences[2].id = "4a1f09c2-3";
  run({{"north", 12}});
  EXPECT_EQ(memory.silences[0].fitted_at, now);
  events();
  run({{"north", 3}});
  EXPECT_THAT(events(), UnorderedElementsAre("resolved", "silence_ended", "silence_ended"));
  const Event& last = memory.new_events.back();
  EXPECT_EQ(last.text, "4a1f09c2-2: its time was over");
  EXPECT_EQ(last.by, "ada");
  EXPECT_EQ(memory.silences[0].expired_why, "what it was for has resolved");
  EXPECT_EQ(memory.silences[0].expired_at, now);
  EXPECT_FALSE(memory.silences[2].expired_at);
  run({{"north", 3}});
  EXPECT_THAT(events(), IsEmpty());  // once
}

// An evaluation that ends a silence tells of what it had covered.
TEST_F(AlertEvaluation, TellsWhatASilenceLeavesBehind) {
  use({kWarning});
  silence("tenant=north");
  memory.silences[0].ends_at = now + 90s;
  run({{"north", 12}});
  EXPECT_THAT(told(), IsEmpty());
  run({{"north", 12}});
  EXPECT_THAT(told(), ElementsAre("pd: trigger warning, silence ended"));
}

TEST_F(AlertEvaluation, NeverResolvesForWantOfData) {
  const char* const with_end =
      "LowStock\n    expr: stock > 10\n    annotations: {pcx_resolve_expr: stock < 8}";
  for (const char* const rule : {kWarning, with_end}) {
    SCOPED_TRACE(rule);
    memory = Memory{};
    use({rule});
    run({{"north", 12}, {"south", 3}});
    for (int minute = 0; minute < 24 * 60; ++minute) {
      InputSet broken = inputs_of({});
      if (minute % 3 == 0) broken.fail("kpi", "the database does not answer");
      run(minute % 3 == 1 ? inputs_of({{"south", 3}}) : broken);
    }
    EXPECT_THAT(memory.outbox, SizeIs(1));
    EXPECT_TRUE(memory.alerts.at(0).is_firing());
    EXPECT_TRUE(memory.alerts.at(0).no_data);
    run({{"north", 3}, {"south", 3}});
    EXPECT_EQ(memory.outbox.back().notification.action, Action::resolve);
    EXPECT_THAT(memory.outbox, SizeIs(2));
  }
}

// Around the threshold of 10, by at most 2, for a day at one value a minute.
struct Unrest {
  const char* name;
  std::function<double(int)> at;
};

std::vector<Unrest> unrests() {
  const auto noise = std::make_shared<SeededRandom>(1);
  return {
      {"from one side to the other", [](int i) { return i % 2 == 0 ? 12.0 : 8.0; }},
      {"a wave of ten minutes", [](int i) { return 10 + 2 * std::sin(i * std::numbers::pi / 5); }},
      {"a wave of seven hours",
       [](int i) { return 10 + 2 * std::sin(i * std::numbers::pi / 210); }},
      {"noise", [noise](int) { return 8 + 4 * noise->unit(); }}};
}

TEST_F(AlertEvaluation, StaysCalmBesideAnUnrestOfTwo) {
  const char* const calm =
      "LowStock\n    expr: stock > 10\n    annotations: {pcx_resolve_expr: stock < 8}";
  std::cout << "values of a day, 10 and up to 2 more or less, one a minute; notifications with a "
               "resolve threshold, and without (naively):\n";
  for (const Unrest& unrest : unrests()) {
    SCOPED_TRACE(unrest.name);
    memory = Memory{};
    use({calm, "Naive\n    expr: stock > 10\n    annotations: {pcx_flap: 'off'}"});
    for (int minute = 0; minute < 24 * 60; ++minute) run({{"north", unrest.at(minute)}});
    EXPECT_THAT(memory.incidents, ::testing::Not(IsEmpty()));
    run({{"north", 7.9}});  // at last
    EXPECT_THAT(memory.incidents, IsEmpty());
    const auto naive = std::ranges::count_if(memory.outbox, [](const OutboxLine& line) {
      return line.notification.dedup_key.starts_with("pcx/test/Naive/");
    });
    const auto calmly = std::ssize(memory.outbox) - naive;
    std::cout << fmt::format("  {}: {}, {}\n", unrest.name, calmly, naive);
    EXPECT_EQ(calmly, 2);
    EXPECT_GT(naive, calmly);
  }
}

}  // namespace
}  // namespace pcx::alert
