// Random silences, schedules and alerts over a day or two beside a change of clocks, run by run;
// what receivers are told is compared with a model that knows the whole history.
#include "tests/alert/silence_model.h"

#include <cstdlib>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "alert/notification.h"
#include "alert/zone_files.h"
#include "core/random.h"

namespace pcx::alert {
namespace {

Time moment_in(Minutes at) { return Time{std::chrono::minutes{at}}; }

// --- scenarios

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}
  // Both ends are possible.
  Minutes between(Minutes low, Minutes high) {
    return low + static_cast<Minutes>(random_.below(static_cast<std::uint64_t>(high - low + 1)));
  }
  bool one_in(int times) { return random_.below(static_cast<std::uint64_t>(times)) == 0; }
  template <typename List>
  const auto& of(const List& list) {
    return list[random_.below(std::size(list))];
  }

 private:
  SeededRandom random_;
};

class Scenario {
 public:
  explicit Scenario(std::uint64_t seed) : chance_(seed), zone_(chance_.of(kModelZones)) {
    const Minutes change = chance_.of(zone_.changes).first;
    begin_ = change - chance_.between(0, 1440);
    end_ = begin_ + chance_.between(1440, 2880);
    const Minutes step = chance_.between(1, 5);
    for (Minutes now = begin_; now < end_; now += step) {
      // Cron is late, or a run is missing.
      if (!chance_.one_in(20)) model.runs.push_back(now + (chance_.one_in(10) ? 1 : 0));
      if (step == 1 && model.runs.size() > 1 && *(model.runs.end() - 2) >= model.runs.back()) {
        model.runs.pop_back();
      }
    }
    add_alerts();
    for (Minutes i = chance_.between(1, 5); i > 0; --i) model.silences.push_back(silence());
  }

  Model model;

 private:
  void add_alerts() {
    std::set<std::string> keys;
    for (Minutes i = chance_.between(1, 4); i > 0; --i) {
      ModelAlert alert{
          chance_.of(kNames), chance_.of(kTenants), chance_.of(kSeverities), {}, {}, {}};
      if (!keys.insert(alert.name + alert.tenant + alert.severity).second) continue;
      alert.phases = phases();
      if (chance_.one_in(4)) alert.schedule = schedule();
      const std::vector<std::string> receivers[] = {{"pd"}, {"slack"}, {"pd", "slack"}};
      alert.receivers = chance_.of(receivers);
      if (chance_.one_in(3)) alert.repeat = chance_.between(30, 300);
      model.alerts.push_back(alert);
    }
  }

  std::vector<ModelPhase> phases() {
    std::vector<ModelPhase> phases;
    const Minutes runs = static_cast<Minutes>(model.runs.size());
    const auto add = [&](ModelPhase phase, Minutes count) {
      phases.insert(phases.end(), static_cast<std::size_t>(count), phase);
    };
    while (phases.size() < model.runs.size()) {
      add(ModelPhase::none, chance_.between(0, chance_.one_in(2) ? 10 : runs / 2));
      add(ModelPhase::pending, chance_.between(0, 3));
      if (chance_.one_in(5)) continue;  // it gave up
      add(ModelPhase::firing, chance_.between(1, chance_.one_in(2) ? 20 : runs));
      add(ModelPhase::resolved, 1);
    }
    phases.resize(model.runs.size());
    return phases;
  }

  ModelSchedule schedule() {
    const ModelZone& zone = chance_.one_in(3) ? chance_.of(kModelZones) : zone_;
    ModelSchedule schedule{&zone, {}, 0, 0};
    const Minutes first = chance_.between(0, 6);
    for (Minutes i = chance_.between(1, 7); i > 0; --i) {
      schedule.days.at(static_cast<std::size_t>((first + i) % 7)) = true;
    }
    // Often near the hour that is missing or comes twice.
    const bool near = chance_.one_in(2);
    schedule.from = static_cast<int>(chance_.between(0, near ? 180 : 1439));
    schedule.to = static_cast<int>(chance_.between(1, near ? 300 : 1440));
    return schedule;
  }

