#include <algorithm>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alert/memory.h"
#include "tests/alert/memory_sample.h"

namespace pcx::alert {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::uint64_t kSeeds = 100;

OutboxLine ended(OutboxLine line, Delivery delivery, Time ended_at) {
  line.delivery = delivery;
  line.attempts = 1;
  line.ended_at = ended_at;
  return line;
}

Memory with_lines(std::vector<OutboxLine> lines) {
  Memory memory;
  memory.generation = 5;
  memory.outbox = std::move(lines);
  memory.next_sequence = 10;
  return memory;
}

std::vector<std::string> ids(const std::vector<OutboxLine>& lines) {
  std::vector<std::string> all;
  for (const OutboxLine& line : lines) all.push_back(line.id);
  return all;
}

// Neither is at the base.
Memory merge_apart(const Memory& theirs, const Memory& ours) {
  return merge(theirs, ours, theirs.generation - 1);
}

TEST(Merge, IsOursWhenTheirsIsUntouched) {
  Memory theirs = sample_memory();
  theirs.new_events.clear();
  theirs.generation = 5;
  Memory ours = theirs;
  ours.generation = 8;
  ours.alerts.erase(ours.alerts.begin());
  ours.incidents.clear();
  ours.silences[0].expired_at = at(70);
  ours.outbox.push_back(sample_line("line-3", 3, at(70)));
  ours.next_sequence = 4;
  ours.readings.erase(ours.readings.begin());
  ours.new_events = {sample_event("event-3", at(70))};
  Memory expected = ours;
  expected.generation = 5;
  EXPECT_EQ(shown(merge(theirs, ours, 5)), shown(expected));
}

TEST(Merge, KnowsWhatTheirsDeliveredSinceTheCopy) {
  const OutboxLine line = sample_line("line-1", 1, at(0));
  const Memory theirs = with_lines({ended(line, Delivery::delivered, at(2))});
  EXPECT_EQ(merge(theirs, with_lines({line}), 5).outbox, theirs.outbox);
}

struct Marks {
  const char* name;
  OutboxLine theirs, ours, merged;
};

TEST(Merge, TakesALineThatEitherDelivered) {
  const OutboxLine queued = sample_line("line-1", 1, at(0));
  OutboxLine tried = queued;
  tried.attempts = 3;
  tried.not_before = at(30);
  tried.last_failure = "status 500";
  const OutboxLine dead = ended(queued, Delivery::dead, at(1));
  const OutboxLine early = ended(queued, Delivery::delivered, at(2));
  const OutboxLine late = ended(queued, Delivery::delivered, at(3));
  OutboxLine delivered_in_the_end = late;
  delivered_in_the_end.attempts = 3;
  const Marks all[] = {{"queued", queued, queued, queued},
                       {"tried", queued, tried, tried},
                       {"delivered", queued, early, early},
                       {"dead", queued, dead, dead},
                       {"late", tried, late, delivered_in_the_end},
                       {"both", early, late, early},
                       {"revived", dead, early, early}};
  for (const Marks& marks : all) {
    EXPECT_THAT(merge_apart(with_lines({marks.theirs}), with_lines({marks.ours})).outbox,
                ElementsAre(marks.merged))
        << marks.name;
    EXPECT_THAT(merge_apart(with_lines({marks.ours}), with_lines({marks.theirs})).outbox,
                ElementsAre(marks.merged))
        << marks.name;
  }
}

// Theirs could not send a trigger; ours, without them, sent one and the end.
TEST(Merge, GivesUpWhatTheOtherSideHasOvertaken) {
  const Memory theirs = with_lines({sample_line("old", 1, at(0))});
  Memory ours = with_lines({ended(sample_line("new", 1, at(60)), Delivery::delivered, at(61)),
                            ended(sample_line("end", 2, at(120)), Delivery::delivered, at(121))});
  ours.outbox.push_back(sample_line("next", 3, at(180)));
  const Memory merged = merge_apart(theirs, ours);
  ASSERT_THAT(ids(merged.outbox), ElementsAre("old", "new", "end", "next"));
  EXPECT_EQ(merged.outbox[0].delivery, Delivery::dead);
  EXPECT_EQ(merged.outbox[0].ended_at, at(121));
  EXPECT_EQ(merged.outbox[3].delivery, Delivery::queued);
  ASSERT_EQ(merged.new_events.size(), 1u);
  EXPECT_EQ(merged.new_events[0].kind, "dead");
}

// An acknowledgement opens and ends nothing.
TEST(Merge, GivesUpNothingForAnAcknowledgement) {
  OutboxLine end = sample_line("end", 2, at(10));
  end.notification.action = Action::resolve;
  OutboxLine ack = ended(sample_line("ack", 1, at(60)), Delivery::delivered, at(61));
  ack.notification.action = Action::acknowledge;
  Memory merged = merge_apart(with_lines({end}), with_lines({ack}));
  EXPECT_EQ(merged.outbox.at(0).delivery, Delivery::queued);

  ack = sample_line("ack", 1, at(0));
  ack.notification.action = Action::acknowledge;
  const OutboxLine repeat = ended(sample_line("repeat", 2, at(60)), Delivery::delivered, at(61));
  merged = merge_apart(with_lines({ack}), with_lines({repeat}));
  EXPECT_EQ(merged.outbox.at(0).delivery, Delivery::queued);
}

// The receiver has it open, whatever the other side decided.
TEST(Merge, KeepsTheIncidentWhoseEndWasRefused) {
  OutboxLine end = ended(sample_line("end", 1, at(10)), Delivery::dead, at(11));
  end.notification.action = Action::resolve;
  end.is_refused = true;
  Memory ours = with_lines({end});
  ours.incidents = {{.receiver = end.receiver,
                     .dedup_key = end.notification.dedup_key,
                     .notified_at = end.notification.at,
                     .end_refused_at = at(11)}};
  EXPECT_THAT(merge_apart(with_lines({end}), ours).incidents, SizeIs(1));
  EXPECT_THAT(merge_apart(ours, with_lines({end})).incidents, SizeIs(1));
}

TEST(Merge, GivesUpNothingOfOtherReceiversAndKeys) {
  OutboxLine other_key = sample_line("other_key", 2, at(10));
  other_key.notification.dedup_key = "pcx/production/Other";
  OutboxLine other_receiver = sample_line("other_receiver", 3, at(20));
  other_receiver.receiver = "slack";
  const Memory theirs = with_lines({other_key, other_receiver});
  const Memory ours =
      with_lines({ended(sample_line("new", 1, at(60)), Delivery::delivered, at(61))});
  const Memory merged = merge_apart(theirs, ours);
  EXPECT_EQ(std::ranges::count(merged.outbox, Delivery::queued, &OutboxLine::delivery), 2);
}

TEST(Merge, PutsLinesInTheOrderOfTheirTimes) {
  const Memory theirs = with_lines(
      {sample_line("both", 1, at(0)), sample_line("t1", 2, at(10)), sample_line("t2", 3, at(30))});
  const Memory ours = with_lines({sample_line("both", 1, at(0)), sample_line("o1", 2, at(5)),
                                  sample_line("o2", 3, at(30)), sample_line("o3", 4, at(40))});
  const Memory merged = merge_apart(theirs, ours);
  EXPECT_THAT(ids(merged.outbox), ElementsAre("both", "o1", "t1", "t2", "o2", "o3"));
  std::vector<std::int64_t> sequences;
  for (const OutboxLine& line : merged.outbox) sequences.push_back(line.sequence);
  EXPECT_THAT(sequences, ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(merged.next_sequence, 10);
}

// Its clock went back: its resolve stays behind its trigger all the same.
TEST(Merge, KeepsTheOrderOfEachSide) {
  const Memory theirs = with_lines({sample_line("both", 1, at(100))});
  const Memory ours = with_lines({sample_line("both", 1, at(100)), sample_line("o1", 2, at(90)),
                                  sample_line("o2", 3, at(80))});
  EXPECT_THAT(ids(merge_apart(theirs, ours).outbox), ElementsAre("both", "o1", "o2"));
  EXPECT_THAT(ids(merge_apart(with_lines({}), ours).outbox), ElementsAre("both", "o1", "o2"));
  EXPECT_THAT(ids(merge_apart(ours, theirs).outbox), ElementsAre("both", "o1", "o2"));
}

TEST(Merge, TakesTheAlertThatWasEvaluatedLater) {
  Memory theirs, ours;
  theirs.generation = 5;
  theirs.alerts = {sample_alert("A", at(1)), sample_alert("B", at(2)), sample_alert("C", at(1))};
  ours.alerts = {sample_alert("A", at(2)), sample_alert("B", at(1)), sample_alert("D", at(0))};
  ours.alerts[0].value = 7;
  ours.alerts[1].value = 7;
  const Memory merged = merge_apart(theirs, ours);
  EXPECT_THAT(merged.alerts,
              ElementsAre(ours.alerts[0], theirs.alerts[1], theirs.alerts[2], ours.alerts[2]));
}

TEST(Merge, KeepsTheAcknowledgementOfEitherSide) {
  Memory theirs, ours;
  theirs.alerts = {sample_alert("A", at(1))};
  theirs.alerts[0].acked_by = "ada";
  theirs.alerts[0].acked_at = at(1);
  ours.alerts = {sample_alert("A", at(2))};
  EXPECT_EQ(merge_apart(theirs, ours).alerts.at(0).acked_by, "ada");
  EXPECT_EQ(merge_apart(ours, theirs).alerts.at(0).acked_by, "ada");
  EXPECT_EQ(merge_apart(ours, theirs).alerts.at(0).evaluated_at, at(2));
  ours.alerts[0].acked_by = "bob";
  ours.alerts[0].acked_at = at(0);
  EXPECT_EQ(merge_apart(theirs, ours).alerts.at(0).acked_by, "ada");
  ours.alerts[0].active_since = at(0);  // another episode
  EXPECT_EQ(merge_apart(theirs, ours).alerts.at(0).acked_by, "bob");

  theirs.incidents = {sample_incident("pd", "key", at(1))};
  theirs.incidents[0].acked_by = "ada";
  ours.incidents = {sample_incident("pd", "key", at(2))};
  EXPECT_EQ(merge_apart(theirs, ours).incidents.at(0).acked_by, "ada");
  ours.incidents[0].opened_at = at(2);
  EXPECT_EQ(merge_apart(theirs, ours).incidents.at(0).acked_by, "");
}

TEST(Merge, EndsAlertsThatEitherSideSawEnd) {
  Memory theirs, ours;
  theirs.alerts = {sample_alert("A", at(10)), sample_alert("B", at(30))};
  ours.new_events = {sample_event("e1", at(20)), sample_event("e2", at(20))};
  for (std::size_t i = 0; i < 2; ++i) {
    ours.new_events[i].kind = i == 0 ? "resolved" : "gave_up_pending";
    ours.new_events[i].alert_id = theirs.alerts[i].id();
  }
  EXPECT_THAT(merge_apart(theirs, ours).alerts, ElementsAre(theirs.alerts[1]));
  ours.new_events[0].kind = "fired";
  EXPECT_EQ(merge_apart(theirs, ours).alerts.size(), 2u);

  Memory resolved;
  resolved.alerts = {sample_alert("A", at(40))};
  resolved.alerts[0].phase = Phase::resolved;
  ours.alerts = {sample_alert("A", at(10))};
  EXPECT_EQ(merge_apart(resolved, ours).alerts.at(0).phase, Phase::resolved);
  ours.alerts[0].evaluated_at = at(50);
  EXPECT_EQ(merge_apart(resolved, ours).alerts.at(0).phase, Phase::firing);
}

TEST(Merge, KeepsIncidentsThatEitherHasOpen) {
  Memory theirs, ours;
  theirs.incidents = {sample_incident("pd", "a", at(1)), sample_incident("pd", "b", at(2))};
  ours.incidents = {sample_incident("pd", "b", at(3)), sample_incident("slack", "a", at(0))};
  EXPECT_THAT(merge_apart(theirs, ours).incidents,
              ElementsAre(theirs.incidents[0], ours.incidents[0], ours.incidents[1]));
}

TEST(Merge, KnowsWhomEitherSawSilenced) {
  Memory theirs, ours;
  theirs.incidents = ours.incidents = {sample_incident("pd", "key", at(1))};
  theirs.incidents[0].silenced = {"a#1", "c#1"};
  ours.incidents[0].silenced = {"b#1", "c#1"};
  EXPECT_THAT(merge_apart(theirs, ours).incidents.at(0).silenced, ElementsAre("a#1", "b#1", "c#1"));
  ours.incidents[0].notified_at = at(2);
  EXPECT_THAT(merge_apart(theirs, ours).incidents.at(0).silenced, ElementsAre("b#1", "c#1"));
}

TEST(Merge, ClosesIncidentsThatTheOtherSideResolvedLater) {
  Memory open, closed;
  open.incidents = {sample_incident("pd", "pcx/production/LowStock", at(10))};
  OutboxLine line = sample_line("line-1", 1, at(20));
  line.notification.action = Action::resolve;
  closed.outbox = {line};
  EXPECT_THAT(merge_apart(open, closed).incidents, IsEmpty());
  EXPECT_THAT(merge_apart(closed, open).incidents, IsEmpty());
  open.incidents[0].notified_at = at(21);  // it began again
  EXPECT_EQ(merge_apart(closed, open).incidents.size(), 1u);
  open.incidents[0].notified_at = at(10);
  closed.outbox[0].receiver = "slack";
  EXPECT_EQ(merge_apart(closed, open).incidents.size(), 1u);
  closed.outbox[0] = sample_line("line-1", 1, at(20));  // a trigger
  EXPECT_EQ(merge_apart(closed, open).incidents.size(), 1u);
}

TEST(Merge, NeverRevivesASilence) {
  Memory theirs, ours;
  theirs.silences = {sample_silence("s1"), sample_silence("s2")};
  ours.silences = theirs.silences;
  theirs.silences[0].expired_at = at(5);
  theirs.silences[0].expired_why = "expired by ada";
  ours.silences[0].fitted_at = at(9);
  ours.silences[1].fitted_at = at(9);
  ours.silences.push_back(sample_silence("s3"));
  for (const Memory& merged : {merge_apart(theirs, ours), merge_apart(ours, theirs)}) {
    ASSERT_EQ(merged.silences.size(), 3u);
    EXPECT_EQ(merged.silences[0].expired_why, "expired by ada");
    EXPECT_EQ(merged.silences[0].fitted_at, at(9));
    EXPECT_EQ(merged.silences[1].fitted_at, at(9));
  }
}

TEST(Merge, KnowsTheLatestOfTheRest) {
  Memory theirs = sample_memory(), ours;
  theirs.generation = 9;
  ours.generation = 40;
  ours.readings = {{at(30), Document::object()}, {at(60), Document{Document::Object{{"a", 1}}}}};
  ours.last_run = RunSummary{at(90), 1, "line", "run-2"};
  const Memory merged = merge_apart(theirs, ours);
  EXPECT_EQ(merged.generation, 9);
  ASSERT_EQ(merged.readings.size(), 3u);
  EXPECT_EQ(merged.readings[1], ours.readings[0]);
  EXPECT_EQ(merged.last_run, ours.last_run);
  EXPECT_THAT(merged.new_events, IsEmpty());
  ours.last_run.reset();
  EXPECT_EQ(merge_apart(theirs, ours).last_run, theirs.last_run);
}

// Two machines that went on from one memory, each for some runs.
struct Apart {
  Memory base, theirs, ours;
};

Memory after_runs(Memory memory, Random& random, const std::string& who, int from_s) {
  const auto runs = static_cast<int>(random.below(8));
  for (int run = 0; run < runs; ++run) {
    memory = evolved(std::move(memory), random, who, at(from_s + run * 60));
    ++memory.generation;
  }
  return memory;
}

Apart apart(std::uint64_t seed) {
  SeededRandom random{seed};
  Apart apart;
  apart.base = after_runs({}, random, "base", 0);
  apart.base.new_events.clear();
  apart.theirs = after_runs(apart.base, random, "theirs", 1000);
  apart.theirs.new_events.clear();
  apart.ours = after_runs(apart.base, random, "ours", 1001 + static_cast<int>(random.below(59)));
  return apart;
}

bool is_resolved_later(const Memory& side, const Incident& incident) {
  return std::ranges::any_of(side.outbox, [&](const OutboxLine& line) {
    return line.notification.action == Action::resolve && line.receiver == incident.receiver &&
           line.notification.dedup_key == incident.dedup_key &&
           line.notification.at >= incident.notified_at;
  });
}

void expect_lines_of(const Memory& side, const Memory& merged) {
  std::map<std::string, OutboxLine> lines;
  for (const OutboxLine& line : merged.outbox) lines.emplace(line.id, line);
  std::int64_t last = 0;
  for (const OutboxLine& line : side.outbox) {
    const auto found = lines.find(line.id);
    ASSERT_NE(found, lines.end()) << line.id;
    EXPECT_EQ(found->second.notification, line.notification);
    EXPECT_GE(found->second.attempts, line.attempts);
    if (line.delivery == Delivery::delivered) {
      EXPECT_EQ(found->second.delivery, Delivery::delivered);
    }
    if (line.delivery == Delivery::dead) {
      EXPECT_NE(found->second.delivery, Delivery::queued);
    }
    EXPECT_GT(found->second.sequence, last) << "each side keeps its order";
    last = found->second.sequence;
  }
}

// What one side knows is in the merged one, unless the other side knows better.
void expect_nothing_lost(const Memory& side, const Memory& other, const Memory& merged) {
  std::map<std::string, Alert> alerts;
  for (const Alert& alert : merged.alerts) alerts.emplace(alert.id(), alert);
  for (const Alert& alert : side.alerts) {
    const bool has_ended = std::ranges::any_of(other.new_events, [&](const Event& event) {
      return event.kind == "resolved" && event.alert_id == alert.id() &&
             event.at > alert.evaluated_at;
    });
    if (has_ended) continue;
    ASSERT_TRUE(alerts.contains(alert.id())) << alert.id();
    EXPECT_GE(alerts.at(alert.id()).evaluated_at, alert.evaluated_at);
  }
  std::set<std::pair<std::string, std::string>> open;
  for (const Incident& incident : merged.incidents) {
    open.emplace(incident.receiver, incident.dedup_key);
  }
  for (const Incident& incident : side.incidents) {
    EXPECT_TRUE(open.contains({incident.receiver, incident.dedup_key}) ||
                is_resolved_later(other, incident));
  }
  for (const Silence& silence : side.silences) {
    const auto found = std::ranges::find(merged.silences, silence.id, &Silence::id);
    ASSERT_NE(found, merged.silences.end());
    EXPECT_GE(found->expired_at, silence.expired_at);
    EXPECT_GE(found->fitted_at, silence.fitted_at);
  }
  for (const Reading& reading : side.readings) {
    EXPECT_THAT(merged.readings, ::testing::Contains(reading));
  }
  expect_lines_of(side, merged);
}

// And none but those of lines that a later one of the other side overtook.
void expect_events_of(const Memory& ours, const Memory& merged) {
  ASSERT_GE(merged.new_events.size(), ours.new_events.size());
  const auto behind = merged.new_events.begin() + std::ssize(ours.new_events);
  EXPECT_TRUE(std::equal(merged.new_events.begin(), behind, ours.new_events.begin()));
  for (const Event& event : std::ranges::subrange(behind, merged.new_events.end())) {
    EXPECT_THAT(event.id, EndsWith("-superseded"));
  }
}

TEST(MergeOfHistories, LosesNothingThatEitherSideKnows) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    const Apart sides = apart(seed);
    const Memory merged = merge(sides.theirs, sides.ours, sides.base.generation);
    if (sides.theirs.generation == sides.base.generation) {
      Memory expected = sides.ours;
      expected.generation = sides.base.generation;
      EXPECT_EQ(shown(merged), shown(expected));
      continue;
    }
    expect_nothing_lost(sides.theirs, sides.ours, merged);
    expect_nothing_lost(sides.ours, sides.theirs, merged);
    expect_events_of(sides.ours, merged);
    for (const OutboxLine& line : merged.outbox) EXPECT_LT(line.sequence, merged.next_sequence);
  }
}

