// Months that leave the trail: what goes, what stays, what is written down, and what keeps a month.
#include "audit/retain.h"

#include <atomic>
#include <chrono>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "audit/hold.h"
#include "audit/note.h"
#include "audit/retain_note.h"
#include "core/error.h"
#include "core/random.h"
#include "db/script.h"
#include "tests/audit/fixture.h"
#include "tests/support/errors.h"

namespace pcx::audit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A month as pcx.audit_make_months() makes it, and rows as triggers write them, in the past: every
// fourth row is one of the application's trail, every tenth a note.
constexpr const char* kHelpers = R"(
CREATE FUNCTION public.make_month(month date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE stem text; BEGIN
  FOREACH stem IN ARRAY ARRAY['change', 'ledger'] LOOP
    EXECUTE format('CREATE TABLE pcx.%I PARTITION OF pcx.%I FOR VALUES FROM (%L) TO (%L)',
      stem || to_char(month, '_YYYYMM'), stem, month || ' 00:00+00',
      (month + interval '1 month')::date || ' 00:00+00');
    EXECUTE format('CREATE TRIGGER pcx_audit_guard_all BEFORE TRUNCATE ON pcx.%I EXECUTE FUNCTION '
      'pcx.audit_guard()', stem || to_char(month, '_YYYYMM'));
  END LOOP; END $$;
CREATE FUNCTION public.fill(first timestamptz, rows integer, first_xid bigint) RETURNS void
LANGUAGE sql SET client_encoding = 'UTF8' AS $$
  WITH made AS (
    SELECT i, nextval('pcx.audit_seq') AS seq, (first_xid + i)::text::xid8 AS xid,
           first + i * interval '1 second' AS at,
           CASE WHEN i % 10 = 9 THEN 'M' WHEN i % 4 = 3 THEN 'A' ELSE 'C' END::"char" AS src
      FROM generate_series(0, rows - 1) AS i
  ), change AS (
    INSERT INTO pcx.change
    SELECT 3, xid, seq, at, 'public.pets', 'I', i::text, 't' || i % 3, 'ann', NULL, NULL, 'app',
           'api', NULL, jsonb_build_object('id', i) FROM made WHERE src = 'C'
    RETURNING *
  )
  INSERT INTO pcx.ledger
  SELECT 3, m.xid, m.seq, m.at, m.src, 1, CASE WHEN m.src = 'A' THEN m.i::text END, NULL,
         coalesce((SELECT sha256('\x007063783143'::bytea || record_send(ROW(c.seq, c.xid, c.at,
                     c.relation, c.op, c.row_key, c.tenant, c.actor, c.correlation, c.address,
                     c.db_user, c.application, c.before, c.after)))
                     FROM change AS c WHERE c.seq = m.seq),
                  sha256(m.seq::text::bytea))
    FROM made AS m;
$$;
-- Tiles and one checkpoint over all that there is.
CREATE FUNCTION public.seal() RETURNS void LANGUAGE sql AS $$
  INSERT INTO pcx.audit_epoch VALUES (1, 'o', '1', 1, 1) ON CONFLICT DO NOTHING;
  INSERT INTO pcx.tile
  SELECT 1, 0, (n - 1) / 256, string_agg(leaf, ''::bytea ORDER BY n)
    FROM (SELECT leaf, row_number() OVER (ORDER BY segment, xid, seq) AS n FROM pcx.ledger) AS l
   GROUP BY 3 ON CONFLICT (epoch, level, number) DO UPDATE SET hashes = excluded.hashes;
  INSERT INTO pcx.checkpoint
  SELECT 1, (SELECT count(*) FROM pcx.ledger), clock_timestamp(),
         coalesce((SELECT max(size) FROM pcx.checkpoint), 0), segment, xid, seq,
         (SELECT max(seq) FROM pcx.ledger), 'note'
    FROM pcx.ledger ORDER BY segment DESC, xid DESC, seq DESC LIMIT 1;
$$;)";

class Retain : public AuditFixture {
 protected:
  void SetUp() override {
    AuditFixture::SetUp();
    db::run_script(database(), kHelpers, "test");
    for (const char* month : {"2019-01-01", "2019-02-01", "2019-03-01"}) {
      sql(fmt::format("SELECT public.make_month('{}')", month));
    }
    sql("SELECT count(pcx.audit_make_months(1))");
  }