  ModelSilence silence() {
    ModelSilence silence;
    if (chance_.one_in(2)) silence.name = chance_.of(kNames);
    if (chance_.one_in(2)) silence.tenant = chance_.of(kTenants);
    if (chance_.one_in(3)) silence.not_severity = chance_.of(kSeverities);
    silence.starts_at = chance_.between(begin_ - 60, end_);
    if (chance_.one_in(3)) silence.ends_at = silence.starts_at + chance_.between(1, 1500);
    if (chance_.one_in(4)) silence.by_hand = silence.starts_at + chance_.between(1, 1500);
    silence.until_resolved = chance_.one_in(3);
    if (chance_.one_in(3)) silence.idle = chance_.between(1, 600);
    if (chance_.one_in(2)) silence.schedule = schedule();
    return silence;
  }

  static constexpr const char* kNames[] = {"LowStock", "Slow"};
  static constexpr const char* kTenants[] = {"north", "south"};
  static constexpr const char* kSeverities[] = {"warning", "critical"};

  Chance chance_;
  const ModelZone& zone_;
  Minutes begin_ = 0;
  Minutes end_ = 0;
};

// --- the same, for lib/alert

Schedule schedule_of(const ModelSchedule& model) {
  static constexpr const char* kDays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  std::string text;
  for (std::size_t day = 0; day < 7; ++day) {
    if (model.days.at(day)) text += (text.empty() ? "" : ",") + std::string{kDays[day]};
  }
  const auto clock = [](int minute) {
    const std::string hours = std::to_string(100 + minute / 60).substr(1);
    return hours + ":" + std::to_string(100 + minute % 60).substr(1);
  };
  text += " " + clock(model.from) + "-" + clock(model.to) + " " + model.zone->name;
  return parse_schedule(text, "", {});
}

Silence made_silence(const ModelSilence& model, std::size_t number) {
  Silence silence{.id = "s" + std::to_string(number), .starts_at = moment_in(model.starts_at)};
  if (!model.name.empty()) silence.matchers.push_back(parse_matcher("alertname=" + model.name));
  if (!model.tenant.empty()) silence.matchers.push_back(parse_matcher("tenant=~" + model.tenant));
  if (!model.not_severity.empty()) {
    silence.matchers.push_back(parse_matcher("severity!=" + model.not_severity));
  }
  if (model.ends_at) silence.ends_at = moment_in(*model.ends_at);
  if (model.idle) silence.idle = std::chrono::minutes{*model.idle};
  silence.until_resolved = model.until_resolved;
  if (model.schedule) silence.schedule = schedule_of(*model.schedule);
  return silence;
}

// Runs as `pcx alert check` makes them: only what one leaves behind is there for the next.
class Practice {
 public:
  explicit Practice(const Model& model) : model_(model), fired_at_(model.alerts.size()) {
    for (std::size_t i = 0; i < model.silences.size(); ++i) {
      silences_.push_back(made_silence(model.silences[i], i));
    }
    for (const ModelAlert& alert : model.alerts) rules_.push_back(rule_of(alert));
  }

  std::vector<ModelTold> all_told() {
    for (std::size_t run = 0; run < model_.runs.size(); ++run) this->run(run);
    std::ranges::sort(told_);
    return std::move(told_);
  }

 private:
  static std::string key_of(const ModelAlert& alert) {
    return alert.name + "/" + alert.tenant + "/" + alert.severity;
  }

  static Rule rule_of(const ModelAlert& alert) {
    Rule rule;
    rule.group = alert.tenant;
    rule.alert = alert.name;
    rule.labels["severity"] = alert.severity;
    rule.receivers = alert.receivers;
    if (alert.repeat > 0) rule.repeat = std::chrono::minutes{alert.repeat};
    if (alert.schedule) rule.schedule = schedule_of(*alert.schedule);
    return rule;
  }

