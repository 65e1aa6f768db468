#include "alert/session.h"

#include <algorithm>
#include <functional>
#include <memory>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/alert/session_fixture.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using namespace std::chrono_literals;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

OutboxLine& first_queued(Memory& memory) {
  return *std::ranges::find(memory.outbox, Delivery::queued, &OutboxLine::delivery);
}

void deliver_one(Memory& memory, Session& session, Time now) {
  OutboxLine& line = first_queued(memory);
  ++line.attempts;
  line.delivery = Delivery::delivered;
  line.ended_at = now;
  session.save_line(line);
}

TEST_F(AlertSession, RemembersInFilesAloneWithoutADatabase) {
  stop_server();
  std::string before = content(Memory{});
  for (int i = 0; i < 5; ++i) {
    const auto next = begin();
    EXPECT_EQ(content(next->memory), before);
    live(next->memory);
    next->session->save(next->memory);
    before = content(next->memory);
    EXPECT_EQ(next->session->lost_because(), "");  // it never was there
  }
  EXPECT_EQ(base(), 0);
  EXPECT_EQ(in_files().generation, 5);
}

TEST_F(AlertSession, RemembersInBothWithADatabase) {
  std::string before = content(Memory{});
  for (int i = 0; i < 5; ++i) {
    const auto next = begin();
    EXPECT_EQ(content(next->memory), before);
    live(next->memory);
    next->session->save(next->memory);
    before = content(next->memory);
    EXPECT_EQ(next->session->lost_because(), "");
    next->session.reset();
    expect_together();
    EXPECT_EQ(content(in_files()), before);
  }
  expect_all_events();
  EXPECT_EQ(merges(), 0u);
}

// The server goes before that step of a run, and comes again afterwards.
class StoppedServer : public AlertSession, public ::testing::WithParamInterface<const char*> {
 protected:
  void step(const std::string& name, const std::function<void()>& work) {
    if (name == GetParam()) stop_server();
    work();
  }
};

