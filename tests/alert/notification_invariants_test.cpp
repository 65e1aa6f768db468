// Random runs with all that plan_notifications() knows; what holds for every one of them.
#include <cstdlib>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "core/random.h"
#include "tests/alert/notification_fixture.h"

namespace pcx::alert {
namespace {

using Key = std::pair<std::string, std::string>;  // receiver, dedup key

class RandomRuns {
 public:
  explicit RandomRuns(std::uint64_t seed) : random_(seed) {
    scene_.routes = {{.receiver = "pd", .repeat = std::chrono::minutes{30}, .is_default = true},
                     {.receiver = "team", .group_by = {"tenant"}, .is_default = one_in(2)},
                     {.receiver = "am", .is_default = true, .is_resent_always = true}};
    if (one_in(2)) {
      scene_.inhibitions = {{.source = {parse_matcher("severity=critical")},
                             .target = {parse_matcher("severity!=critical")},
                             .equal = {"tenant"}},
                            {.source = {parse_matcher("alertname=A")},
                             .target = {parse_matcher("alertname=~A|B")},
                             .equal = {}}};
    }
    for (const char* name : kNames) {
      for (const char* severity : kSeverities) scene_.rule(name, severity);
    }
    scene_.rule("C", "warning").schedule = parse_schedule("daily 13:00-15:00 Etc/UTC", "", {});
    scene_.rule("C", "warning").receivers = {"team", "pd"};
    rules_ = scene_.rules;
    routes_ = scene_.routes;
  }

  void run_all() {
    for (int run = 0; run < 150 && !::testing::Test::HasFailure(); ++run) {
      disturb();
      run_once();
    }
    // The end of all alerts, whatever else is going on.
    for (Alert& alert : scene_.alerts) alert.phase = Phase::resolved;
    run_once();
    EXPECT_TRUE(scene_.incidents.empty());
    EXPECT_TRUE(open_.empty());
  }

 private:
  bool one_in(std::uint64_t times) { return random_.below(times) == 0; }

  void disturb() {
    for (const char* name : kNames) {
      for (const char* severity : kSeverities) {
        for (const char* tenant : kTenants) {
          if (one_in(12)) switch_alert(name, severity, tenant);
        }
      }
    }
    if (one_in(10)) add_silence();
    for (Silence& silence : scene_.silences) {
      if (one_in(25)) silence.expired_at = scene_.now + std::chrono::minutes{1};
    }
    for (Incident& incident : scene_.incidents) {
      if (one_in(25)) incident.acked_by = "ada";
    }
    if (one_in(20)) reconfigure();
  }

  void switch_alert(const char* name, const char* severity, const char* tenant) {
    const Labels labels = Scene::labels_of(name, severity, tenant);
    const auto found = std::ranges::find(scene_.alerts, labels, &Alert::labels);
    if (found != scene_.alerts.end()) {
      found->phase = Phase::resolved;
    } else if (std::ranges::find(scene_.rules, "practice/" + std::string{name} + "/" + severity,
                                 &Rule::id) != scene_.rules.end()) {
      scene_.fire(name, severity, tenant);
    }
  }

  void add_silence() {
    static constexpr const char* kMatchers[] = {"alertname=A", "tenant=~n.*", "severity!=critical",
                                                "severity=warning"};
    const std::string id = "s" + std::to_string(++silences_);
    Silence& silence = scene_.silence(id, kMatchers[random_.below(4)]);
    silence.until_resolved = one_in(3);
    if (one_in(3)) silence.idle = std::chrono::minutes{5};
    if (one_in(3)) silence.ends_at = scene_.now + std::chrono::minutes{random_.below(30)};
  }

  // A rule or a receiver goes, or all of them are there again.
  void reconfigure() {
    if (one_in(2)) {
      scene_.rules = rules_;
      scene_.routes = routes_;
    } else if (one_in(2)) {
      scene_.routes.erase(scene_.routes.begin() +
                          static_cast<std::ptrdiff_t>(random_.below(scene_.routes.size())));
      if (scene_.routes.empty()) scene_.routes = routes_;
    } else {
      const std::string id = scene_.rules[random_.below(scene_.rules.size())].id();
      std::erase_if(scene_.rules, [&](const Rule& rule) { return rule.id() == id; });
      std::erase_if(scene_.alerts, [&](const Alert& alert) { return alert.rule == id; });
    }
  }

  void run_once() {
    shuffled_plan_is_the_same();
    scene_.run();
    alerts_are_told();
    for (const Queued& queued : scene_.plan.queue) read(queued);
    std::set<Key> open;
    for (const Incident& incident : scene_.incidents) {
      EXPECT_TRUE(open.emplace(incident.receiver, incident.dedup_key).second);
    }
    EXPECT_EQ(open, open_) << "a queue reads (trigger+ resolve)*";
    nothing_is_told_twice();
  }

