#include "alert/notification.h"

#include <gmock/gmock.h>

#include "core/text.h"
#include "tests/alert/notification_fixture.h"

namespace pcx::alert {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Notifications, BeginAndEndAnIncident) {
  Scene scene;
  scene.fire("LowStock");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger LowStock/north warning, fired"));
  EXPECT_THAT(scene.run(), IsEmpty());
  scene.end("LowStock");
  EXPECT_THAT(scene.run(), ElementsAre("pd: resolve LowStock/north warning, resolved"));
  EXPECT_THAT(scene.incidents, IsEmpty());
  EXPECT_THAT(scene.run(), IsEmpty());
  scene.fire("LowStock");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger LowStock/north warning, fired"));
}

TEST(Notifications, SayNothingOfWhatIsPending) {
  Scene scene;
  scene.fire("LowStock").phase = Phase::pending;
  EXPECT_THAT(scene.run(), IsEmpty());
  scene.alerts.clear();
  EXPECT_THAT(scene.run(), IsEmpty());
}

TEST(Notifications, TellWhatFired) {
  Scene scene;
  Alert& alert = scene.fire("LowStock", "critical");
  alert.annotations = {{"summary", "12 items"}, {"runbook_url", "https://example.org"}};
  alert.value = 12;
  const Alert fired = alert;
  scene.run();
  ASSERT_EQ(scene.plan.queue.size(), 1u);
  const Member member{fired.id(), fired.rule,         fired.labels,      fired.annotations,
                      12,         fired.active_since, Severity::critical};
  const Notification expected{Action::trigger,    "pcx/test/LowStock/north",
                              Severity::critical, "12 items",
                              {member},           scene.now,
                              scene.now,          "fired"};
  EXPECT_EQ(scene.plan.queue[0].notification, expected);
  const Incident incident{
      "pd", "pcx/test/LowStock/north", scene.now, scene.now, Severity::critical, {member}, "", {}};
  EXPECT_EQ(scene.incidents, std::vector{incident});
}

TEST(Notifications, EndWithWhatWasToldLast) {
  Scene scene;
  scene.fire("LowStock").value = 12;
  scene.run();
  const Time opened_at = scene.now;
  scene.alerts.front().value = 8;
  scene.run();
  scene.end("LowStock");
  scene.run();
  const Notification& end = scene.plan.queue.at(0).notification;
  EXPECT_EQ(end.members.at(0).value, 12);
  EXPECT_EQ(end.at, scene.now);
  EXPECT_EQ(end.began_at, opened_at);
}

TEST(Notifications, AreSummedUpByNameAndLabelsWithoutASummary) {
  Scene scene;
  scene.fire("LowStock");
  scene.fire("Down").labels = {{"alertname", "Down"}};
  scene.alerts.back().annotations["summary"] = "";
  scene.run();
  ASSERT_EQ(scene.plan.queue.size(), 2u);
  EXPECT_EQ(scene.plan.queue[0].notification.summary, "Down");
  EXPECT_EQ(scene.plan.queue[1].notification.summary,
            "LowStock{severity=\"warning\", tenant=\"north\"}");
}

TEST(Notifications, AreInTheOrderInWhichTheyMustBeSent) {
  Scene scene;
  scene.routes = {{.receiver = "slack", .is_default = true},
                  {.receiver = "pd", .is_default = true}};
  scene.fire("Old", "critical");
  scene.run();
  scene.fire("B", "warning");
  scene.fire("C", "critical");
  scene.fire("A", "warning");
  scene.end("Old", "critical");
  EXPECT_THAT(
      scene.run(),
      ElementsAre("pd: trigger C/north critical, fired", "slack: trigger C/north critical, fired",
                  "pd: trigger A/north warning, fired", "pd: trigger B/north warning, fired",
                  "slack: trigger A/north warning, fired", "slack: trigger B/north warning, fired",
                  "pd: resolve Old/north critical, resolved",
                  "slack: resolve Old/north critical, resolved"));
}

// --- warning and critical of one problem