TEST_P(StoppedServer, IsGoneOnWithoutAndMergedLater) {
  for (int i = 0; i < 3; ++i) run();
  auto struck = begin();
  Session& session = *struck->session;
  Memory& memory = struck->memory;
  step("load", [&] { memory = session.load(); });
  live(memory);
  if (std::ranges::count(memory.outbox, Delivery::queued, &OutboxLine::delivery) < 2) {
    for (const char* id : {"one", "two"}) {
      memory.outbox.push_back(sample_line(id, memory.next_sequence++, clock.wall_now()));
    }
  }
  step("save", [&] { session.save(memory); });
  step("first_line", [&] { deliver_one(memory, session, clock.wall_now()); });
  step("second_line", [&] { deliver_one(memory, session, clock.wall_now()); });
  step("last_save", [&] { session.save(memory); });
  EXPECT_THAT(session.lost_because(), Not(IsEmpty()));
  const std::string left = content(memory);
  struck.reset();
  EXPECT_EQ(content(in_files()), left);
  EXPECT_TRUE(base().has_value());

  const Memory meanwhile = run();  // it is still down
  EXPECT_EQ(content(in_files()), content(meanwhile));

  start_server();
  const auto again = begin();
  EXPECT_EQ(content(again->memory), content(meanwhile));
  EXPECT_EQ(again->session->lost_because(), "");
  again->session.reset();
  expect_together();
  EXPECT_EQ(content(in_database()), content(meanwhile));
  expect_all_events();
  EXPECT_EQ(merges(), 1u);
  EXPECT_EQ(content(begin()->memory), content(meanwhile));  // once
  EXPECT_EQ(merges(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Before, StoppedServer,
                         ::testing::Values("load", "save", "first_line", "second_line",
                                           "last_save"),
                         [](const auto& tested) { return std::string{tested.param}; });

TEST_F(AlertSession, GoesOnWithoutADatabaseThatGoesBeforeItsLock) {
  const Memory before = run();
  db::Database database = open();
  stop_server();
  SeededRandom random{1};
  Interrupt interrupt;
  Session session{folder("one"), &database, owner, clock, random, interrupt};
  EXPECT_THAT(session.lost_because(), Not(IsEmpty()));
  EXPECT_EQ(content(session.load()), content(before));
}

// Sessions come and go, the database too, at any step; at every beginning all is known.
TEST_F(AlertSession, LosesNothingInAHistoryOfOutages) {
  SeededRandom dice{17};
  std::string before = content(Memory{});
  bool is_reached = true;
  for (int i = 0; i < 40; ++i) {
    SCOPED_TRACE(i);
    if (dice.below(3) == 0) is_reached = !is_reached;
    if (dice.below(6) == 0) {
      stop_server();
    } else {
      start_server();
    }
    std::unique_ptr<OneRun> next = begin();
    ASSERT_EQ(content(next->memory), before);
    live(next->memory);
    const auto blow = dice.below(4);
    if (!is_reached && blow == 0) stop_server();
    next->session->save(next->memory);
    if (!is_reached && blow == 1) stop_server();
    const bool waits = std::ranges::any_of(
        next->memory.outbox, [](const auto& line) { return line.delivery == Delivery::queued; });
    if (waits) deliver_one(next->memory, *next->session, clock.wall_now());
    if (!is_reached && blow == 2) stop_server();
    if (blow != 3) next->session->save(next->memory);  // else it is killed here
    before = content(next->memory);
  }
  start_server();
  EXPECT_EQ(content(begin()->memory), before);
  expect_together();
  expect_all_events();
  EXPECT_GT(merges(), 2u);
}

TEST_F(AlertSession, LosesItsLockWithTheDatabase) {
  run();
  const auto next = begin();
  EXPECT_TRUE(next->session->is_ours());
  stop_server();
  live(next->memory);
  next->session->save(next->memory);
  EXPECT_FALSE(next->session->is_ours());
  next->session.reset();
  EXPECT_TRUE(begin()->session->is_ours());
}

// The server still knows who has the lock: nobody else can be at it.
TEST_F(AlertSession, KeepsItsLockWhenTheDatabaseOnlyTakesNothing) {
  run();
  refuse_writes();
  for (int i = 0; i < 2; ++i) {
    const auto next = begin();
    live(next->memory);
    next->session->save(next->memory);
    EXPECT_THAT(next->session->lost_because(), HasSubstr("no space left"));
    EXPECT_TRUE(next->session->is_ours());
  }
}

// A server that goes in the middle of each run must not keep all of them from delivering.
TEST_F(AlertSession, DeliversWhenItLosesTheDatabaseAgain) {
  run();
  const auto lose_in_the_middle = [this] {
    const auto next = begin();
    stop_server();
    live(next->memory);
    next->session->save(next->memory);
    start_server();
    return next->session->is_ours();
  };
  EXPECT_FALSE(lose_in_the_middle());
  EXPECT_TRUE(lose_in_the_middle());
}

TEST_F(AlertSession, LetsOneRunInAtATime) {
  const auto first = begin();
  const Error same = error_of([&] { begin(); });
  EXPECT_EQ(same.code(), ErrorCode::busy);
  EXPECT_THAT(same.what(), HasSubstr("another pcx alert works in"));
  const Error other = error_of([&] { begin("two"); });
  EXPECT_EQ(other.code(), ErrorCode::busy);
  EXPECT_THAT(other.what(), HasSubstr("\"pcx alert\" is held by"));
  first->session.reset();
  EXPECT_EQ(begin("two")->memory.generation, 0);  // the one refused left nothing locked
  EXPECT_EQ(begin()->memory.generation, 0);
}

TEST_F(AlertSession, LetsMachinesRunApartWithoutADatabase) {
  stop_server();
  const auto first = begin();
  EXPECT_EQ(error_of([&] { begin(); }).code(), ErrorCode::busy);
  EXPECT_EQ(begin("two")->session->lost_because(), "");
}

TEST_F(AlertSession, GoesOnFromTheDatabaseOnAMachineThatIsBehind) {
  run("two");
  for (int i = 0; i < 3; ++i) run("one");
  const std::string known = content(in_database());
  EXPECT_NE(content(in_files("two")), known);
  const auto next = begin("two");
  EXPECT_EQ(content(next->memory), known);
  EXPECT_EQ(merges(), 0u);

  stop_server();  // in the middle of it
  live(next->memory);
  next->session->save(next->memory);
  EXPECT_THAT(next->session->lost_because(), Not(IsEmpty()));
  const std::string left = content(next->memory);
  next->session.reset();
  EXPECT_EQ(content(begin("two")->memory), left);

  start_server();
  EXPECT_EQ(content(begin("one")->memory), known);  // of what it cannot know
  EXPECT_EQ(content(begin("two")->memory), left);
  EXPECT_EQ(content(begin("one")->memory), left);
  expect_all_events();
}

TEST_F(AlertSession, RemembersWhatItReadThoughItDidNotSave) {
  run("two");
  for (int i = 0; i < 3; ++i) run("one");
  const std::string known = content(in_database());
  begin("two");  // killed at once
  stop_server();
  EXPECT_EQ(content(begin("two")->memory), known);
}

// Two machines went on alone, and each brings what it knows.
TEST_F(AlertSession, MergesTwoMachinesThatWereApart) {
  run("one");
  begin("two");
  stop_server();
  const Memory one = run("one"), two = run("two");
  start_server();
  begin("one");
  const auto merged = begin("two");
  std::set<std::string> lines;
  for (const OutboxLine& line : merged->memory.outbox) lines.insert(line.id);
  for (const Memory& side : {one, two}) {
    for (const OutboxLine& line : side.outbox) EXPECT_TRUE(lines.contains(line.id)) << line.id;
  }
  expect_all_events();
  EXPECT_EQ(merges(), 2u);
}

// PostgreSQL was restored from a backup that knows less than the files.
TEST_F(AlertSession, BringsBackWhatABackupDoesNotHave) {
  run();
  const Memory before = run();
  make_database();
  const auto next = begin();
  EXPECT_EQ(content(next->memory), content(before));
  EXPECT_EQ(next->memory.generation, 1);
  next->session.reset();
  expect_together();
}

struct Killed {
  const char* name;
  bool is_up_in_run, is_up_afterwards;
  const char* machine;  // of the next run
};

class KilledRun : public AlertSession, public ::testing::WithParamInterface<Killed> {};

// It is dropped after an attempt was stored, without the save at its end.
TEST_P(KilledRun, SendsNothingAgain) {
  run();
  begin("two");
  if (!GetParam().is_up_in_run) stop_server();
  auto killed = begin();
  live(killed->memory);
  killed->memory.outbox.push_back(
      sample_line("line", killed->memory.next_sequence++, clock.wall_now()));
  killed->session->save(killed->memory);
  while (std::ranges::any_of(killed->memory.outbox, [](const OutboxLine& line) {
    return line.delivery == Delivery::queued;
  })) {
    deliver_one(killed->memory, *killed->session, clock.wall_now());
  }
  const Memory left = killed->memory;
  killed.reset();
  if (GetParam().is_up_afterwards) {
    start_server();
  } else {
    stop_server();
  }
  for (int i = 0; i < 2; ++i) {
    const auto next = begin(GetParam().machine);
    EXPECT_EQ(content(next->memory), content(left));
    next->session->save(next->memory);
  }
  start_server();
  EXPECT_EQ(content(begin()->memory), content(left));
  expect_all_events();
}

INSTANTIATE_TEST_SUITE_P(
    Alert, KilledRun,
    ::testing::Values(Killed{"WithTheDatabase", true, true, "one"},
                      Killed{"WithTheDatabaseThatGoesThen", true, false, "one"},
                      Killed{"WithTheDatabaseAndGoneOnElsewhere", true, true, "two"},
                      Killed{"WithoutTheDatabase", false, false, "one"},
                      Killed{"WithoutTheDatabaseThatComesThen", false, true, "one"}),
    [](const auto& tested) { return std::string{tested.param.name}; });

}  // namespace
}  // namespace pcx::alert
