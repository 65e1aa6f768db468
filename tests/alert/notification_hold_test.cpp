#include "alert/notification_hold.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/alert/notification_fixture.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// --- silences

TEST(Silenced, AlertsThatEndSayNothing) {
  Scene scene;
  scene.silence("4a1f09c2-77", "alertname=LowStock");
  scene.fire("LowStock");
  EXPECT_THAT(scene.run(), IsEmpty());
  EXPECT_THAT(scene.holds(),
              ElementsAre("LowStock: silenced by 4a1f09c2\xe2\x80\xa6 (ada: moving house)"));
  EXPECT_THAT(scene.incidents, IsEmpty());
  scene.end("LowStock");
  EXPECT_THAT(scene.run(), IsEmpty());
}

TEST(Silenced, AlertsThatWereToldOfStillEnd) {
  Scene scene;
  scene.fire("LowStock");
  scene.run();
  scene.silence("s1", "alertname=LowStock");
  EXPECT_THAT(scene.run(), IsEmpty());
  scene.end("LowStock");
  EXPECT_THAT(scene.run(), ElementsAre("pd: resolve LowStock/north warning, resolved"));
}

TEST(Silenced, AlertsAreToldOfWhenTheSilenceEnds) {
  Scene scene;
  scene.silence("s1", "alertname=LowStock");
  scene.fire("LowStock");
  scene.run();
  scene.expire("s1");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger LowStock/north warning, silence ended"));
  EXPECT_THAT(scene.run(), IsEmpty());
}

TEST(Silenced, AlertsThatWereToldOfAreToldOfAgain) {
  Scene scene;
  scene.fire("LowStock");
  scene.run();
  scene.silence("s1", "alertname=LowStock");
  scene.run();
  scene.expire("s1");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger LowStock/north warning, silence ended"));
  EXPECT_THAT(scene.run(), IsEmpty());
}

TEST(Silenced, AlertsWaitForTheLastOfTheirSilences) {
  Scene scene;
  scene.silence("s1", "alertname=LowStock");
  scene.silence("s2", "tenant=north");
  scene.fire("LowStock");
  scene.run();
  scene.expire("s1");
  EXPECT_THAT(scene.run(), IsEmpty());
  EXPECT_THAT(scene.holds(), ElementsAre("LowStock: silenced by s2 (ada: moving house)"));
  scene.expire("s2");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger LowStock/north warning, silence ended"));
}

TEST(Silenced, MembersComeBackEachByItself) {
  Scene scene;
  scene.routes[0].group_by = {"tenant"};
  scene.fire("A");
  scene.fire("B");
  const std::string key = scene.run().at(0).substr(12, 25);
  scene.silence("s1", "alertname=A");
  scene.silence("s2", "alertname=B");
  EXPECT_THAT(scene.run(), IsEmpty());
  scene.expire("s1");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger " + key + " warning, silence ended"));
  EXPECT_THAT(scene.run(), IsEmpty()) << "B is silenced still";
  scene.expire("s2");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger " + key + " warning, silence ended"));
  EXPECT_THAT(scene.run(), IsEmpty());
}

TEST(Silenced, MembersMakeAnIncidentNeitherBetterNorEndIt) {
  Scene scene;
  scene.fire("LowStock", "warning");
  scene.fire("LowStock", "critical");
  scene.run();
  scene.silence("s1", "severity=critical");
  EXPECT_THAT(scene.run(), IsEmpty());
  scene.end("LowStock", "warning");
  EXPECT_THAT(scene.run(), IsEmpty());
  scene.end("LowStock", "critical");
  EXPECT_THAT(scene.run(), ElementsAre("pd: resolve LowStock/north critical, resolved"));
}

TEST(Silenced, MembersThatNobodyWasToldOfAreNone) {
  Scene scene;
  scene.silence("s1", "severity=critical");
  scene.fire("LowStock", "critical");
  scene.fire("LowStock", "warning");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger LowStock/north warning, fired"));
  EXPECT_EQ(scene.incidents.at(0).members.size(), 1u);
  scene.end("LowStock", "warning");
  EXPECT_THAT(scene.run(), ElementsAre("pd: resolve LowStock/north warning, resolved"));
  scene.expire("s1");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger LowStock/north critical, silence ended"));
}

