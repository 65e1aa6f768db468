#include "kpi/history.h"

#include <gmock/gmock.h>

#include "core/date.h"
#include "tests/kpi/kept_fixture.h"
#include "tests/support/errors.h"

namespace pcx::kpi {
namespace {

using std::chrono::days;
using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kMakeRole =
    "DO $$ BEGIN CREATE ROLE kpi_outsider LOGIN; "
    "EXCEPTION WHEN duplicate_object THEN NULL; END $$";

class KpiKept : public KeptFixture {
 protected:
  db::Database outsider() {
    sql(kMakeRole);
    return {db::parse_target(testing::Postgres::shared().url(name(), "kpi_outsider")), {}};
  }
  KeptValues read_as(db::Database& session) { return read(session, {"north", std::nullopt}); }
  static History history_of(db::Database& session) {
    db::Transaction tx = session.begin(db::Access::read_only);
    return read_history(tx, {});
  }
};

TEST_F(KpiKept, AnswersForWhatWasAskedOnly) {
  store(report({{"revenue", number("1")}}));
  store(report({{"revenue", number("2")}}, kDay - days{1}));
  db::Transaction tx = database().begin();
  const Definition& revenue = definition("revenue");
  const KeptValues values = read_kept(
      tx, {.tenants = {"north"}, .definitions = {&revenue}, .dates = {kDay, kDay - days{9}}});
  EXPECT_EQ(values.find("north", revenue, kDay)->value.digits, "1");
  EXPECT_EQ(values.find("north", revenue, kDay - days{1}), nullptr);
  EXPECT_EQ(values.find("north", revenue, kDay - days{9}), nullptr);
  EXPECT_EQ(values.find(std::nullopt, revenue, kDay), nullptr);
}

TEST_F(KpiKept, AsksNothingForNothing) {
  store(report({{"revenue", number("1")}}));
  db::Transaction tx = database().begin();
  const Definition& revenue = definition("revenue");
  EXPECT_TRUE(read_kept(tx, {.tenants = {}, .definitions = {&revenue}, .dates = {kDay}}).empty());
  EXPECT_TRUE(read_kept(tx, {.tenants = {"north"}, .definitions = {}, .dates = {kDay}}).empty());
  EXPECT_TRUE(
      read_kept(tx, {.tenants = {"north"}, .definitions = {&revenue}, .dates = {}}).empty());
}

TEST_F(KpiKept, IsNothingWithoutASchema) {
  for (const char* drop : {"DROP TABLE pcx.kpi_daily", "DROP SCHEMA pcx CASCADE"}) {
    sql(drop);
    EXPECT_TRUE(read_as(database()).empty());
    EXPECT_THAT(history().rows, IsEmpty());
  }
}

TEST_F(KpiKept, IsNothingForARoleWithoutRights) {
  store(report({{"revenue", number("1")}}));
  db::Database session = outsider();
  EXPECT_TRUE(read_as(session).empty());
  sql("GRANT USAGE ON SCHEMA pcx TO kpi_outsider");
  EXPECT_TRUE(read_as(session).empty());
  sql("GRANT SELECT ON pcx.kpi_daily TO kpi_outsider");
  EXPECT_FALSE(read_as(session).empty());
  EXPECT_EQ(history_of(session).rows.size(), 1u);
  sql("REVOKE USAGE ON SCHEMA pcx FROM kpi_outsider");
  EXPECT_TRUE(read_as(session).empty());
}

TEST_F(KpiKept, IsAbsentWithoutATableWhateverARoleMay) {
  db::Database session = outsider();
  const auto keeping = [&] {
    db::Transaction tx = session.begin(db::Access::read_only);
    return find_keeping(tx);
  };
  EXPECT_EQ(keeping(), Keeping::not_readable);
  sql("DROP TABLE pcx.kpi_daily");
  EXPECT_EQ(keeping(), Keeping::absent);
  EXPECT_THAT(history_of(session).rows, IsEmpty());
  sql("GRANT USAGE ON SCHEMA pcx TO kpi_outsider");
  EXPECT_EQ(keeping(), Keeping::absent);
  sql("DROP SCHEMA pcx CASCADE");
  EXPECT_EQ(keeping(), Keeping::absent);
}

// Of a report, whose search path is the application's.
TEST_F(KpiKept, IsNotMisledByTheSearchPath) {
  store(report({{"revenue", number("1")}}));
  sql("CREATE FUNCTION public.has_schema_privilege(regnamespace, text) RETURNS boolean "
      "LANGUAGE sql AS 'SELECT false'");
  sql("CREATE FUNCTION public.has_table_privilege(regclass, text) RETURNS boolean "
      "LANGUAGE sql AS 'SELECT false'");
  sql("CREATE FUNCTION public.no(text[], text[]) RETURNS boolean LANGUAGE sql AS 'SELECT false'");
  sql("CREATE OPERATOR public.= (LEFTARG = text[], RIGHTARG = text[], FUNCTION = public.no)");
  db::Transaction tx = database().begin();
  tx.query({"test.path", "SET LOCAL search_path = public"});
  EXPECT_EQ(find_keeping(tx), Keeping::readable);
  EXPECT_EQ(read_numbers(tx, {.kpis = {}, .from = kDay, .to = kDay}).size(), 1u);
}

TEST_F(KpiKept, HasAHistoryThatSaysWhichRightsItNeeds) {
  db::Database session = outsider();
  const Error error = error_of([&] { history_of(session); });
  EXPECT_EQ(error.code(), ErrorCode::permission);
  EXPECT_EQ(error.reason(), "rights");
  EXPECT_THAT(error.hint(), HasSubstr("GRANT SELECT ON pcx.kpi_daily TO \"kpi_outsider\";"));
}

class KpiHistory : public KeptFixture {
 protected:
  void SetUp() override {
    KeptFixture::SetUp();
    store(report({{"revenue", number("1")}, {"appointments", number("2")}}));
    store(report({{"revenue", number("3")}, {"appointments", number("2")}}));
    store(report({{"revenue", number("4")}}, kDay, std::nullopt));
    store(report({{"revenue", number("5")}}, kDay - days{1}));
  }
  // "2026-03-08 north revenue 1=3*": revision, value, whether it is the newest.
  static std::vector<std::string> lines(const History& history) {
    std::vector<std::string> all;
    for (const KeptValue& row : history.rows) {
      all.push_back(to_iso_date(row.day.date) + " " + row.tenant.value_or("-") + " " + row.kpi +
                    " " + std::to_string(row.revision) + "=" + row.value.digits +
                    (row.is_newest ? "*" : ""));
    }
    return all;
  }
};

TEST_F(KpiHistory, BeginsWithTheNewestDay) {
  EXPECT_THAT(lines(history()),
              ElementsAre("2026-03-08 - revenue 0=4*", "2026-03-08 north appointments 0=2*",
                          "2026-03-08 north revenue 0=1", "2026-03-08 north revenue 1=3*",
                          "2026-03-07 north revenue 0=5*"));
}

TEST_F(KpiHistory, IsFiltered) {
  EXPECT_THAT(lines(history({.kpis = {"appointments"}})),
              ElementsAre("2026-03-08 north appointments 0=2*"));
  EXPECT_EQ(lines(history({.kpis = {"appointments", "revenue", "nobody"}})), lines(history()));
  EXPECT_THAT(lines(history({.kpis = {"nobody"}})), IsEmpty());
  EXPECT_THAT(lines(history({.tenant = ""})), ElementsAre("2026-03-08 - revenue 0=4*"));
  EXPECT_THAT(lines(history({.tenant = "south"})), IsEmpty());
  EXPECT_THAT(lines(history({.to = kDay - days{1}})), ElementsAre("2026-03-07 north revenue 0=5*"));
  EXPECT_EQ(history({.from = kDay}).rows.size(), 4u);
  EXPECT_EQ(history({.from = kDay - days{1}, .to = kDay}).rows.size(), 5u);
}

TEST_F(KpiHistory, ShowsWhatWasRestatedWithWhatWasFirst) {
  EXPECT_THAT(lines(history({.only_restated = true})),
              ElementsAre("2026-03-08 north revenue 0=1", "2026-03-08 north revenue 1=3*"));
}

TEST_F(KpiHistory, SaysThatThereIsMore) {
  const History some = history({}, 4);
  EXPECT_EQ(some.rows.size(), 4u);
  EXPECT_TRUE(some.has_more);
  EXPECT_FALSE(history({}, 5).has_more);
}

TEST_F(KpiHistory, RefusesARowThatPcxDidNotWrite) {
  sql("UPDATE pcx.kpi_daily SET parts = '{\"a\": 1}'");
  EXPECT_EQ(error_of([&] { history(); }).code(), ErrorCode::data);
}

class KpiNumbers : public KpiHistory {
 protected:
  // "north revenue=3 2026-03-08"
  std::vector<std::string> numbers(const std::vector<std::string>& kpis = {},
                                   Date from = kDay - days{1}, Date to = kDay) {
    db::Transaction tx = database().begin(db::Access::read_only);
    std::vector<std::string> all;
    for (const KeptNumber& each : read_numbers(tx, {kpis, from, to})) {
      EXPECT_EQ(each.to - each.from, days{1});
      EXPECT_EQ(each.definition_hash, each.kpi + "-1");
      all.push_back(each.tenant.value_or("-") + " " + each.kpi + "=" + each.digits + " " +
                    to_rfc3339(each.from).substr(0, 10));
    }
    return all;
  }
};

TEST_F(KpiNumbers, AreTheNewestOfEachDay) {
  EXPECT_THAT(numbers(), ElementsAre("north appointments=2 2026-03-08", "- revenue=4 2026-03-08",
                                     "north revenue=5 2026-03-07", "north revenue=3 2026-03-08"));
}

TEST_F(KpiNumbers, AreOfTheNamedKpisAndDays) {
  EXPECT_THAT(numbers({"appointments"}), ElementsAre("north appointments=2 2026-03-08"));
  EXPECT_EQ(numbers({"revenue", "nobody", "appointments"}), numbers());
  EXPECT_THAT(numbers({"nobody"}), IsEmpty());
  EXPECT_THAT(numbers({}, kDay - days{2}, kDay - days{1}),
              ElementsAre("north revenue=5 2026-03-07"));
  EXPECT_EQ(numbers({}, kDay, kDay).size(), 3u);
}

TEST_F(KpiNumbers, AreNotWhatTurnedOutToBeNone) {
  store(report({{"revenue", no_data()}}));
  EXPECT_THAT(numbers({"revenue"}, kDay, kDay), ElementsAre("- revenue=4 2026-03-08"));
}

// What another definition found has revisions of its own.
TEST_F(KpiNumbers, AreOfEachDefinition) {
  sql("INSERT INTO pcx.kpi_daily SELECT tenant, kpi, day, 'revenue-0', 9, 99, state, reason, "
      "sample, "
      "time_zone, day_from, day_to, parts, computed_at, run_id, pcx_version FROM pcx.kpi_daily "
      "WHERE revision = 1");
  db::Transaction tx = database().begin(db::Access::read_only);
  std::vector<std::string> found;
  for (const KeptNumber& each : read_numbers(tx, {{"revenue"}, kDay, kDay})) {
    found.push_back(each.definition_hash + "=" + each.digits);
  }
  EXPECT_THAT(found, ElementsAre("revenue-1=4", "revenue-0=99", "revenue-1=3"));
}

TEST_F(KpiNumbers, AreReadToTheLastOrNotAtAll) {
  db::Transaction tx = database().begin(db::Access::read_only);
  EXPECT_EQ(read_numbers(tx, {{}, kDay, kDay}, 3).size(), 3u);
  const Error error = error_of([&] { read_numbers(tx, {{}, kDay, kDay}, 2); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_THAT(error.what(), HasSubstr("more than 2 recorded values"));
}

TEST_F(KpiNumbers, HaveTheirParts) {
  sql("UPDATE pcx.kpi_daily SET parts = '{\"bb\": \"1\", \"c\": \"2\"}' WHERE revision = 1");
  db::Transaction tx = database().begin(db::Access::read_only);
  const auto found = read_numbers(tx, {{"revenue"}, kDay, kDay});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_THAT(found[0].parts, IsEmpty());
  ASSERT_EQ(found[1].parts.size(), 2u);
  EXPECT_EQ(found[1].parts[0].label + found[1].parts[1].digits, "bb2");
}

TEST_F(KpiNumbers, AreNoneWithoutATableAndRefusedWithoutRights) {
  sql(kMakeRole);
  db::Database session{db::parse_target(testing::Postgres::shared().url(name(), "kpi_outsider")),
                       {}};
  const auto ask = [](db::Database& of) {
    db::Transaction tx = of.begin(db::Access::read_only);
    return read_numbers(tx, {{}, kDay, kDay}).size();
  };
  EXPECT_EQ(error_of([&] { ask(session); }).reason(), "rights");
  sql("GRANT USAGE ON SCHEMA pcx TO kpi_outsider");
  EXPECT_EQ(error_of([&] { ask(session); }).reason(), "rights");
  sql("DROP TABLE pcx.kpi_daily");
  EXPECT_EQ(ask(session), 0u);
  EXPECT_EQ(ask(database()), 0u);
}

}  // namespace
}  // namespace pcx::kpi