TEST(Notifications, OfOneProblemAreOneIncidentThatEndsWhenNeitherFires) {
  Scene scene;
  scene.fire("LowStock", "warning");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger LowStock/north warning, fired"));
  scene.fire("LowStock", "critical");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger LowStock/north critical, worse"));
  EXPECT_EQ(scene.incidents.size(), 1u);
  scene.end("LowStock", "critical");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger LowStock/north warning, better"));
  scene.end("LowStock", "warning");
  EXPECT_THAT(scene.run(), ElementsAre("pd: resolve LowStock/north warning, resolved"));
}

TEST(Notifications, NameTheirWorstMembersFirst) {
  Scene scene;
  scene.fire("LowStock", "warning").annotations["summary"] = "low";
  scene.fire("LowStock", "critical").annotations["summary"] = "out";
  scene.run();
  ASSERT_EQ(scene.plan.queue.size(), 1u);
  const Notification& notification = scene.plan.queue[0].notification;
  EXPECT_EQ(notification.summary, "out");
  ASSERT_EQ(notification.members.size(), 2u);
  EXPECT_EQ(notification.members[0].severity, Severity::critical);
  EXPECT_EQ(notification.members[1].severity, Severity::warning);
}

TEST(Notifications, GoOnWhenWarningTakesOverFromCritical) {
  Scene scene;
  scene.fire("LowStock", "critical");
  scene.run();
  scene.end("LowStock", "critical");
  scene.fire("LowStock", "warning");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger LowStock/north warning, more"));
  scene.end("LowStock", "warning");
  EXPECT_THAT(scene.run(), ElementsAre("pd: resolve LowStock/north warning, resolved"));
}

TEST(Notifications, TellOfAMemberThatEndedAndFiredAgain) {
  Scene scene;
  scene.fire("LowStock", "warning");
  scene.fire("LowStock", "critical");
  scene.run();
  scene.end("LowStock", "warning");
  EXPECT_THAT(scene.run(), IsEmpty());
  scene.fire("LowStock", "warning");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger LowStock/north critical, more"));
}

// --- again

TEST(Notifications, AreRepeatedWhenTheTimeHasCome) {
  Scene scene;
  scene.routes[0].repeat = hours{4};
  scene.fire("LowStock");
  scene.run();
  EXPECT_THAT(scene.run_after(minutes{239}), IsEmpty());
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger LowStock/north warning, repeat"));
  EXPECT_THAT(scene.run_after(minutes{239}), IsEmpty());
  EXPECT_THAT(scene.run_after(hours{5}), ElementsAre("pd: trigger LowStock/north warning, repeat"));
}

TEST(Notifications, AreNotRepeatedOfAnAlertThatIsHeldAndNotTrue) {
  Scene scene;
  scene.routes[0].repeat = hours{1};
  scene.fire("LowStock").is_flapping = true;
  scene.run();
  EXPECT_THAT(scene.run_after(hours{1}), ElementsAre("pd: trigger LowStock/north warning, repeat"));
  scene.alerts[0].keep_firing_since = scene.now;
  EXPECT_THAT(scene.run_after(hours{9}), IsEmpty());
}

TEST(Notifications, AreRepeatedAsTheirRuleSays) {
  Scene scene;
  scene.routes[0].repeat = hours{4};
  scene.rule("Often").repeat = hours{1};
  scene.rule("Never").repeat = hours{0};
  scene.fire("Often");
  scene.fire("Never");
  scene.run();
  EXPECT_THAT(scene.run_after(hours{1}), ElementsAre("pd: trigger Often/north warning, repeat"));
  EXPECT_THAT(scene.run_after(hours{100}), ElementsAre("pd: trigger Often/north warning, repeat"));
}

TEST(Notifications, AreNotRepeatedWhenSomebodyHasAcknowledged) {
  Scene scene;
  scene.routes[0].repeat = hours{1};
  scene.fire("LowStock", "warning");
  scene.run();
  scene.incidents[0].acked_by = "ada";
  EXPECT_THAT(scene.run_after(hours{2}), IsEmpty());
  scene.fire("LowStock", "critical");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger LowStock/north critical, worse"));
  EXPECT_EQ(scene.incidents[0].acked_by, "ada");
  EXPECT_THAT(scene.run_after(hours{2}), IsEmpty());
}

// --- where they go

