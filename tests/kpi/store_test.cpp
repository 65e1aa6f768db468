#include "kpi/store.h"

#include <atomic>
#include <thread>

#include <gmock/gmock.h>

#include "tests/kpi/kept_fixture.h"
#include "tests/kpi/sample_report.h"
#include "tests/support/errors.h"

namespace pcx::kpi {
namespace {

using std::chrono::hours;
using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class KpiStore : public KeptFixture {
 protected:
  // The second of two looks at the same day.
  Stored look_again(const std::string& name, const Value& first, const Value& second) {
    store(report({{name, first}}));
    return store(report({{name, second}}));
  }
};

TEST_F(KpiStore, KeepsWhatIsFoundFirst) {
  const Stored stored = store(report({{"appointments", number("23")}, {"revenue", no_data()}}));
  EXPECT_EQ(stored.first, 2);
  EXPECT_EQ(stored.restated + stored.unchanged + stored.failed, 0);
  EXPECT_THAT(stored.restatements, IsEmpty());
  EXPECT_EQ(kept("appointments"), "23");
  EXPECT_EQ(kept("revenue"), "no_data");
}

TEST_F(KpiStore, KeepsEverythingThatIsKnownOfAValue) {
  Report made = report({{"appointments", {State::known, "23.50", "", 18}}});
  made.days[0].results[0].parts = {{"a \"b\"\n", "20"}, {"completed", "2.50"}, {"zz", "1"}};
  store(made);
  const KeptValue row = history().rows.at(0);
  EXPECT_EQ(row.tenant, "north");
  EXPECT_EQ(row.kpi, "appointments");
  EXPECT_EQ(row.definition_hash, "appointments-1");
  EXPECT_EQ(row.revision, 0);
  EXPECT_TRUE(row.is_newest);
  EXPECT_EQ(row.day, made.days[0].day);
  EXPECT_EQ(row.time_zone, "UTC");
  EXPECT_EQ(row.value, (Value{State::known, "23.50", "", 18}));
  ASSERT_EQ(row.parts.size(), 3u);
  EXPECT_EQ(row.parts[0].label, "a \"b\"\n");
  EXPECT_EQ(row.parts[1].label, "completed");
  EXPECT_EQ(row.parts[1].digits, "2.50");
  EXPECT_EQ(row.computed_at, kNow);
  EXPECT_EQ(row.run_id, "run-1");
  EXPECT_EQ(row.pcx_version, "1.2.3");
}

TEST_F(KpiStore, WritesNothingForWhatIsEqual) {
  const Stored again = look_again("revenue", number("12.50"), number("12.5"));
  EXPECT_EQ(again.unchanged, 1);
  EXPECT_EQ(again.first + again.restated, 0);
  EXPECT_THAT(revisions(), ElementsAre("0 known 12.50"));
  EXPECT_EQ(look_again("appointments", no_data(), no_data()).unchanged, 1);
}

struct Looks {
  const char* name;
  Value first, second;
  std::vector<std::string> revisions;
};

class KpiLooks : public KeptFixture, public ::testing::WithParamInterface<Looks> {};

TEST_P(KpiLooks, AreRestatedWhenTheLaterOneKnowsBetter) {
  const Looks& looks = GetParam();
  store(report({{looks.name, looks.first}}));
  const Stored second = store(report({{looks.name, looks.second}}));
  EXPECT_EQ(revisions(), looks.revisions);
  EXPECT_EQ(second.restated, static_cast<std::int64_t>(looks.revisions.size()) - 1);
  ASSERT_EQ(second.restatements.size(), looks.revisions.size() - 1);
  if (second.restatements.empty()) return;
  EXPECT_EQ(second.restatements[0].before, looks.first);
  EXPECT_EQ(second.restatements[0].after, looks.second);
  EXPECT_EQ(second.restatements[0].definition->name, looks.name);
  EXPECT_EQ(second.restatements[0].revision, 1);
}

INSTANTIATE_TEST_SUITE_P(
    Of, KpiLooks,
    ::testing::Values(
        Looks{"revenue", number("12.50"), number("11"), {"0 known 12.50", "1 known 11"}},
        Looks{"revenue", number("0"), no_data(), {"0 known 0", "1 no_data"}},
        Looks{"revenue", no_data(), number("0"), {"0 no_data", "1 known 0"}},
        Looks{"revenue",
              {State::known, "5", "", 2},
              {State::known, "5", "", 3},
              {"0 known 5", "1 known 5"}},
        Looks{"revenue", number("5"), {State::known, "5", "", 3}, {"0 known 5", "1 known 5"}},
        Looks{"revenue", no_data(), {State::no_data, "", "in other words", {}}, {"0 no_data"}},
        Looks{"revenue", number("5"), failed(), {"0 known 5"}},
        Looks{"low_stock", number("11"), number("9"), {"0 known 11"}},
        Looks{"low_stock", no_data(), number("9"), {"0 no_data"}},
        Looks{"low_stock", number("11"), not_kept(), {"0 known 11"}},
        Looks{"low_stock", not_kept(), not_kept(), {"0 not_kept"}},
        Looks{"low_stock", not_kept(), number("9"), {"0 not_kept", "1 known 9"}}));

TEST_F(KpiStore, RestatesAgainAndAgain) {
  for (const char* digits : {"1", "2", "2", "1"}) store(report({{"revenue", number(digits)}}));
  EXPECT_THAT(revisions(), ElementsAre("0 known 1", "1 known 2", "2 known 1"));
  EXPECT_EQ(kept("revenue"), "1");
}

TEST_F(KpiStore, RestatesWhatAValueIsMadeOf) {
  Report made = report({{"appointments", number("3")}});
  made.days[0].results[0].parts = {{"completed", "2"}, {"no_show", "1"}};
  store(made);
  EXPECT_EQ(store(made).unchanged, 1);
  made.days[0].results[0].parts = {{"completed", "1"}, {"no_show", "2"}};
  const Stored stored = store(made);
  ASSERT_EQ(stored.restatements.size(), 1u);
  EXPECT_TRUE(stored.restatements[0].parts_differ);
  EXPECT_FALSE(stored.restatements[0].bounds_differ);
  EXPECT_EQ(stored.restatements[0].before, stored.restatements[0].after);
  made.days[0].results[0].parts.clear();
  EXPECT_EQ(store(made).restated, 1);
}

TEST_F(KpiStore, RestatesADayWithOtherBoundsAlsoOfAState) {
  Report made = report({{"appointments", number("3")}, {"low_stock", number("11")}});
  store(made);
  made.tenants[0].time_zone = "Etc/UTC";
  EXPECT_EQ(store(made).unchanged, 2);

  made.tenants[0].time_zone = "Europe/Berlin";
  made.days[0].day.from -= hours{1};
  made.days[0].day.to -= hours{1};
  made.days[0].until = made.days[0].day.to;
  const Stored stored = store(made);
  EXPECT_EQ(stored.restated, 2);
  EXPECT_TRUE(stored.restatements.at(1).bounds_differ);
  const KeptValues values = read(database(), {"north"});
  EXPECT_EQ(values.find("north", definition("low_stock"), kDay)->day, made.days[0].day);
  EXPECT_EQ(values.find("north", definition("low_stock"), kDay)->time_zone, "Europe/Berlin");
}

TEST_F(KpiStore, LeavesAStateOfOtherBoundsWhenItIsTooLate) {
  store(report({{"low_stock", number("11")}}));
  Report late = report({{"low_stock", not_kept()}});
  late.days[0].day.from -= hours{1};
  EXPECT_EQ(store(late).unchanged, 1);
  EXPECT_EQ(kept("low_stock"), "11");
}

TEST_F(KpiStore, DoesNotKeepWhatFailed) {
  const Stored stored = store(report({{"appointments", failed()}, {"revenue", number("1")}}));
  EXPECT_EQ(stored.failed, 1);
  EXPECT_EQ(stored.first, 1);
  EXPECT_EQ(kept("appointments"), "-");
  EXPECT_EQ(store(report({{"appointments", number("4")}})).first, 1);
}

TEST_F(KpiStore, BeginsAnotherSeriesWithAnotherDefinition) {
  store(report({{"revenue", number("5")}}));
  changing("revenue").hash = "revenue-2";
  EXPECT_EQ(kept("revenue"), "-");
  EXPECT_EQ(store(report({{"revenue", number("7")}})).first, 1);
  EXPECT_THAT(revisions(), ElementsAre("0 known 5", "0 known 7"));
  EXPECT_EQ(kept("revenue"), "7");
}

TEST_F(KpiStore, TellsTenantsAndRowsOfNoneApart) {
  store(report({{"revenue", number("1")}}, kDay, "north"));
  store(report({{"revenue", number("2")}}, kDay, "south"));
  store(report({{"revenue", number("3")}}, kDay, std::nullopt));
  EXPECT_EQ(kept("revenue", "north"), "1");
  EXPECT_EQ(kept("revenue", "south"), "2");
  EXPECT_EQ(kept("revenue", std::nullopt), "3");
  EXPECT_EQ(kept("revenue", ""), "-");
}

TEST_F(KpiStore, RefusesATenantThatWouldBeTakenForNone) {
  const Report made = report({{"revenue", number("1")}}, kDay, "");
  const Error error = error_of([&] { store(made); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_EQ(error.reason(), "empty_tenant");
}

TEST_F(KpiStore, RefusesADayThatIsNotOver) {
  Report partial = report({{"revenue", number("1")}});
  partial.days[0].until -= hours{1};
  Report future = report({{"revenue", number("1")}}, kDay + std::chrono::days{2});
  for (const Report* made : {&partial, &future}) {
    const Error error = error_of([&] { store(*made); });
    EXPECT_EQ(error.code(), ErrorCode::usage);
    EXPECT_EQ(error.reason(), "day_not_over");
    EXPECT_THAT(error.what(), HasSubstr("is not over for tenant \"north\""));
  }
  EXPECT_THAT(revisions(), IsEmpty());
}

TEST_F(KpiStore, StoresAReportWithEverythingInIt) {
  const Stored stored = store(sample_report());
  EXPECT_EQ(stored.first, 16);
  EXPECT_EQ(stored.failed, 2);
  EXPECT_EQ(store(sample_report()).unchanged, 16);
  EXPECT_EQ(store(Report{.catalog = sample_report().catalog, .tenants = {}, .days = {}}).first, 0);
}

// Neither of two sessions holds the lock for the whole of its run.
TEST_F(KpiStore, LosesNothingOfTwoSessionsAtOnce) {
  const Report first = report({{"revenue", number("1")}, {"appointments", number("9")}});
  const Report second = report({{"revenue", number("2")}, {"appointments", number("9")}});
  db::Transaction tx = database().begin();
  store_days(tx, first, recording());
  db::Database rival = open();
  const int rival_pid = rival.backend_pid();
  Stored stored;
  std::atomic<bool> is_done = false;
  std::thread later{[&] {
    stored = store(rival, second);
    is_done = true;
  }};
  db::Database watcher = open();
  const std::string waits =
      "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = " + std::to_string(rival_pid);
  while (sql(watcher, waits) != "1" && !is_done) std::this_thread::yield();
  EXPECT_FALSE(is_done);
  tx.commit();
  later.join();
  EXPECT_EQ(stored.restated, 1);
  EXPECT_EQ(stored.unchanged, 1);
  EXPECT_THAT(revisions({.kpis = {"revenue"}}), ElementsAre("0 known 1", "1 known 2"));
}

// The caller's lock is of the session, this one of the transaction: both have one key.
TEST_F(KpiStore, DoesNotWaitForItsOwnCaller) {
  sql("SELECT pg_advisory_lock(" + std::to_string(kKpiLock.number) + ")");
  EXPECT_EQ(store(report({{"revenue", number("1")}})).first, 1);
}

TEST_F(KpiStore, LeavesNoHalfDayWhenItsSessionEnds) {
  const Report made = report({{"revenue", number("1")}, {"appointments", number("9")}});
  {
    db::Database struck = open();
    db::Transaction tx = struck.begin();
    EXPECT_EQ(store_days(tx, made, recording()).first, 2);
    sql("SELECT pg_terminate_backend(" + std::to_string(struck.backend_pid()) + ")");
    EXPECT_THROW(tx.commit(), Error);
  }
  EXPECT_THAT(revisions(), IsEmpty());
  EXPECT_EQ(store(made).first, 2);
}

TEST_F(KpiStore, BelongsToPcxAlone) {
  EXPECT_EQ(sql("SELECT tableowner FROM pg_tables WHERE tablename = 'kpi_daily'"), "pcx_owner");
  EXPECT_EQ(sql("SELECT count(*) FROM pg_class AS c, aclexplode(c.relacl) AS a "
                "WHERE c.relname = 'kpi_daily' AND a.grantee <> c.relowner"),
            "0");
}

}  // namespace
}  // namespace pcx::kpi
