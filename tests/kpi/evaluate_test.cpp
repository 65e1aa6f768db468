#include "kpi/evaluate.h"

#include <gmock/gmock.h>

#include "tests/kpi/report_fixture.h"

namespace pcx::kpi {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using ::testing::HasSubstr;

// Good ones, and of each sort of bad ones one.
constexpr std::string_view kDefinitions = R"(
sources:
  visits:
    help: appointments of the day
    rows: day
    tables: [appointments]
    sql: |
      SELECT w.n, a."tenantId" AS tenant, a.status
      FROM windows w JOIN appointments a ON a."startTime" >= w.lo AND a."startTime" < w.hi
  absent:
    help: of a table that is not there
    rows: day
    tables: [absent_table]
    sql: SELECT w.n, a.tenant, 1 AS one FROM windows w, absent_table a
  slow:
    help: that sleeps
    rows: day
    tables: [appointments]
    sql: SELECT w.n, NULL::text AS tenant, pg_sleep(600) AS nap FROM windows w
  people:
    help: clients now
    rows: state
    tables: [clients]
    sql: SELECT "tenantId" AS tenant FROM clients
kpis:
  visits:
    title: Visits
    kind: count
    unit: visit
    better: more
    from: visits
    value: count(*)
    by: status
    help: visits
  broken:
    title: Broken
    kind: count
    unit: visit
    better: more
    from: visits
    value: count(*) / (count(*) - count(*))
    help: divides by zero
  share:
    title: Share
    kind: ratio
    better: more
    from: visits
    value: count(*) FILTER (WHERE status = 'b')::numeric / nullif(count(*), 0)
    help: share of b
  absent:
    title: Absent
    kind: count
    unit: row
    better: more
    from: absent
    value: count(*)
    help: of a table that is not there
  absent_amount:
    title: Absent amount
    kind: money
    better: more
    from: absent
    value: sum(one)
    help: of the same
  slow:
    title: Slow
    kind: count
    unit: row
    better: more
    from: slow
    value: count(nap)
    help: sleeps
  slow_twice:
    title: Slow twice
    kind: count
    unit: row
    better: more
    from: slow
    value: count(nap) * 2
    help: sleeps
  people:
    title: People
    kind: count
    unit: person
    better: more
    from: people
    value: count(*)
    help: clients
)";

class EvaluateTest : public ReportFixture {
 protected:
  void SetUp() override {
    ReportFixture::SetUp();
    catalog = catalog_of(kDefinitions);
    run(R"(SET session_replication_role = replica;
           INSERT INTO clients (id, "firstName", "lastName", email, phone, address, city, state,
                                "zipCode", "updatedAt")
           VALUES ('c', '', '', '', '', '', '', '', '', now());
           INSERT INTO appointments (id, "patientId", "clientId", "appointmentType", "startTime",
                                     "endTime", status, reason, "veterinarianId", "updatedAt")
           SELECT n::text, '', 'c', '', timestamp '2026-03-08' + n * interval '10 hours', now(),
                  CASE WHEN n = 3 THEN 'b' ELSE 'a' END, '', '', now()
           FROM generate_series(0, 3) n)");
  }

  // Two days in UTC: at 0, 10, 20 o'clock and at 6.
  static Span span() {
    Span span{.windows = {}, .is_partial = false, .now = instant("2026-03-10T10:00:00Z")};
    for (const char* const text : {"2026-03-08", "2026-03-09"}) {
      const Date day = date(text);
      span.windows.push_back(
          {{day, Time{day}, Time{day} + hours{24}}, Time{day} + hours{24}, true});
    }
    return span;
  }
  Answers evaluate_these(Snapshot& snapshot, const std::vector<std::string>& names) {
    const Scope scope{.tenants = {}, .has_rest = true, .others = {}};
    return evaluate(snapshot, *catalog, select_definitions(*catalog, names, true), span(), scope);
  }
  Answers evaluate_these(const std::vector<std::string>& names, const Limits& limits = {}) {
    Snapshot snapshot{database(), limits, clock};
    return evaluate_these(snapshot, names);
  }
  Value value(const Answers& answers, std::string_view kpi, std::optional<int> n = 1) const {
    const auto number = static_cast<std::size_t>(catalog->find(kpi) - catalog->definitions.data());
    return answers.find(number, n, std::nullopt).value;
  }
};

TEST_F(EvaluateTest, AnswersWindowsAndStates) {
  const Answers answers = evaluate_these({"visits", "share", "people"});
  EXPECT_EQ(shown(value(answers, "visits", 1)), "3");
  EXPECT_EQ(shown(value(answers, "visits", 2)), "1");
  EXPECT_EQ(shown(value(answers, "share", 1)), "0.0000");
  EXPECT_EQ(shown(value(answers, "share", 2)), "1.0000");
  EXPECT_EQ(shown(value(answers, "people", std::nullopt)), "1");
  EXPECT_EQ(shown(answers.find(0, 1, std::nullopt).parts), "a 3");
}

TEST_F(EvaluateTest, AsksNothingForAnEmptySelection) {
  Snapshot snapshot{database(), {}, clock};
  const Answers answers = evaluate(snapshot, *catalog, {}, span(), {});
  EXPECT_TRUE(answers.tenants().empty());
}