  void fill(const std::string& first, int rows, int first_xid) {
    sql(fmt::format("SELECT count(public.fill('{}', {}, {}))", first, rows, first_xid));
  }
  void seal() { sql("SELECT count(public.seal())"); }
  // Three months with 1,000 rows each, sealed.
  void fill_and_seal() {
    fill("2019-01-10 00:00+00", 1'000, 10'000);
    fill("2019-02-10 00:00+00", 1'000, 20'000);
    fill("2019-03-10 00:00+00", 1'000, 30'000);
    seal();
  }
  std::vector<Month> old_months(int keep = 12) {
    db::Transaction tx = database().begin(db::Access::read_only);
    return find_old_months(tx, keep);
  }
  // "2019-01 droppable 700" of each.
  std::vector<std::string> found(int keep = 12) {
    std::vector<std::string> texts;
    for (const Month& month : old_months(keep)) {
      texts.push_back(fmt::format("{} {} {}", month.name, to_string(month.state), month.changes));
    }
    return texts;
  }
  RetainTools tools() { return {database(), clock, interrupt, key, "ann@host", "yearly"}; }
  void drop(const Month& month) {
    drop_month(tools(), month, [](db::Transaction&) {});
  }
  void drop_all() {
    for (const Month& month : old_months()) {
      if (month.state == MonthState::droppable) drop(month);
    }
  }
  // What is found after somebody has got around the guards; nothing of it stays.
  std::vector<std::string> found_after(const std::string& attack) {
    db::Transaction tx = database().begin();
    db::run_script(tx,
                   "ALTER TABLE pcx.ledger DISABLE TRIGGER ALL; ALTER TABLE pcx.change DISABLE "
                   "TRIGGER ALL; ALTER TABLE pcx.tile DISABLE TRIGGER ALL; " +
                       attack,
                   "test");
    std::vector<std::string> texts;
    for (const Month& month : find_old_months(tx, 12)) {
      texts.push_back(month.name + " " + to_string(month.state));
    }
    return texts;
  }

  SystemClock clock;
  Interrupt interrupt;
  SeededRandom random{1};
  SigningKey key = SigningKey::generate("purple-cross/audit", random);
};