  std::vector<Alert> alerts_at(std::size_t run) {
    std::vector<Alert> alerts;
    for (std::size_t i = 0; i < model_.alerts.size(); ++i) {
      const ModelAlert& alert = model_.alerts[i];
      const ModelPhase phase = alert.phases[run];
      if (phase != ModelPhase::firing) {
        if (phase == ModelPhase::resolved) alerts.push_back(alert_of(i, Phase::resolved));
        fired_at_[i].reset();
      }
      if (phase == ModelPhase::pending) alerts.push_back(alert_of(i, Phase::pending));
      if (phase != ModelPhase::firing) continue;
      if (!fired_at_[i]) fired_at_[i] = moment_in(model_.runs[run]);
      alerts.push_back(alert_of(i, Phase::firing));
    }
    return alerts;
  }

  Alert alert_of(std::size_t i, Phase phase) const {
    const ModelAlert& model = model_.alerts[i];
    Alert alert;
    alert.rule = rules_[i].id();
    alert.labels = {
        {"alertname", model.name}, {"tenant", model.tenant}, {"severity", model.severity}};
    alert.dedup_key = key_of(model);
    alert.phase = phase;
    alert.fired_at = fired_at_[i];
    return alert;
  }

  void run(std::size_t run) {
    const Time now = moment_in(model_.runs[run]);
    const std::vector<Alert> alerts = alerts_at(run);
    for (std::size_t i = 0; i < silences_.size(); ++i) {
      const auto& by_hand = model_.silences[i].by_hand;
      const bool has_begun = now >= silences_[i].starts_at;
      if (by_hand && has_begun && now >= moment_in(*by_hand) && !silences_[i].expired_at) {
        silences_[i].expired_at = now;
      }
    }
    for (const Silence& changed : age_silences(silences_, alerts, now)) {
      *std::ranges::find(silences_, changed.id, &Silence::id) = changed;
    }
    NotificationPlan plan = plan_notifications(
        {rules_, alerts, incidents_, silences_, no_inhibitions_, routes_, zones_, now});
    incidents_ = std::move(plan.incidents);
    for (const auto& [receiver, said, is_routine] : plan.queue) {
      told_.push_back(
          {run, receiver, said.dedup_key, std::string{to_string(said.action)} + ", " + said.why});
    }
  }

  const Model& model_;
  std::vector<std::optional<Time>> fired_at_;
  std::vector<Rule> rules_;
  std::vector<Silence> silences_;
  std::vector<Incident> incidents_;
  std::vector<ModelTold> told_;
  const std::vector<Inhibition> no_inhibitions_;
  const std::vector<Route> routes_{{.receiver = "pd"}, {.receiver = "slack"}};
  const ZoneFiles zones_{kZoneFolder};
};

std::string text_of(const std::vector<ModelTold>& told) {
  std::string text;
  for (const auto& [run, receiver, alert, words] : told) {
    text += std::to_string(run) + " " + receiver + " " + alert + " " + words + "\n";
  }
  return text;
}

// 1,000 with PCX_ALERT_SCENARIOS=1000; so many in the ordinary run.
constexpr std::uint64_t kSample = 12;

TEST(SilenceModel, IsEqualInRandomScenarios) {
  const char* const wanted = std::getenv("PCX_ALERT_SCENARIOS");
  const std::uint64_t scenarios = wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : kSample;
  std::map<std::string, int> words;
  std::size_t runs = 0;
  for (std::uint64_t seed = 1; seed <= scenarios; ++seed) {
    const Scenario scenario{seed};
    const auto expected = scenario.model.all_told();
    const auto actual = Practice{scenario.model}.all_told();
    ASSERT_EQ(text_of(actual), text_of(expected)) << "scenario " << seed;
    for (const ModelTold& told : actual) ++words[told.words];
    runs += scenario.model.runs.size();
  }
  for (const char* one :
       {"trigger, fired", "trigger, silence ended", "trigger, repeat", "resolve, resolved"}) {
    EXPECT_GT(words[one], 0) << one;
    std::string name = one;
    std::ranges::replace(name, ' ', '_');
    std::erase(name, ',');
    RecordProperty(name, words[one]);
  }
  RecordProperty("runs", static_cast<int>(runs));
}

}  // namespace
}  // namespace pcx::alert