TEST(Silenced, MembersAreNotRepeated) {
  Scene scene;
  scene.routes[0].repeat = hours{1};
  scene.fire("LowStock");
  scene.run();
  scene.silence("s1", "alertname=LowStock");
  EXPECT_THAT(scene.run_after(hours{2}), IsEmpty());
  scene.expire("s1");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger LowStock/north warning, silence ended"));
  EXPECT_THAT(scene.run_after(minutes{59}), IsEmpty());
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger LowStock/north warning, repeat"));
}

TEST(Silenced, MembersAreSilentUntilTheyResolve) {
  Scene scene;
  scene.silence("s1", "alertname=LowStock").until_resolved = true;
  scene.fire("LowStock");
  EXPECT_THAT(scene.run_after(hours{100}), IsEmpty());
  scene.end("LowStock");
  EXPECT_THAT(scene.run(), IsEmpty());
  scene.fire("LowStock");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger LowStock/north warning, fired"));
}

TEST(Silenced, MembersOfAnIncidentThatGoesOnAreSaidToComeBack) {
  Scene scene;
  scene.fire("LowStock", "warning");
  scene.run();
  scene.silence("s1", "severity=critical");
  scene.fire("LowStock", "critical");
  EXPECT_THAT(scene.run(), IsEmpty());
  scene.expire("s1");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger LowStock/north critical, silence ended"));
}

// --- inhibitions

Inhibition down_inhibits_all() {
  return {.source = {parse_matcher("alertname=Down")},
          .target = {parse_matcher("alertname!=Nothing")},
          .equal = {"tenant"}};
}

TEST(Inhibited, AlertsNotifyWhenTheirSourceEnds) {
  Scene scene;
  scene.inhibitions = {down_inhibits_all()};
  scene.fire("Down", "critical");
  scene.fire("LowStock");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger Down/north critical, fired"));
  EXPECT_THAT(scene.holds(), ElementsAre("LowStock: inhibited by Down{severity=\"critical\", "
                                         "tenant=\"north\"}"));
  scene.end("Down", "critical");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger LowStock/north warning, fired",
                                       "pd: resolve Down/north critical, resolved"));
}

TEST(Inhibited, AlertsThatWereToldOfGoOnAndEnd) {
  Scene scene;
  scene.inhibitions = {down_inhibits_all()};
  scene.fire("LowStock");
  scene.run();
  scene.fire("Down", "critical");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger Down/north critical, fired"));
  scene.end("LowStock");
  EXPECT_THAT(scene.run(), ElementsAre("pd: resolve LowStock/north warning, resolved"));
}

TEST(Inhibited, AlertsHaveTheSameLabels) {
  Scene scene;
  scene.inhibitions = {down_inhibits_all()};
  scene.fire("Down", "critical", "north");
  scene.fire("A", "warning", "north");
  scene.fire("B", "warning", "south");
  scene.fire("C").labels.erase("tenant");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger Down/north critical, fired",
                                       "pd: trigger B/south warning, fired",
                                       "pd: trigger C/north warning, fired"));
}

TEST(Inhibited, AlertsWithoutALabelAreLikeThoseWithoutIt) {
  Scene scene;
  scene.inhibitions = {down_inhibits_all()};
  scene.inhibitions[0].equal = {"region"};
  scene.fire("Down", "critical", "north");
  scene.fire("A", "warning", "south");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger Down/north critical, fired"));
}

TEST(Inhibited, AlertsAreByFiringOnesOnly) {
  Scene scene;
  scene.inhibitions = {down_inhibits_all()};
  scene.fire("Down", "critical").phase = Phase::pending;
  scene.fire("A");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger A/north warning, fired"));
}

// A silenced source inhibits, as in Alertmanager: that nobody wants to hear of it does not make its
// consequences news.
TEST(Inhibited, AlertsAreByASilencedSourceToo) {
  Scene scene;
  scene.inhibitions = {down_inhibits_all()};
  scene.silence("s1", "alertname=Down");
  scene.fire("Down", "critical");
  scene.fire("A");
  EXPECT_THAT(scene.run(), IsEmpty());
}

