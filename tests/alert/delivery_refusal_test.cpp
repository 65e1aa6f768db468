#include <gmock/gmock.h>

#include "alert/delivery.h"
#include "tests/alert/outbox_fixture.h"

namespace pcx::alert {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

TEST(DeliveryRefusal, BuriesWhatIsRefusedAndGoesOn) {
  Outbox outbox;
  outbox.receiver("pd", [](const Call& call) {
    return call.id == "line-1" ? refused("answered 400: bad") : delivered();
  });
  outbox.queue("pd", "a");
  outbox.queue("pd", "a", Action::resolve);
  const DeliveryReport report = outbox.run();
  EXPECT_EQ(report.refused, 1);
  EXPECT_EQ(report.delivered, 1);
  EXPECT_THAT(report.failures, ElementsAre(Pair("pd", "answered 400: bad")));
  EXPECT_EQ(outbox.line(1).delivery, Delivery::dead);
  EXPECT_EQ(outbox.line(1).last_failure, "answered 400: bad");
  EXPECT_EQ(outbox.store.events[0].kind, "dead");
  EXPECT_EQ(outbox.store.events[0].text, "trigger refused by pd: answered 400: bad");
}

TEST(DeliveryRefusal, MakesTheIncidentDueAgainWhoseTriggerWasRefused) {
  Outbox outbox;
  auto& pd = outbox.receiver("pd", [](const Call&) { return refused("answered 401"); });
  outbox.queue("pd", "a");
  outbox.store.incidents = {{.receiver = "other", .dedup_key = "a"},
                            {.receiver = "pd", .dedup_key = "a"}};
  outbox.run();
  ASSERT_EQ(outbox.store.incidents.size(), 2u);
  EXPECT_EQ(outbox.store.incidents[0].trigger_refused_at, std::nullopt);
  EXPECT_EQ(outbox.store.incidents[1].trigger_refused_at, pd.calls[0].at);
  EXPECT_EQ(outbox.store.incidents[1].end_refused_at, std::nullopt);
}

TEST(DeliveryRefusal, BringsBackTheIncidentWhoseEndWasRefused) {
  Outbox outbox;
  auto& pd = outbox.receiver("pd", [](const Call&) { return refused("answered 401"); });
  outbox.queue("pd", "a", Action::resolve);
  outbox.run();
  ASSERT_EQ(outbox.store.incidents.size(), 1u);
  const Incident& incident = outbox.store.incidents[0];
  EXPECT_EQ(incident.receiver, "pd");
  EXPECT_EQ(incident.dedup_key, "a");
  EXPECT_EQ(incident.members.at(0).alert_id, "rule#a");
  EXPECT_EQ(incident.end_refused_at, pd.calls[0].at);
}

// The run was killed when the attempt was saved and its memory not yet.
TEST(DeliveryRefusal, NotesARefusalInTheNextRun) {
  for (const Action action : {Action::trigger, Action::resolve}) {
    Outbox outbox;
    outbox.receiver("pd", [](const Call&) { return refused("answered 401"); });
    outbox.queue("pd", "a", action);
    outbox.queue("pd", "b");
    const Incident open{.receiver = "pd", .dedup_key = "a"};
    if (action == Action::trigger) outbox.store.incidents = {open};
    outbox.store.saving = [](const OutboxLine& line) {
      if (line.id == "line-2") throw Error{ErrorCode::io, "killed"};
    };
    EXPECT_THROW(outbox.run(), Error);
    Memory memory = outbox.store.load();
    note_ends(memory);
    ASSERT_THAT(memory.incidents, SizeIs(1));
    const bool is_end = action == Action::resolve;
    EXPECT_EQ(memory.incidents[0].trigger_refused_at.has_value(), !is_end);
    EXPECT_EQ(memory.incidents[0].end_refused_at.has_value(), is_end);

    memory.incidents[0].trigger_refused_at = Time{};  // known already
    note_ends(memory);
    EXPECT_EQ(memory.incidents[0].trigger_refused_at, Time{});
    EXPECT_THAT(memory.incidents, SizeIs(1));
  }
}

// It was told again meanwhile, or nobody ever refused it.
TEST(DeliveryRefusal, NotesNoRefusalOfOldOrOfOwnMaking) {
  Outbox outbox;
  outbox.queue("pd", "a");
  outbox.queue("pd", "a");
  outbox.queue("pd", "b");
  OutboxLine& first = outbox.store.lines[1];
  OutboxLine& given_up = outbox.store.lines[3];
  first.delivery = given_up.delivery = Delivery::dead;
  first.ended_at = given_up.ended_at = outbox.clock.wall_now();
  first.is_refused = true;
  outbox.store.incidents = {{.receiver = "pd", .dedup_key = "a"},
                            {.receiver = "pd", .dedup_key = "b"}};
  Memory memory = outbox.store.load();
  note_ends(memory);
  EXPECT_EQ(memory.incidents[0].trigger_refused_at, std::nullopt);
  EXPECT_EQ(memory.incidents[1].trigger_refused_at, std::nullopt);
}

// It fires again by now: its new trigger says more than the old end.
TEST(DeliveryRefusal, LeavesAnIncidentAloneThatIsOpenAgain) {
  Outbox outbox;
  outbox.receiver("pd", [](const Call&) { return refused("answered 401"); });
  outbox.queue("pd", "a", Action::resolve);
  outbox.store.incidents = {{.receiver = "pd", .dedup_key = "a"}};
  outbox.run();
  ASSERT_EQ(outbox.store.incidents.size(), 1u);
  EXPECT_EQ(outbox.store.incidents[0].end_refused_at, std::nullopt);
}

// Likewise: what became of the lines is told by the next run, and what the run before told is not.
TEST(DeliveryRefusal, TellsEndsInTheNextRunUnderTheirIds) {
  Outbox outbox;
  outbox.receiver("pd", [](const Call& call) {
    return call.id == "line-1" ? refused("answered 401") : delivered();
  });
  for (const char* key : {"a", "b", "c", "d"}) outbox.queue("pd", key);
  outbox.store.lines[3].is_routine = true;
  outbox.store.lines[4].delivery = Delivery::delivered;
  outbox.store.lines[4].ended_at = outbox.clock.wall_now() - std::chrono::minutes{1};
  const RunSummary run{.at = outbox.clock.wall_now()};
  outbox.run();
  Memory memory = outbox.store.load();
  note_ends(memory);
  EXPECT_THAT(memory.new_events, IsEmpty());  // nothing is known of a run
  memory.last_run = run;
  note_ends(memory);
  EXPECT_THAT(outbox.store.events,
              ElementsAre(Field(&Event::id, "line-1-dead"), Field(&Event::id, "line-2-delivered")));
  EXPECT_EQ(memory.new_events, outbox.store.events);
}

}  // namespace
}  // namespace pcx::alert