  void read(const Queued& queued) {
    const Notification& said = queued.notification;
    const Key key{queued.receiver, said.dedup_key};
    ASSERT_FALSE(said.members.empty());
    EXPECT_EQ(said.severity, said.members.front().severity);
    EXPECT_TRUE(std::ranges::is_sorted(said.members, std::ranges::greater{}, &Member::severity));
    EXPECT_LE(said.began_at, said.at);
    if (said.action == Action::resolve) {
      EXPECT_EQ(open_.erase(key), 1u) << "only what is open ends";
      for (const Member& member : said.members) EXPECT_FALSE(fires(member)) << member.alert_id;
      return;
    }
    open_.insert(key);
    const bool is_resent = queued.receiver == "am";
    EXPECT_TRUE(is_resent || std::ranges::any_of(said.members,
                                                 [&](const Member& member) {
                                                   return fires(member) &&
                                                          !is_held(member.alert_id);
                                                 }))
        << "somebody may notify";
    for (const Member& member : said.members) EXPECT_TRUE(fires(member)) << member.alert_id;
  }

  // Not what fired again after it had ended.
  bool fires(const Member& member) const {
    return std::ranges::any_of(scene_.alerts, [&](const Alert& alert) {
      return alert.id() == member.alert_id && alert.active_since == member.active_since;
    });
  }
  bool is_held(const std::string& alert_id) const {
    const auto& all = scene_.plan.suppressions;
    return std::ranges::find(all, alert_id, &Suppression::alert_id) != all.end();
  }

  // Whatever fires and may notify is a member of an incident of each receiver that is there.
  void alerts_are_told() const {
    for (const Alert& alert : scene_.alerts) {
      const bool is_quiet = suppression_of(scene_.plan.suppressions, alert) != nullptr;
      EXPECT_EQ(is_quiet, is_held(alert.id())) << "suppressions are found by their ids";
      if (is_quiet) continue;
      const auto rule = std::ranges::find(scene_.rules, alert.rule, &Rule::id);
      for (const Route& route : scene_.routes) {
        const auto& names = rule->receivers;
        const bool goes_there = names.empty()
                                    ? route.is_default
                                    : std::ranges::find(names, route.receiver) != names.end();
        const bool is_told = std::ranges::any_of(scene_.incidents, [&](const Incident& incident) {
          const auto& members = incident.members;
          return incident.receiver == route.receiver &&
                 std::ranges::find(members, alert.id(), &Member::alert_id) != members.end();
        });
        EXPECT_TRUE(is_told || !goes_there) << alert.id() << " at " << route.receiver;
      }
    }
  }

  void nothing_is_told_twice() const {
    for (const auto& [receiver, said, is_routine] : scene_.planned().queue) {
      EXPECT_EQ(receiver, "am") << said.dedup_key << ", " << said.why;
    }
  }

  void shuffled_plan_is_the_same() {
    Scene other = scene_;
    shuffle(other.rules);
    shuffle(other.alerts);
    shuffle(other.incidents);
    shuffle(other.silences);
    shuffle(other.routes);
    const NotificationPlan plan = scene_.planned();
    const NotificationPlan again = other.planned();
    EXPECT_EQ(plan.incidents, again.incidents);
    EXPECT_EQ(Scene::lines_of(plan), Scene::lines_of(again));
    ASSERT_EQ(plan.suppressions.size(), again.suppressions.size());
    for (std::size_t i = 0; i < plan.suppressions.size(); ++i) {
      EXPECT_EQ(plan.suppressions[i].alert_id, again.suppressions[i].alert_id);
      EXPECT_EQ(plan.suppressions[i].why, again.suppressions[i].why);
    }
  }

  template <typename List>
  void shuffle(List& list) {
    for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[random_.below(i)]);
  }

  static constexpr const char* kNames[] = {"A", "B", "C"};
  static constexpr const char* kSeverities[] = {"warning", "critical"};
  static constexpr const char* kTenants[] = {"north", "south"};

  SeededRandom random_;
  Scene scene_;
  std::vector<Rule> rules_;
  std::vector<Route> routes_;
  std::set<Key> open_;  // as the queue says
  int silences_ = 0;
};

// As many as PCX_ALERT_SCENARIOS says; so many in the ordinary run.
constexpr std::uint64_t kSample = 4;

TEST(NotificationInvariants, HoldInRandomRuns) {
  const char* const wanted = std::getenv("PCX_ALERT_SCENARIOS");
  const std::uint64_t scenarios = wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : kSample;
  for (std::uint64_t seed = 1; seed <= scenarios && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    RandomRuns{seed}.run_all();
  }
}

}  // namespace
}  // namespace pcx::alert