TEST(Notifications, GoToTheReceiversOfTheirRuleOrToTheDefaultOnes) {
  Scene scene;
  scene.routes = {{.receiver = "pd", .is_default = true},
                  {.receiver = "mail", .is_default = true},
                  {.receiver = "slack"}};
  scene.rule("A").receivers = {"slack", "pd", "nobody"};
  scene.fire("A");
  scene.fire("B");
  EXPECT_THAT(
      scene.run(),
      ElementsAre("mail: trigger B/north warning, fired", "pd: trigger A/north warning, fired",
                  "pd: trigger B/north warning, fired", "slack: trigger A/north warning, fired"));
}

TEST(Notifications, ReachAReceiverThatIsGoneWhenTheyEnd) {
  Scene scene;
  scene.routes[0].repeat = hours{1};
  scene.fire("LowStock");
  scene.run();
  scene.routes = {{.receiver = "slack", .is_default = true}};
  EXPECT_THAT(scene.run(), ElementsAre("slack: trigger LowStock/north warning, fired"));
  EXPECT_THAT(scene.run_after(hours{2}), IsEmpty());
  EXPECT_EQ(scene.incidents.size(), 2u);
  scene.end("LowStock");
  EXPECT_THAT(scene.run(), ElementsAre("pd: resolve LowStock/north warning, resolved",
                                       "slack: resolve LowStock/north warning, resolved"));
}

TEST(Notifications, EndWhereTheirRuleSendsThemNoMore) {
  Scene scene;
  scene.routes.push_back({.receiver = "slack"});
  scene.fire("LowStock", "warning");
  scene.run();
  scene.rule("LowStock", "warning").receivers = {"slack"};
  EXPECT_THAT(scene.run(), ElementsAre("slack: trigger LowStock/north warning, fired"));
  scene.end("LowStock", "warning");
  EXPECT_THAT(scene.run(), ElementsAre("pd: resolve LowStock/north warning, resolved",
                                       "slack: resolve LowStock/north warning, resolved"));
}

TEST(Notifications, EndWithTheirRule) {
  Scene scene;
  scene.fire("LowStock", "warning");
  scene.fire("LowStock", "critical");
  scene.run();
  std::erase_if(scene.rules,
                [](const Rule& rule) { return rule.id() == "practice/LowStock/critical"; });
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger LowStock/north warning, better"));
  scene.rules.clear();
  EXPECT_THAT(scene.run(), ElementsAre("pd: resolve LowStock/north warning, its rule is gone"));
  EXPECT_THAT(scene.run(), IsEmpty());
}

// --- Alertmanager

TEST(Notifications, ThatMustBeResentAreOfSingleAlertsAtEveryRun) {
  Scene scene;
  scene.routes = {{.receiver = "am",
                   .group_by = {"tenant"},
                   .repeat = hours{4},
                   .is_default = true,
                   .is_resent_always = true}};
  const std::string warning = scene.fire("LowStock", "warning").id();
  const std::string critical = scene.fire("LowStock", "critical").id();
  EXPECT_THAT(scene.run(), ElementsAre("am: trigger " + critical + " critical, fired",
                                       "am: trigger " + warning + " warning, fired"));
  scene.incidents[0].acked_by = "ada";
  EXPECT_THAT(scene.run(), ElementsAre("am: trigger " + critical + " critical, repeat",
                                       "am: trigger " + warning + " warning, repeat"));
  scene.end("LowStock", "critical");
  EXPECT_THAT(scene.run(), ElementsAre("am: trigger " + warning + " warning, repeat",
                                       "am: resolve " + critical + " critical, resolved"));
  EXPECT_THAT(scene.run(), ElementsAre("am: trigger " + warning + " warning, repeat"));
}

TEST(Notifications, ThatMustBeResentAreSoWhileTheyAreSilenced) {
  Scene scene;
  scene.routes[0].is_resent_always = true;
  const std::string low = scene.fire("LowStock").id();
  scene.run();
  scene.silence("s1", "severity=warning");
  scene.fire("Other");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger " + low + " warning, repeat"));
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger " + low + " warning, repeat"));
  scene.end("LowStock");
  EXPECT_THAT(scene.run(), ElementsAre("pd: resolve " + low + " warning, resolved"));
}

// --- groups