TEST_F(EvaluateTest, DeliversTheOthersOfASourceWhenOneFails) {
  const Answers answers = evaluate_these({"visits", "broken", "share", "people"});
  EXPECT_EQ(shown(value(answers, "visits")), "3");
  EXPECT_EQ(shown(answers.find(0, 1, std::nullopt).parts), "a 3");
  EXPECT_EQ(shown(value(answers, "share")), "0.0000");
  EXPECT_EQ(shown(value(answers, "people", std::nullopt)), "1");
  EXPECT_EQ(value(answers, "broken").state, State::failed);
  EXPECT_EQ(value(answers, "broken").reason, "division by zero");
}

TEST_F(EvaluateTest, DeliversOtherSourcesWhenATableIsNotThere) {
  const Answers answers = evaluate_these({"visits", "absent", "absent_amount", "people"});
  EXPECT_EQ(shown(value(answers, "visits")), "3");
  EXPECT_EQ(shown(value(answers, "people", std::nullopt)), "1");
  for (const char* const kpi : {"absent", "absent_amount"}) {
    EXPECT_EQ(value(answers, kpi).state, State::failed);
    EXPECT_THAT(value(answers, kpi).reason, HasSubstr("relation \"absent_table\" does not exist"));
  }
}

TEST_F(EvaluateTest, CancelsWhatSleepsAndDeliversTheOthers) {
  const Answers answers = evaluate_these({"visits", "broken", "slow", "slow_twice", "people"},
                                         {.statement = milliseconds{300}});
  EXPECT_EQ(shown(value(answers, "visits")), "3");
  EXPECT_EQ(shown(value(answers, "people", std::nullopt)), "1");
  EXPECT_EQ(shown(value(answers, "broken")), "failed");
  for (const char* const kpi : {"slow", "slow_twice"}) {
    EXPECT_EQ(value(answers, kpi).state, State::failed);
    EXPECT_THAT(value(answers, kpi).reason, HasSubstr("statement timeout"));
  }
}

// The time of all of them is that of a statement, too, when less of it is left. The clock of the
// test stands still: each of the three statements may take half of it.
TEST_F(EvaluateTest, CancelsWhatIsLongerThanTheTimeOfAll) {
  const Answers answers = evaluate_these(
      {"visits", "slow"},
      {.statement = milliseconds{600'000}, .deadline = clock.steady_now() + milliseconds{600}});
  EXPECT_EQ(shown(value(answers, "visits")), "3");
  EXPECT_THAT(value(answers, "slow").reason, HasSubstr("statement timeout"));
}

// Whoever is asked for next, too: another time zone would wait as long.
TEST_F(EvaluateTest, WaitsOnceForWhatIsSlow) {
  Snapshot snapshot{database(), {.statement = milliseconds{300}}, clock};
  EXPECT_THAT(value(evaluate_these(snapshot, {"visits", "slow"}), "slow").reason,
              HasSubstr("statement timeout"));
  const Answers again = evaluate_these(snapshot, {"visits", "slow"});
  EXPECT_EQ(shown(value(again, "visits")), "3");
  EXPECT_EQ(value(again, "slow").reason, "it took too long before, and was not asked again");
}

TEST_F(EvaluateTest, AsksNothingWhenTheTimeOfAllIsOver) {
  Snapshot snapshot{database(), {.deadline = clock.steady_now() + milliseconds{1'000}}, clock};
  clock.advance(milliseconds{1'000});
  const Answers answers = evaluate_these(snapshot, {"visits", "people"});
  for (const char* const kpi : {"visits", "people"}) {
    EXPECT_EQ(shown(value(answers, kpi)), "failed");
    EXPECT_EQ(value(answers, kpi).reason, "the time for all of them was over");
  }
}

// One look for all: what is committed between two attempts is in none of them.
TEST_F(EvaluateTest, SeesOneSnapshotAlsoWhenItAsksAgain) {
  Snapshot snapshot{database(), {}, clock};
  EXPECT_EQ(shown(value(evaluate_these(snapshot, {"visits"}), "visits")), "3");
  db::Database other = open();
  sql(other, "DELETE FROM public.appointments");
  const Answers answers = evaluate_these(snapshot, {"visits", "broken"});
  EXPECT_EQ(shown(value(answers, "visits")), "3");
  EXPECT_EQ(shown(value(answers, "broken")), "failed");
}

// A stop is no fault of a definition.
TEST_F(EvaluateTest, EndsWithALostConnection) {
  Snapshot snapshot{database(), {}, clock};
  const std::string pid = std::to_string(database().backend_pid());
  db::Database other = open();
  EXPECT_EQ(sql(other, "SELECT pg_terminate_backend(" + pid + ", 60000)"), "t");
  EXPECT_THROW(evaluate_these(snapshot, {"visits", "people"}), Error);
}

// What is asked besides has its own time: a report is not lost in its last millisecond.
TEST_F(EvaluateTest, LimitsNothingButItsOwnStatements) {
  Snapshot snapshot{
      database(),
      {.statement = milliseconds{60'000}, .deadline = clock.steady_now() + milliseconds{62'000}},
      clock};
  clock.advance(milliseconds{60'000});
  const auto limit = [&] {
    return snapshot.tx()
        .query(db::Statement{"test", "SELECT current_setting('statement_timeout')"})
        .one()[0]
        .as<std::string>();
  };
  std::string during;
  EXPECT_EQ(snapshot.attempt([&] { during = limit(); }), std::nullopt);
  EXPECT_EQ(during, "1s");
  EXPECT_EQ(limit(), "1min");
  EXPECT_NE(snapshot.attempt([&] {
    snapshot.tx().query(db::Statement{"test", "SELECT 1/0"});
  }),
            std::nullopt);
  EXPECT_EQ(limit(), "1min");
}

}  // namespace
}  // namespace pcx::kpi
