#include <algorithm>
#include <chrono>

#include <gmock/gmock.h>

#include "alert/store.h"
#include "tests/alert/store_fixture.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AlertDatabaseStore : public StoreFixture {
 protected:
  // As the memory is once it was written: without events, in the order of the tables.
  static std::string ordered(Memory memory, std::int64_t generation) {
    memory.generation = generation;
    return ordered(std::move(memory));
  }
  static std::string ordered(Memory memory) {
    memory.new_events.clear();
    std::ranges::sort(memory.alerts, {}, &Alert::id);
    std::ranges::sort(memory.incidents, {}, [](const Incident& incident) {
      return std::pair{incident.receiver, incident.dedup_key};
    });
    return shown(memory);
  }
  OutboxLine ended_line(const std::string& id, std::int64_t sequence, Time ended) const {
    OutboxLine line = sample_line(id, sequence, at(0));
    line.delivery = Delivery::delivered;
    line.ended_at = ended;
    return line;
  }
  std::string count(const char* table) {
    return sql("SELECT count(*) FROM pcx." + std::string{table});
  }
};

TEST_F(AlertDatabaseStore, BeginsWithNothing) {
  EXPECT_EQ(shown(store().load()), shown(Memory{}));
  EXPECT_EQ(count("alert_run"), "0");
}

TEST_F(AlertDatabaseStore, GivesBackWhatWasSaved) {
  Memory memory = sample_memory();
  store().save(memory);
  EXPECT_EQ(memory.generation, 1);
  EXPECT_THAT(memory.new_events, IsEmpty());
  EXPECT_EQ(shown(store().load()), ordered(sample_memory(), 1));
  EXPECT_EQ(count("alert_event"), "2");
}

TEST_F(AlertDatabaseStore, FollowsAHistory) {
  SeededRandom random{3};
  DatabaseStore kept = store();
  Memory memory = kept.load();
  for (int run = 0; run < 60; ++run) {
    memory = evolved(memory, random, "a", clock.wall_now());
    kept.save(memory);
    ASSERT_EQ(ordered(store().load()), ordered(memory)) << "run " << run;
    clock.advance(std::chrono::minutes{7});
  }
  EXPECT_EQ(memory.generation, 60);
}

TEST_F(AlertDatabaseStore, KeepsEnvironmentsApart) {
  Memory memory = sample_memory();
  store("production").save(memory);
  EXPECT_EQ(shown(store("staging").load()), shown(Memory{}));
  Memory other;
  store("staging").save(other);
  EXPECT_EQ(shown(store("production").load()), ordered(sample_memory(), 1));
}

TEST_F(AlertDatabaseStore, RefusesToOverwriteWhatSomebodyElseWrote) {
  DatabaseStore first = store(), second = store();
  Memory mine = first.load(), theirs = second.load();
  theirs.alerts = {sample_alert("Theirs", at(1))};
  second.save(theirs);
  mine.alerts = {sample_alert("Mine", at(1))};
  mine.new_events = {sample_event("event-1", at(1))};
  const Error error = error_of([&] { first.save(mine); });
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.reason(), "generation");
  EXPECT_EQ(mine.generation, 0);
  EXPECT_EQ(mine.new_events.size(), 1u);
  EXPECT_EQ(store().load().alerts.at(0).rule, "practice/Theirs/warning");
  EXPECT_EQ(count("alert_event"), "0");
}

TEST_F(AlertDatabaseStore, RefusesToGoOnFromWhatIsGone) {
  DatabaseStore kept = store();
  Memory memory = sample_memory();
  kept.save(memory);
  sql("DELETE FROM pcx.alert_run");
  EXPECT_EQ(error_of([&] { kept.save(memory); }).reason(), "generation");
}