TEST(Notifications, OfAGroupAreOneIncident) {
  Scene scene;
  scene.routes[0].group_by = {"tenant"};
  scene.fire("A", "warning", "north");
  scene.fire("B", "error", "north");
  scene.fire("A", "warning", "south");
  const auto lines = scene.run();
  ASSERT_EQ(lines.size(), 2u);
  const std::string north = scene.plan.queue[0].notification.dedup_key.substr(9);
  const std::string south = scene.plan.queue[1].notification.dedup_key.substr(9);
  EXPECT_NE(north, south);
  EXPECT_THAT(lines, ElementsAre("pd: trigger " + north + " error, fired",
                                 "pd: trigger " + south + " warning, fired"));
  EXPECT_EQ(scene.plan.queue[0].notification.members.size(), 2u);
  scene.fire("C", "warning", "north");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger " + north + " error, more"));
  scene.end("B", "error", "north");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger " + north + " warning, better"));
  scene.end("A", "warning", "north");
  EXPECT_THAT(scene.run(), IsEmpty());
  scene.end("C", "warning", "north");
  EXPECT_THAT(scene.run(), ElementsAre("pd: resolve " + north + " warning, resolved"));
}

// python3 -c 'import hashlib; print(hashlib.sha256(
//   b"/environment\0test\0/receiver\0pd\0tenant\0north\0").hexdigest()[:16])'
TEST(Notifications, OfAGroupHaveAKeyOfItsLabels) {
  Scene scene;
  scene.routes[0].group_by = {"tenant", "missing"};
  scene.fire("A");
  scene.run();
  EXPECT_EQ(scene.incidents.at(0).dedup_key, "pcx/test/group/pd/8d70fd87b3b4c0ab");
}

TEST(Notifications, OfAGroupHaveAKeyOf255BytesAtMost) {
  std::vector<std::string> keys;
  for (const char* end : {"a", "b"}) {
    Scene scene;
    std::string long_name;
    for (int i = 0; i < 100; ++i) long_name += "\xc3\xa9\xe2\x82\xac";
    scene.routes = {{.receiver = long_name + end, .group_by = {"tenant"}, .is_default = true}};
    scene.fire("A").dedup_key = "pcx/" + long_name + "/A/north";
    scene.run();
    keys.push_back(scene.incidents.at(0).dedup_key);
    EXPECT_LE(keys.back().size(), 255u);
    EXPECT_GE(keys.back().size(), 248u);
    EXPECT_FALSE(find_invalid_utf8(keys.back()));
  }
  EXPECT_NE(keys[0], keys[1]);
}

void tell_in_vain(Scene& scene) {
  scene.fire("LowStock");
  scene.run();
  scene.incidents.at(0).trigger_refused_at = scene.now;
}

TEST(Notification, IsTriggeredAgainAnHourAfterItWasRefused) {
  Scene scene;
  tell_in_vain(scene);
  EXPECT_THAT(scene.run_after(minutes{59}), IsEmpty());
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger LowStock/north warning, refused before"));
  EXPECT_EQ(scene.incidents.at(0).trigger_refused_at, std::nullopt);
  EXPECT_THAT(scene.run_after(minutes{120}), IsEmpty());
}

TEST(Notification, IsNotTriggeredAgainThoughRefusedWhileItIsSilenced) {
  Scene scene;
  tell_in_vain(scene);
  scene.silence("s1", "severity=warning");
  EXPECT_THAT(scene.run_after(minutes{90}), IsEmpty());
}

TEST(Notification, IsResolvedAtOnceThoughItsTriggerWasRefused) {
  Scene scene;
  tell_in_vain(scene);
  scene.end("LowStock");
  EXPECT_THAT(scene.run(), ElementsAre("pd: resolve LowStock/north warning, resolved"));
}

TEST(Notification, IsResolvedAgainAnHourAfterItsEndWasRefused) {
  Scene scene;
  scene.fire("LowStock");
  scene.run();
  const Incident open = scene.incidents.at(0);
  scene.end("LowStock");
  scene.run();
  scene.incidents = {open};  // as delivery leaves it
  scene.incidents[0].end_refused_at = scene.now;
  EXPECT_THAT(scene.run_after(minutes{59}), IsEmpty());
  EXPECT_EQ(scene.incidents.size(), 1u);
  EXPECT_THAT(scene.run(), ElementsAre("pd: resolve LowStock/north warning, resolved"));
  EXPECT_THAT(scene.incidents, IsEmpty());
}

}  // namespace
}  // namespace pcx::alert