TEST_F(Retain, KnowsHowLongToKeep) {
  EXPECT_EQ(parse_keep_months("6y"), 72);
  EXPECT_EQ(parse_keep_months("72mo"), 72);
  EXPECT_EQ(parse_keep_months("100y"), 1'200);
  for (const char* text :
       {"", "y", "6", "0y", "06y", "101y", "1201mo", "6m", "6 y", "-6y", "99999y"}) {
    EXPECT_EQ(parse_keep_months(text), 0) << text;
  }
}

TEST_F(Retain, FindsWholeMonthsThatAreOverForLongEnough) {
  fill_and_seal();
  EXPECT_THAT(found(), ElementsAre("2019-01 droppable 700", "2019-02 droppable 700",
                                   "2019-03 droppable 700"));
  EXPECT_THAT(found(1'200), IsEmpty());
  // By the calendar: as many months as there are between March 2019 and the one before this one.
  const int months = std::stoi(
      sql("SELECT ((date_part('year', now()) - 2019) * 12 + date_part('month', now()) - 3)::int"));
  EXPECT_EQ(found(months - 1).size(), 3U);
  EXPECT_EQ(found(months).size(), 2U);
}

TEST_F(Retain, DropsChangesAndKeepsTheRestOfTheLedger) {
  fill_and_seal();
  drop(old_months().front());
  EXPECT_EQ(sql("SELECT count(*) FROM pcx.change WHERE at < '2019-02-01'"), "0");
  EXPECT_EQ(
      sql("SELECT count(*) || ' ' || string_agg(DISTINCT src::text, '' ORDER BY src::text) FROM "
          "pcx.ledger WHERE at < '2019-02-01'"),
      "300 AM");
  EXPECT_EQ(sql("SELECT count(*) FROM pcx.change"), "1400");
  EXPECT_EQ(sql("SELECT count(*) FROM pcx.audit_pass"), "0");
  EXPECT_EQ(sql("SELECT sum(n_dead_tup) FROM pg_stat_user_tables WHERE schemaname = 'pcx' AND "
                "relname ~ '_201901$'"),
            "0");
  EXPECT_THAT(found(),
              ElementsAre("2019-01 empty 0", "2019-02 droppable 700", "2019-03 droppable 700"));
}

// As verification does it: what a tile has, and the ledger has not, is what the notes say.
TEST_F(Retain, NotesSayWhichLeavesWent) {
  fill_and_seal();
  drop_all();
  EXPECT_EQ(
      sql("SELECT string_agg(concat_ws(' ', details ->> 'month', details ->> 'epoch', details ->> "
          "'from_index', details ->> 'to_index', details ->> 'dropped', details ->> 'by', details "
          "->> 'reason'), ',' ORDER BY seq) FROM pcx.audit_meta WHERE kind = 'retain'"),
      "2019-01 1 0 998 700 ann@host yearly,2019-02 1 1000 1998 700 ann@host yearly,"
      "2019-03 1 2000 2998 700 ann@host yearly");
  EXPECT_EQ(sql(R"(
    WITH tree AS (SELECT t.number * 256 + i AS place, substr(t.hashes, i * 32 + 1, 32) AS leaf
                    FROM pcx.tile AS t, generate_series(0, octet_length(t.hashes) / 32 - 1) AS i)
    SELECT count(*) FROM pcx.audit_meta AS m, LATERAL (
           SELECT count(*) AS dropped,
                  encode(sha256(string_agg(t.leaf, ''::bytea ORDER BY t.place)), 'hex') AS digest
             FROM tree AS t
            WHERE t.place BETWEEN (m.details ->> 'from_index')::int
                              AND (m.details ->> 'to_index')::int
              AND NOT EXISTS (SELECT FROM pcx.ledger AS l WHERE l.leaf = t.leaf)) AS d
     WHERE m.kind = 'retain' AND m.details ->> 'digest' = d.digest
       AND (m.details ->> 'dropped')::int = d.dropped)"),
            "3");
}

TEST_F(Retain, NotesAreSigned) {
  fill_and_seal();
  drop(old_months().front());
  const std::string signed_text = sql("SELECT details ->> 'signature' FROM pcx.audit_meta");
  const auto opened = open_note(signed_text, {&key.verifier(), 1});
  ASSERT_TRUE(std::holds_alternative<Note>(opened));
  const auto note = parse_retain(std::get<Note>(opened).text);
  ASSERT_TRUE(note);
  EXPECT_EQ(note->origin, "o");
  EXPECT_EQ(note->month, "2019-01");
  EXPECT_EQ(note->from_index, 0);
  EXPECT_EQ(note->to_index, 998);
  EXPECT_EQ(note->dropped, 700);
  EXPECT_EQ(note->digest, sql("SELECT details ->> 'digest' FROM pcx.audit_meta"));
}

TEST(RetainNoteText, IsReadAsItWasWritten) {
  const RetainNote note{.origin = "o/1",
                        .month = "2019-02",
                        .from_index = 104,
                        .to_index = 198,
                        .dropped = 70,
                        .digest = std::string(64, 'a'),
                        .before = {1, 96, 97, 98, 100}};
  const std::string text = retain_text(note);
  EXPECT_THAT(text, ::testing::EndsWith("\n1\n96-98\n100\n"));
  EXPECT_EQ(parse_retain(text), note);
  for (const auto& [was, becomes] :
       std::vector<std::pair<std::string, std::string>>{{"pcx1-retain", "pcx1"},
                                                        {"\n104\n", "\n+104\n"},
                                                        {"\n104\n", "\n0104\n"},
                                                        {"96-98", "96-98-99"},
                                                        {"96-98", "98-96"},
                                                        {"96-98", "96\n97-98"},
                                                        {"96-98", "0-99999999999999"},
                                                        {"\n100\n", "\n100"},
                                                        {"\n100\n", "\n-100\n"}}) {
    std::string other = text;
    other.replace(other.find(was), was.size(), becomes);
    EXPECT_FALSE(parse_retain(other)) << other;
  }
}

TEST_F(Retain, OnlyTheSealersKeySigns) {
  db::Transaction tx = database().begin();
  require_sealer(tx, key.verifier());  // nothing is sealed
  tx.rollback();
  fill_and_seal();  // by nobody
  db::Transaction again = database().begin();
  EXPECT_EQ(testing::error_of([&] { require_sealer(again, key.verifier()); }).reason(),
            "other_key");
}

// Between two runs somebody may have put rows into it.
TEST_F(Retain, APartitionThatIsNotEmptyStays) {
  fill_and_seal();
  const auto months = old_months();
  drop(months.front());
  fill("2019-01-20 00:00+00", 4, 50'000);
  EXPECT_EQ(testing::error_of([&] { drop_empty_partition(tools(), months.front()); }).reason(),
            "changed");
  EXPECT_EQ(sql("SELECT count(*) FROM pcx.change_201901"), "3");
}

// A transaction at midnight writes in both months.
TEST_F(Retain, LeavesThatLieInAnotherMonthsRangeAreTold) {
  fill("2019-01-31 23:58:00+00", 100, 10'000);  // until 23:59:39, transactions 10000 to 10099
  fill("2019-02-01 00:00:00+00", 100, 10'095);  // five of them among the last of January
  seal();
  drop_all();
  EXPECT_EQ(
      sql("SELECT string_agg(concat_ws(' ', details ->> 'from_index', details ->> 'to_index', "
          "details ->> 'dropped', details ->> 'before'), ',' ORDER BY seq) FROM pcx.audit_meta "
          "WHERE kind = 'retain'"),
      "0 101 70,104 198 70 [96, 98, 100]");
}

TEST_F(Retain, KeepsWhatNoCheckpointHas) {
  fill_and_seal();
  fill("2019-02-20 00:00+00", 10, 40'000);
  EXPECT_THAT(found(), ElementsAre("2019-01 droppable 700", "2019-02 unsealed 707"));
}

TEST_F(Retain, KeepsWhatIsNotWhatWasSealed) {
  fill_and_seal();
  for (const char* attack : {
           "UPDATE pcx.change SET actor = 'bob' WHERE at < '2019-02-01' AND row_key = '0'",
           "DELETE FROM pcx.change WHERE at < '2019-02-01' AND row_key = '1'",
           "DELETE FROM pcx.change WHERE at < '2019-02-01'",
           "DELETE FROM pcx.ledger WHERE at < '2019-02-01' AND src = 'C'",
           "DELETE FROM pcx.ledger WHERE at < '2019-02-01' AND src = 'C' AND seq % 2 = 0",
           "UPDATE pcx.ledger SET leaf = sha256('') WHERE at < '2019-02-01' AND src = 'C'",
           "UPDATE pcx.tile SET hashes = overlay(hashes PLACING sha256('') FROM 1 FOR 32) WHERE "
           "number = 0",
           "DELETE FROM pcx.tile WHERE number = 1",
       }) {
    EXPECT_THAT(found_after(attack), ElementsAre("2019-01 altered")) << attack;
  }
}

TEST_F(Retain, KeepsWhatAHoldIsOn) {
  fill_and_seal();
  struct Case {
    HoldFilter filter;
    std::string first;  // month that is found first to be kept
  };
  const auto at = [](int day) {
    return Time{std::chrono::sys_days{std::chrono::year{2019} / 2 / day}};
  };
  const std::vector<Case> cases = {
      {{}, "2019-01"},
      {{.tenant = "t1"}, "2019-01"},
      {{.tenant = "t9"}, ""},
      {{.relation = "public.pets", .row = "4"}, "2019-01"},
      {{.relation = "public.people"}, ""},
      {{.actor = "ann", .since = at(1)}, "2019-02"},
      {{.actor = "bob"}, ""},
      {{.since = at(1), .until = at(10)}, ""},
      {{.since = at(10), .until = at(11)}, "2019-02"},
  };
  for (const Case& one : cases) {
    db::Transaction tx = database().begin();
    const auto id = place_hold(tx, one.filter, "case 12", "ann");
    std::string first;
    for (const Month& month : find_old_months(tx, 12)) {
      if (month.state != MonthState::held) continue;
      first = month.name;
      EXPECT_THAT(month.holds, ElementsAre(id));
    }
    EXPECT_EQ(first, one.first) << one.filter.described();
    release_hold(tx, id, "over", "bob");
    EXPECT_EQ(find_old_months(tx, 12).size(), 3U);
    tx.rollback();
  }
}

TEST_F(Retain, NoHoldSlipsInBetween) {
  fill_and_seal();
  const auto months = old_months();
  {
    db::Transaction tx = database().begin();
    place_hold(tx, {.tenant = "t1"}, "case 12", "ann");
    tx.commit();
  }
  EXPECT_EQ(testing::error_of([&] { drop(months.front()); }).reason(), "held");
  EXPECT_EQ(sql("SELECT count(*) FROM pcx.change"), "2100");
}

TEST_F(Retain, NotesTellOfHolds) {
  db::Transaction tx = database().begin();
  const auto id = place_hold(tx, {.tenant = "t1", .row = "5", .since = Time{}}, "case 12", "ann");
  release_hold(tx, id, "closed", "bob");
  EXPECT_EQ(testing::error_of([&] { release_hold(tx, id, "closed", "bob"); }).reason(),
            "no_such_hold");
  tx.commit();
  EXPECT_EQ(
      sql("SELECT string_agg(kind || details::text, ',' ORDER BY seq) FROM pcx.audit_meta"),
      R"(hold{"by": "ann", "id": 1, "row": "5", "since": "1970-01-01T00:00:00.000000Z", )"
      R"("reason": "case 12", "tenant": "t1"},release{"by": "bob", "id": 1, "reason": "closed"})");
  db::Transaction again = database().begin();
  EXPECT_THAT(read_holds(again, Which::standing), IsEmpty());
  const auto holds = read_holds(again, Which::all);
  ASSERT_EQ(holds.size(), 1U);
  EXPECT_EQ(holds.front().filter.described(),
            "tenant t1, row 5, since 1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(holds.front().released_by, "bob");
}

// Nobody else may truncate a month, and a pass for something else does not help.
TEST_F(Retain, NobodyElseTruncatesAMonth) {
  fill_and_seal();
  const auto error = testing::error_of([&] { sql("TRUNCATE pcx.change_201901"); });
  EXPECT_THAT(error.what(), HasSubstr("is part of the audit trail"));
  EXPECT_EQ(testing::error_of([&] {
              db::run_script(
                  database(),
                  "BEGIN; INSERT INTO pcx.audit_pass VALUES (pg_current_xact_id(), 'epoch');"
                  "TRUNCATE pcx.change_201901; COMMIT",
                  "test");
            }).sqlstate(),
            "23000");
}

TEST_F(Retain, IsDoneAgainWhenItWasStopped) {
  fill_and_seal();
  const auto months = old_months();
  struct Stop {};
  EXPECT_THROW(drop_month(tools(), months.front(), [](db::Transaction&) { throw Stop{}; }), Stop);
  EXPECT_EQ(sql("SELECT count(*) FROM pcx.change"), "2100");
  EXPECT_EQ(sql("SELECT count(*) FROM pcx.audit_meta"), "0");
  drop_all();
  EXPECT_EQ(sql("SELECT count(*) FROM pcx.change"), "0");
  for (const Month& month : old_months()) EXPECT_TRUE(drop_empty_partition(tools(), month));
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_EQ(sql("SELECT string_agg(details ->> 'object' || ' ' || (details ->> 'by'), ',' ORDER BY "
                "seq) FROM pcx.audit_meta WHERE kind = 'drop' AND details ? 'by'"),
            "pcx.change_201901 ann@host,pcx.change_201902 ann@host,pcx.change_201903 ann@host");
}

// Somebody reads the trail in a long transaction: it is waited for, and writers are not.
TEST_F(Retain, WaitsForReadersOfTheTrail) {
  fill_and_seal();
  db::Database other = open();
  db::Transaction reading = other.begin();
  reading.query({"test.read", "SELECT count(*) FROM pcx.change"});
  const auto months = old_months();
  std::atomic<bool> is_done = false;
  std::thread dropping{[&] {
    drop(months.front());
    is_done = true;
  }};
  db::Database writer = open();
  for (int i = 0; i < 20; ++i) {
    const auto began = std::chrono::steady_clock::now();
    sql(writer, "SELECT pcx.audit_note('test', '{}')");
    sql(writer,
        "INSERT INTO pcx.change VALUES (3, '1', nextval('pcx.audit_seq'), now(), 'a.b', 'I', NULL, "
        "NULL, 'a', NULL, NULL, 'a', 'a')");
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds{100});
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  EXPECT_FALSE(is_done);
  reading.commit();
  dropping.join();
  EXPECT_TRUE(is_done);
  // The partition itself waits for whoever writes, a moment only.
  db::Transaction writing = writer.begin();
  writing.query({"test.write", "SELECT pcx.audit_note('test', '{}')"});
  writing.query({"test.lock", "LOCK TABLE pcx.change IN ROW EXCLUSIVE MODE"});
  EXPECT_FALSE(drop_empty_partition(tools(), months.front()));
  writing.commit();
  EXPECT_TRUE(drop_empty_partition(tools(), months.front()));
}

}  // namespace
}  // namespace pcx::audit