TEST_F(AlertDatabaseStore, WritesOnlyWhatChanged) {
  DatabaseStore kept = store();
  Memory memory = sample_memory();
  kept.save(memory);
  sql("CREATE TABLE public.touched (what text)");
  sql("CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "INSERT INTO public.touched VALUES (TG_TABLE_NAME || ' ' || TG_OP); RETURN NULL; END $$");
  for (const char* table : {"alert_state", "alert_incident", "alert_outbox", "alert_silence",
                            "alert_reading", "alert_event"}) {
    sql("CREATE TRIGGER touch AFTER INSERT OR UPDATE OR DELETE ON pcx." + std::string{table} +
        " FOR EACH ROW EXECUTE FUNCTION public.touch()");
  }
  kept.save(memory);
  EXPECT_EQ(sql("SELECT count(*) FROM public.touched"), "0");
  memory.alerts[1].value = 3;
  memory.incidents.erase(memory.incidents.begin());
  kept.save(memory);
  EXPECT_EQ(sql("SELECT string_agg(what, ', ' ORDER BY what) FROM public.touched"),
            "alert_incident DELETE, alert_state UPDATE");
}

TEST_F(AlertDatabaseStore, SavesAllOfItOrNothing) {
  DatabaseStore kept = store();
  Memory memory = sample_memory();
  kept.save(memory);
  const std::string before = shown(store().load());
  sql("ALTER TABLE pcx.alert_event ADD CHECK (kind <> 'refused')");
  Memory next = memory;
  next.alerts.clear();
  next.outbox.push_back(sample_line("line-3", 3, at(9)));
  next.new_events = {sample_event("event-3", at(9))};
  next.new_events[0].kind = "refused";
  const std::string asked = shown(next);
  EXPECT_THROW(kept.save(next), Error);
  EXPECT_EQ(shown(next), asked);
  EXPECT_EQ(shown(store().load()), before);
  next.new_events[0].kind = "fired";
  kept.save(next);
  EXPECT_THAT(store().load().alerts, IsEmpty());
  EXPECT_EQ(store().load().outbox.size(), 3u);
}

TEST_F(AlertDatabaseStore, SavesALineByItself) {
  DatabaseStore kept = store();
  Memory memory = sample_memory();
  kept.save(memory);
  OutboxLine line = ended_line("line-1", 1, at(9));
  line.attempts = 1;
  memory.outbox[0] = line;
  kept.save_line(line);
  kept.save_line(sample_line("line-9", 9, at(9)));
  const Memory again = store().load();
  EXPECT_EQ(again.generation, 1);
  EXPECT_EQ(again.outbox.at(0), line);
  EXPECT_EQ(again.outbox.at(2).id, "line-9");
  EXPECT_EQ(sql("SELECT delivery || ' ' || attempts FROM pcx.alert_outbox WHERE id = 'line-1'"),
            "delivered 1");
  store().save_line(line);
  kept.save(memory);
  EXPECT_EQ(store().load().outbox.at(0), line);
}

TEST_F(AlertDatabaseStore, LooksForWhatIsOverOnceInSomeSaves) {
  retention = {.events = std::chrono::hours{48}, .saves = 3};
  DatabaseStore kept = store();
  Memory memory;
  std::vector<std::string> counts;
  for (int save = 0; save < 4; ++save) {
    memory.new_events = {
        sample_event("old" + std::to_string(save), clock.wall_now() - std::chrono::hours{49})};
    kept.save(memory);
    counts.push_back(sql("SELECT count(*)::text FROM pcx.alert_event"));
  }
  EXPECT_THAT(counts, ElementsAre("0", "1", "2", "0"));
}

TEST_F(AlertDatabaseStore, ForgetsWhatIsOver) {
  retention = {.events = std::chrono::hours{48}, .ended = std::chrono::hours{24 * 30}};
  DatabaseStore kept = store();
  Memory memory;
  const Time now = clock.wall_now();
  memory.outbox = {ended_line("hour", 1, now - std::chrono::minutes{61}),
                   ended_line("fresh", 2, now - std::chrono::minutes{59}),
                   ended_line("month", 3, now - std::chrono::hours{24 * 31}),
                   sample_line("queued", 4, now - std::chrono::hours{24 * 60})};
  memory.new_events = {sample_event("old", now - std::chrono::hours{49}),
                       sample_event("new", now - std::chrono::hours{47})};
  memory.silences = {sample_silence("over"), sample_silence("long_over"), sample_silence("lasts")};
  memory.silences[0].expired_at = now - std::chrono::hours{25};
  memory.silences[1].expired_at = now - std::chrono::hours{24 * 31};
  kept.save(memory);
  const auto ids = [](const Memory& of) {
    std::vector<std::string> all;
    for (const OutboxLine& line : of.outbox) all.push_back(line.id);
    for (const Silence& silence : of.silences) all.push_back(silence.id);
    return all;
  };
  EXPECT_THAT(ids(memory), ElementsAre("fresh", "queued", "lasts"));
  EXPECT_THAT(ids(store().load()), ElementsAre("fresh", "queued", "lasts"));
  EXPECT_EQ(sql("SELECT string_agg(id, ' ' ORDER BY id) FROM pcx.alert_outbox"),
            "fresh hour queued");
  EXPECT_EQ(sql("SELECT string_agg(id, ' ' ORDER BY id) FROM pcx.alert_silence"), "lasts over");
  EXPECT_EQ(sql("SELECT string_agg(id, ' ') FROM pcx.alert_event"), "new");
}

// Its changes are what flapping is told by.
TEST_F(AlertDatabaseStore, KeepsResolvedAlertsUntilTheMemoryForgetsThem) {
  DatabaseStore kept = store();
  Memory memory;
  memory.alerts = {sample_alert("A", at(1))};
  kept.save(memory);
  memory.alerts[0].phase = Phase::resolved;
  memory.alerts[0].resolved_at = at(2);
  kept.save(memory);
  EXPECT_EQ(store().load().alerts, memory.alerts);
  memory.alerts.clear();
  kept.save(memory);
  EXPECT_EQ(count("alert_state"), "0");
}

TEST_F(AlertDatabaseStore, TakesTextsThatPostgresqlWouldRefuse) {
  Memory memory = sample_memory();
  memory.outbox[0].last_failure = std::string("\0\xff", 2);
  memory.alerts[0].labels["odd"] = std::string("a\0", 2);
  memory.incidents[0].receiver = "p\xff";
  memory.new_events[0].text = std::string("\0", 1);
  memory.new_events[0].labels["odd"] = std::string("a\0", 2);
  DatabaseStore kept = store();
  kept.save(memory);
  const Memory again = store().load();
  EXPECT_EQ(again.outbox.at(0).last_failure, "\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(again.incidents.at(0).receiver, "p\xef\xbf\xbd");
}

TEST_F(AlertDatabaseStore, TakesTheLastOfTwoWithOneKey) {
  Memory memory;
  memory.outbox = {sample_line("line-1", 1, at(0)), sample_line("line-1", 2, at(0))};
  store().save(memory);
  EXPECT_EQ(store().load().outbox.at(0).sequence, 2);
}

TEST_F(AlertDatabaseStore, NamesTheRowThatPcxDidNotWrite) {
  Memory memory = sample_memory();
  store().save(memory);
  sql("UPDATE pcx.alert_outbox SET body = '{}' WHERE id = 'line-2'");
  const Error error = error_of([&] { store().load(); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_STREQ(error.what(), "pcx.alert_outbox: row 2.id: it is missing");
}

TEST_F(AlertDatabaseStore, RefusesMoreThanItWouldRead) {
  Memory memory;
  memory.new_events.resize(kMemoryItemsMax + 1);
  EXPECT_EQ(error_of([&] { store().save(memory); }).reason(), "too_much");
}

TEST_F(AlertDatabaseStore, SavesTenThousandLinesAtOnce) {
  DatabaseStore kept = store();
  Memory memory;
  for (int i = 0; i < 10'000; ++i) {
    memory.outbox.push_back(sample_line("line-" + std::to_string(i), i, at(0)));
    memory.outbox.back().notification.members = sample_incident("pd", "key", at(0)).members;
  }
  const auto began = std::chrono::steady_clock::now();
  kept.save(memory);
  const auto took = std::chrono::steady_clock::now() - began;
  RecordProperty("save_ms", static_cast<int>(took / std::chrono::milliseconds{1}));
  EXPECT_EQ(count("alert_outbox"), "10000");
  EXPECT_EQ(sql("SELECT sum(sequence) || ' ' || count(DISTINCT body::text) FROM pcx.alert_outbox"),
            "49995000 10000");
}

// The role does not wait for the disk; pcx does.
TEST(DurableMarks, SurviveACrashOfAServerThatDoesNotWaitForTheDisk) {
  testing::Postgres server{
      {.settings = {"synchronous_commit=off", "wal_writer_delay=10s"}, .hba = {}}};
  const std::string name = server.fresh_database();
  const testing::FakeClock clock;
  {
    db::Database database{db::parse_target(server.url(name)), {}};
    db::upgrade_schema(database);
    DatabaseStore store{database, "production", clock};
    Memory memory = sample_memory();
    store.save(memory);
    memory.outbox[0].attempts = 7;
    store.save_line(memory.outbox[0]);
    server.stop();
  }
  server.start();
  db::Database database{db::parse_target(server.url(name)), {}};
  const Memory again = DatabaseStore{database, "production", clock}.load();
  EXPECT_EQ(again.generation, 1);
  EXPECT_EQ(again.outbox.at(0).attempts, 7);
}

TEST_F(AlertDatabaseStore, KnowsTheEndOfWhatOursStillHas) {
  Memory ours;
  ours.alerts = {sample_alert("LowStock", at(0)), sample_alert("Other", at(0))};
  ours.incidents = {sample_incident("pd", "pcx/production/LowStock", at(0))};
  ours.outbox = {sample_line("line-1", 1, at(0))};
  ours.silences = {sample_silence("silence-1"), sample_silence("silence-2")};
  ours.next_sequence = 3;
  Memory memory = ours;
  store().save(memory);

  DatabaseStore kept = store();
  memory = kept.load();
  memory.outbox[0] = ended_line("line-1", 1, at(10));
  OutboxLine resolve = ended_line("line-2", 2, at(20));
  resolve.notification.action = Action::resolve;
  resolve.notification.at = at(15);
  memory.outbox.push_back(resolve);
  memory.silences[0].expired_at = at(5);
  memory.alerts.erase(memory.alerts.begin());
  memory.incidents.clear();
  Event event = sample_event("event-1", at(15));
  event.kind = "resolved";
  event.alert_id = ours.alerts[0].id();
  memory.new_events = {event};
  kept.save(memory);
  clock.advance(std::chrono::hours{48});
  Memory later = kept.load();
  kept.save(later);

  const Memory plain = store().load();
  EXPECT_THAT(plain.outbox, IsEmpty());
  DatabaseStore beside = store();
  const Memory theirs = beside.load_beside(ours);
  ASSERT_EQ(theirs.alerts.size(), 2u);
  EXPECT_EQ(theirs.alerts[1].phase, Phase::resolved);
  EXPECT_EQ(theirs.alerts[1].resolved_at, at(15));
  EXPECT_EQ(theirs.outbox.size(), 2u);
  EXPECT_EQ(theirs.silences.size(), 2u);

  Memory merged = merge(theirs, ours, ours.generation);
  ASSERT_EQ(merged.alerts.size(), 2u);
  EXPECT_EQ(merged.alerts[0].rule, "practice/Other/warning");
  EXPECT_EQ(merged.alerts[1].phase, Phase::resolved);
  EXPECT_THAT(merged.incidents, IsEmpty());
  for (const OutboxLine& line : merged.outbox) EXPECT_NE(line.delivery, Delivery::queued);
  beside.save(merged);
  EXPECT_EQ(ordered(store().load()), ordered(merged));
  merged.alerts.pop_back();
  EXPECT_EQ(ordered(merged), ordered(plain, plain.generation + 1));
}

TEST_F(AlertDatabaseStore, BelongsToPcxAlone) {
  EXPECT_EQ(sql("SELECT string_agg(DISTINCT tableowner, ' ') FROM pg_tables "
                "WHERE tablename LIKE 'alert\\_%'"),
            "pcx_owner");
  EXPECT_EQ(sql("SELECT count(*) FROM pg_class AS c, aclexplode(c.relacl) AS a "
                "WHERE c.relname LIKE 'alert\\_%' AND a.grantee <> c.relowner"),
            "0");
}

// A queue of ten thousand, and a year of events: neither is read through.
TEST_F(AlertDatabaseStore, FindsByIndex) {
  sql("SET enable_seqscan = off");
  const auto plan = [&](const char* question) {
    std::string text;
    for (const db::Row row : database().query(db::Statement{"test.explain", question})) {
      text += row[0].as<std::string>() + "\n";
    }
    return text;
  };
  EXPECT_THAT(plan("EXPLAIN SELECT body FROM pcx.alert_outbox WHERE environment = 'e' AND "
                   "receiver = 'r' AND dedup_key = 'k' ORDER BY sequence"),
              HasSubstr("alert_outbox_in_order"));
  EXPECT_THAT(plan("EXPLAIN SELECT id FROM pcx.alert_event WHERE environment = 'e' "
                   "AND (at, number) < (now(), 7) ORDER BY at DESC, number DESC LIMIT 10"),
              HasSubstr("Index Scan Backward using alert_event_by_time"));
}

}  // namespace
}  // namespace pcx::alert