// Alertmanager's inhibit_rules: what matches both sides is not inhibited by what does, too.
TEST(Inhibited, AlertsThatAreBothAreNotByOnesThatAreBoth) {
  Scene scene;
  scene.inhibitions = {{.source = {parse_matcher("alertname=~Down|Slow")},
                        .target = {parse_matcher("alertname!=Down")},
                        .equal = {"tenant"}}};
  scene.fire("Slow", "warning");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger Slow/north warning, fired")) << "by itself";
  scene.fire("LowStock", "warning");
  EXPECT_THAT(scene.run(), IsEmpty());
  EXPECT_THAT(scene.holds(), ElementsAre("LowStock: inhibited by Slow{severity=\"warning\", "
                                         "tenant=\"north\"}"));
  scene.fire("Slow", "error");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger Slow/north error, worse")) << "nor by a like";
  scene.fire("Down", "critical");
  scene.run();
  EXPECT_THAT(scene.holds(), ::testing::SizeIs(3)) << "but by one that is a source only";
}

// --- schedules of rules

TEST(Scheduled, AlertsWaitForTheirTime) {
  Scene scene;
  scene.rule("LowStock").schedule = parse_schedule("Mon-Fri 14:00-16:00 Etc/UTC", "", {});
  scene.fire("LowStock");
  EXPECT_THAT(scene.run(), IsEmpty());
  EXPECT_THAT(scene.holds(), ElementsAre("LowStock: outside of its schedule"));
  EXPECT_THAT(scene.run_after(minutes{118}), IsEmpty());
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger LowStock/north warning, fired"));
}

TEST(Scheduled, AlertsEndAtAnyTimeAndNotWithTheirSchedule) {
  Scene scene;
  scene.rule("LowStock").schedule = parse_schedule("Mon-Fri 12:00-13:00 Etc/UTC", "", {});
  scene.fire("LowStock");
  EXPECT_THAT(scene.run(), ElementsAre("pd: trigger LowStock/north warning, fired"));
  EXPECT_THAT(scene.run_after(hours{2}), IsEmpty());
  EXPECT_THAT(scene.run_after(hours{22}), IsEmpty()) << "nor is it told again";
  EXPECT_THAT(scene.run_after(hours{2}), IsEmpty());
  scene.end("LowStock");
  EXPECT_THAT(scene.run(), ElementsAre("pd: resolve LowStock/north warning, resolved"));
}

TEST(Held, AlertsNameASilenceBeforeAnythingElse) {
  Scene scene;
  scene.inhibitions = {down_inhibits_all()};
  scene.rule("LowStock").schedule = parse_schedule("daily 14:00-16:00 Etc/UTC", "", {});
  scene.fire("LowStock");
  scene.fire("Down", "critical");
  scene.silence("s1", "alertname=LowStock").comment = "";
  scene.run();
  EXPECT_THAT(scene.holds(), ElementsAre("LowStock: silenced by s1 (ada)"));
  scene.expire("s1");
  scene.run();
  EXPECT_THAT(scene.holds(), ElementsAre("LowStock: inhibited by Down{severity=\"critical\", "
                                         "tenant=\"north\"}"));
  scene.end("Down", "critical");
  scene.run();
  EXPECT_THAT(scene.holds(), ElementsAre("LowStock: outside of its schedule"));
}

TEST(Held, AlertsAreShownWhilePendingToo) {
  Scene scene;
  scene.silence("s1", "alertname=LowStock");
  scene.fire("LowStock").phase = Phase::pending;
  scene.run();
  EXPECT_THAT(scene.holds(), ElementsAre("LowStock: silenced by s1 (ada: moving house)"));
}

TEST(Held, PlansRefuseAPatternThatIsNone) {
  Scene scene;
  scene.inhibitions = {{.source = {{"a", MatchKind::matches, "("}}, .target = {}, .equal = {}}};
  const Error error = pcx::testing::error_of([&] { scene.planned(); });
  EXPECT_EQ(error.code(), ErrorCode::data);
}

}  // namespace
}  // namespace pcx::alert