// The run was killed before it had cleared the file, and PostgreSQL has the merged memory.
TEST(MergeOfHistories, ChangesNothingTheSecondTime) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    const Apart sides = apart(seed);
    const std::int64_t base = sides.base.generation;
    Memory merged = merge(sides.theirs, sides.ours, base);
    merged.new_events.clear();
    ++merged.generation;
    Memory again = merge(merged, sides.ours, base);
    EXPECT_EQ(again.new_events, sides.ours.new_events);
    again.new_events.clear();
    EXPECT_EQ(shown(again), shown(merged));
  }
}

// Machines that merge with each other come to the same, whoever is first; sequences are the
// first's.
TEST(MergeOfHistories, ComesToTheSameFromBothSides) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    Apart sides = apart(seed);
    sides.ours.new_events.clear();
    sides.theirs.generation = sides.ours.generation = sides.base.generation + 1;
    const auto plain = [](Memory memory) {
      std::ranges::sort(memory.alerts, {}, &Alert::id);
      std::ranges::sort(memory.incidents, {}, &Incident::dedup_key);
      std::ranges::sort(memory.outbox, {}, &OutboxLine::id);
      std::ranges::sort(memory.silences, {}, &Silence::id);
      for (OutboxLine& line : memory.outbox) line.sequence = 0;
      return shown(memory);
    };
    EXPECT_EQ(plain(merge_apart(sides.theirs, sides.ours)),
              plain(merge_apart(sides.ours, sides.theirs)));
  }
}

}  // namespace
}  // namespace pcx::alert
