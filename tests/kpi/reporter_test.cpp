#include "kpi/reporter.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "core/date.h"
#include "tests/kpi/report_fixture.h"
#include "tests/support/errors.h"

namespace pcx::kpi {
namespace {

using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// One practice without tenants.
class ReporterTest : public ReportFixture {
 protected:
  void SetUp() override {
    ReportFixture::SetUp();
    run("DELETE FROM tenants");
  }

  void add_appointment(const std::string& at, const std::string& status = "completed",
                       const std::string& id = "") {
    run(fmt::format(
        "SET LOCAL session_replication_role = replica;"
        R"(INSERT INTO appointments (id, "patientId", "clientId", "appointmentType", "startTime",
                                     "endTime", status, reason, "veterinarianId", "updatedAt")
           VALUES (coalesce(nullif('{}', ''), gen_random_uuid()::text), '', 'c1', '', '{}', now(),
                   '{}', '', '', now()))",
        id, at, status));
  }
  void set_status(const std::string& appointment, const std::string& status,
                  const std::string& at) {
    run(fmt::format(
        R"(INSERT INTO audit_logs (id, "userId", action, resource, "resourceId", changes,
                                   "timestamp")
           VALUES (gen_random_uuid(), 'u', 'Appointment.update', 'Appointment', '{}',
                   '{{"status": "{}"}}', '{}'))",
        appointment, status, at));
  }
  void add_client(const std::string& id) {
    run(fmt::format(
        R"(INSERT INTO clients (id, "firstName", "lastName", email, phone, address, city, state,
                                "zipCode", "updatedAt")
           VALUES ('{0}', '', '', '{0}', '', '', '', '', '', now()))",
        id));
  }
  // Of the practice, as `pcx kpi record` keeps it.
  void keep(const std::string& kpi, const std::string& day, const std::string& value,
            const std::string& zone_hours = "0") {
    sql(fmt::format(
        "INSERT INTO pcx.kpi_daily (kpi, day, definition_hash, revision, value, state, time_zone, "
        "day_from, day_to, parts, computed_at, run_id, pcx_version) VALUES ('{0}', '{1}', '{2}', "
        "0, "
        "{3}, 'known', 'UTC', timestamptz '{1} 00:00Z' + interval '{4} hours', "
        "timestamptz '{1} 00:00Z' + interval '1 day {4} hours', '{{\"kept\": \"{3}\"}}', now(), "
        "'r', "
        "'1')",
        kpi, day, catalog->find(kpi)->hash, value, zone_hours));
  }

  ReportRequest request(std::string_view day, std::string_view now,
                        const std::vector<std::string>& names, bool has_comparisons = false) const {
    ReportRequest made = request_of(date(day), now);
    made.selection = select_definitions(*catalog, names, false);
    made.has_comparisons = has_comparisons;
    return made;
  }
  ReportRequest today(std::string_view now, const std::vector<std::string>& names) const {
    ReportRequest made = request("2026-01-01", now, names, true);
    made.days.which = DaysAsked::Which::today;
    return made;
  }
  // The only day's only KPI.
  static const Result& result_of(const Report& report) { return report.days.at(0).results.at(0); }
  std::string value_of(const ReportRequest& request) {
    return shown(result_of(read(request)).value);
  }
  // "previous_day 2026-03-17 1", and so on.
  std::vector<std::string> comparisons_of(const Report& report) {
    std::vector<std::string> lines;
    for (const Comparison& each : result_of(report).comparisons) {
      lines.push_back(
          fmt::format("{} {} {}", to_string(each.basis), to_iso_date(each.day), shown(each.value)));
    }
    return lines;
  }
};

TEST_F(ReporterTest, ComparesADayThatIsNotOverWithAsMuchOfOthers) {
  for (const char* const at : {"2026-03-18 11:00", "2026-03-18 12:00", "2026-03-17 11:59:59.999",
                               "2026-03-17 12:00", "2026-03-11 08:00", "2026-03-11 23:00",
                               "2025-03-18 00:00", "2025-03-18 11:00", "2025-03-18 13:00"}) {
    add_appointment(at);
  }
  const Report partial = read(today("2026-03-18T12:00:00Z", {"appointments"}));
  EXPECT_TRUE(partial.days.at(0).is_partial());
  EXPECT_EQ(shown(result_of(partial).value), "2");  // one of them is to come
  EXPECT_EQ(shown(result_of(partial).so_far.value()), "1");
  EXPECT_THAT(comparisons_of(partial),
              ElementsAre("previous_day 2026-03-17 1", "same_weekday 2026-03-11 1",
                          "previous_year 2025-03-18 2"));
  const Report whole = read(request("2026-03-18", "2026-03-19T00:00:00Z", {"appointments"}, true));
  EXPECT_FALSE(whole.days.at(0).is_partial());
  EXPECT_EQ(shown(result_of(whole).value), "2");
  EXPECT_FALSE(result_of(whole).so_far);
  EXPECT_THAT(comparisons_of(whole),
              ElementsAre("previous_day 2026-03-17 2", "same_weekday 2026-03-11 2",
                          "previous_year 2025-03-18 3"));
}

// 11 hours of a day of 23, at noon: 11 of the day before, until 11 o'clock there.
TEST_F(ReporterTest, ComparesTheSameElapsedTimeWhereClocksWereChanged) {
  add_appointment("2026-03-08 15:59:59.999");
  add_appointment("2026-03-08 16:00");
  add_appointment("2026-03-07 15:59:59.999");
  add_appointment("2026-03-07 16:00");
  ReportRequest asked = today("2026-03-08T16:00:00Z", {"appointments"});
  asked.zones.fallback = "America/New_York";
  const Report report = read(asked);
  EXPECT_EQ(shown(result_of(report).so_far.value()), "1");
  EXPECT_EQ(comparisons_of(report).at(0), "previous_day 2026-03-07 1");
}

// What was not known at that time of the other day does not count there either.
TEST_F(ReporterTest, KnowsOfOtherDaysWhatWasKnownThen) {
  add_appointment("2026-03-17 11:00", "completed", "early");
  set_status("early", "checked_in", "2026-03-17 11:00");
  set_status("early", "in_progress", "2026-03-17 11:30");
  add_appointment("2026-03-17 11:00", "completed", "late");
  set_status("late", "checked_in", "2026-03-17 11:00");
  set_status("late", "in_progress", "2026-03-17 12:30");
  const Report partial = read(today("2026-03-18T12:00:00Z", {"average_wait"}));
  EXPECT_EQ(shown(result_of(partial).value), "no_data");
  EXPECT_EQ(comparisons_of(partial).at(0), "previous_day 2026-03-17 1800");
  EXPECT_EQ(value_of(request("2026-03-17", "2026-03-18T12:00:00Z", {"average_wait"})), "3600");
}

TEST_F(ReporterTest, KnowsAStateForADayAfterItsDay) {
  add_client("c1");
  EXPECT_EQ(value_of(today("2026-03-18T12:00:00Z", {"active_clients"})), "1");
  EXPECT_EQ(value_of(request("2026-03-18", "2026-03-19T23:59:59.999Z", {"active_clients"})), "1");
  const Report late = read(request("2026-03-18", "2026-03-20T00:00:00Z", {"active_clients"}));
  EXPECT_EQ(result_of(late).value.state, State::not_kept);
  EXPECT_EQ(result_of(late).value.reason, "not recorded within 24 hours after the day");
}

// At the first instant of a day nothing has happened, but what there is is there.
TEST_F(ReporterTest, KnowsAStateAtTheFirstInstantOfADay) {
  add_client("c1");
  add_appointment("2026-03-18 00:00");
  EXPECT_EQ(value_of(today("2026-03-18T00:00:00Z", {"active_clients"})), "1");
  const Report first = read(today("2026-03-18T00:00:00Z", {"appointments"}));
  EXPECT_EQ(shown(result_of(first).value), "1");
  EXPECT_EQ(shown(result_of(first).so_far.value()), "0");
}

TEST_F(ReporterTest, TakesAStateThatWasKept) {
  add_client("c1");
  keep("active_clients", "2026-03-18", "7");
  for (const char* const now : {"2026-03-19T12:00:00Z", "2026-05-01T12:00:00Z"}) {
    const Report report = read(request("2026-03-18", now, {"active_clients"}));
    EXPECT_EQ(shown(result_of(report).value), "7") << now;
    EXPECT_EQ(shown(result_of(report).parts), "kept 7") << now;
  }
}

// Another day of the same date: the zone of the practice was another one.
TEST_F(ReporterTest, TakesNothingThatWasKeptOfADayWithOtherBounds) {
  keep("active_clients", "2026-03-18", "7", "5");
  EXPECT_EQ(value_of(request("2026-03-18", "2026-05-01T12:00:00Z", {"active_clients"})),
            "not_kept");
}

// Today's state is what it is now, whatever somebody kept.
TEST_F(ReporterTest, TakesNothingThatWasKeptOfToday) {
  add_client("c1");
  keep("active_clients", "2026-03-18", "7");
  EXPECT_EQ(value_of(today("2026-03-18T12:00:00Z", {"active_clients"})), "1");
}

// Events are computed again, also where something was kept.
TEST_F(ReporterTest, ComputesEventsAgain) {
  add_appointment("2026-03-18 11:00");
  keep("appointments", "2026-03-18", "7");
  EXPECT_EQ(value_of(request("2026-03-18", "2026-05-01T12:00:00Z", {"appointments"})), "1");
}

TEST_F(ReporterTest, ComparesStatesAndYearsWithWhatWasKept) {
  add_client("c1");
  add_appointment("2026-03-01 11:00");
  for (const char* const kpi : {"active_clients", "engaged_clients"}) {
    keep(kpi, "2026-03-17", "4");
    const Report report = read(request("2026-03-18", "2026-03-19T12:00:00Z", {kpi}, true));
    EXPECT_EQ(shown(result_of(report).value), "1") << kpi;
    EXPECT_THAT(comparisons_of(report),
                ElementsAre("previous_day 2026-03-17 4", "same_weekday 2026-03-11 not_kept",
                            "previous_year 2025-03-18 not_kept"));
    EXPECT_EQ(result_of(report).comparisons.at(0).change, -0.75);
    EXPECT_EQ(result_of(report).comparisons.at(1).value.reason, "not recorded");
  }
}

TEST_F(ReporterTest, JudgesADayByTheSameWeekdaysBefore) {
  const Date day = date("2026-03-18");
  for (int week = 1; week <= 8; ++week) {
    add_appointment(to_iso_date(day - std::chrono::days{7 * week}) + " 09:00");
  }
  for (int i = 0; i < 30; ++i) add_appointment("2026-03-18 09:00");
  const Report report = read(request("2026-03-18", "2026-03-19T12:00:00Z", {"appointments"}, true));
  const Result& result = result_of(report);
  EXPECT_EQ(result.anomaly.verdict, Anomaly::Verdict::high);
  EXPECT_EQ(result.anomaly.points, 8);
  EXPECT_EQ(result.anomaly.median, 1);
  ASSERT_EQ(result.series.size(), 9u);
  EXPECT_EQ(to_iso_date(result.series.front().day), "2026-01-21");
  EXPECT_EQ(shown(result.series.front().value), "1");
  EXPECT_EQ(shown(result.series.back().value), "30");
}

TEST_F(ReporterTest, HasEachDayOfARange) {
  add_appointment("2026-03-16 09:00");
  add_appointment("2026-03-18 09:00");
  add_appointment("2026-03-18 13:00");
  ReportRequest asked = request("2026-03-16", "2026-03-18T12:00:00Z", {"appointments"});
  asked.days.last = date("2026-03-18");
  std::vector<std::string> lines;
  for (const DayReport& day : read(asked).days) {
    lines.push_back(to_iso_date(day.day.date) + ' ' + shown(day.results.at(0).value) +
                    (day.is_partial() ? " until " + to_rfc3339(day.until) : ""));
  }
  EXPECT_THAT(lines, ElementsAre("2026-03-16 1", "2026-03-17 0",
                                 "2026-03-18 2 until 2026-03-18T12:00:00.000Z"));
}

// Days that are asked for beside one another are compared with one another, too.
TEST_F(ReporterTest, ComparesDaysOfARangeWithOneAnother) {
  add_appointment("2026-03-16 09:00");
  ReportRequest asked = request("2026-03-16", "2026-03-18T12:00:00Z", {"appointments"}, true);
  asked.days.last = date("2026-03-17");
  const Report report = read(asked);
  ASSERT_EQ(report.days.size(), 2u);
  EXPECT_EQ(shown(report.days[1].results[0].comparisons[0].value), "1");
  EXPECT_EQ(report.days[1].results[0].comparisons[0].change, -1);
}

// Samoa had no 2011-12-30.
TEST_F(ReporterTest, HasNoDayThatACalendarHasNot) {
  ReportRequest asked = request("2011-12-29", "2026-03-18T12:00:00Z", {"appointments"}, true);
  asked.days.last = date("2011-12-31");
  asked.zones.fallback = "Pacific/Apia";
  const Report report = read(asked);
  ASSERT_EQ(report.days.size(), 2u);
  EXPECT_EQ(report.days[1].day.from, report.days[0].day.to);
  const Value& before = report.days[1].results[0].comparisons[0].value;
  EXPECT_EQ(before.state, State::no_data);
  EXPECT_EQ(before.reason, "the calendar has no such day");
}

TEST_F(ReporterTest, KnowsTodayAndYesterdayOfEachZone) {
  ReportRequest asked = today("2026-03-18T02:00:00Z", {"appointments"});
  asked.zones.fallback = "America/New_York";
  EXPECT_EQ(to_iso_date(read(asked).days.at(0).day.date), "2026-03-17");
  asked.days.which = DaysAsked::Which::yesterday;
  EXPECT_EQ(to_iso_date(read(asked).days.at(0).day.date), "2026-03-16");
}

TEST_F(ReporterTest, RefusesADayThatHasNotBegun) {
  ReportRequest asked = request("2026-03-18", "2026-03-17T23:59:59.999Z", {"appointments"});
  const Error error = error_of([&] { read(asked); });
  EXPECT_EQ(error.code(), ErrorCode::usage);
  EXPECT_EQ(error.reason(), "future");
  EXPECT_STREQ(error.what(), "2026-03-18 has not begun in UTC");
}

TEST_F(ReporterTest, RefusesAZoneThatIsNone) {
  ReportRequest asked = request("2026-03-16", "2026-03-18T12:00:00Z", {"appointments"});
  asked.zones.given = "Europe/Utopia";
  EXPECT_EQ(error_of([&] { read(asked); }).reason(), "time_zone");
}

// What fails is named, what does not is there.
TEST_F(ReporterTest, DeliversWhatDoesNotFail) {
  add_appointment("2026-03-16 09:00");
  run("DROP TABLE payments CASCADE; ALTER TABLE staff DROP COLUMN role");
  ReportRequest asked = request("2026-03-16", "2026-03-17T12:00:00Z", {});
  const Report report = read(asked);
  EXPECT_THAT(failed_definitions(report),
              ElementsAre("active_staff", "payments_received", "refunds_paid", "revenue"));
  EXPECT_EQ(shown(report, "(none)", "appointments"), "1");
  EXPECT_EQ(shown(report, "(none)", "low_stock"), "0");
  EXPECT_EQ(shown(report, "(none)", "average_wait"), "no_data");
}

// Without pcx's own tables, too: a report needs the application's alone.
TEST_F(ReporterTest, NeedsNoSchemaOfItsOwn) {
  sql("DROP SCHEMA pcx CASCADE");
  add_client("c1");
  EXPECT_EQ(value_of(request("2026-03-18", "2026-03-19T12:00:00Z", {"active_clients"}, true)), "1");
}

// Nothing was written, and nothing is open.
TEST_F(ReporterTest, LeavesNothingBehind) {
  read(request("2026-03-16", "2026-03-17T12:00:00Z", {}));
  EXPECT_EQ(sql("SELECT count(*) FROM pcx.kpi_daily"), "0");
  EXPECT_EQ(sql("SELECT current_setting('search_path')"), "pg_catalog");
}

TEST_F(ReporterTest, TellsOfItsRunOnlyWhenAsked) {
  ReportRequest asked = request("2026-03-16", "2026-03-17T12:00:00Z", {"appointments"});
  EXPECT_FALSE(read(asked).runtime);
  asked.has_runtime = true;
  const Report report = read(asked);
  ASSERT_TRUE(report.runtime);
  EXPECT_THAT(report.runtime->snapshot, HasSubstr(":"));
}

TEST_F(ReporterTest, SelectsDefinitionsInTheOrderOfTheCatalog) {
  const auto names = [&](const Selection& selection) {
    std::vector<std::string> all;
    for (const std::size_t number : selection) all.push_back(catalog->definitions[number].name);
    return all;
  };
  EXPECT_THAT(
      names(select_definitions(*catalog, {"revenue", "engaged_clients", "appointments"}, false)),
      ElementsAre("appointments", "revenue", "engaged_clients"));
  const auto usual = names(select_definitions(*catalog, {}, false));
  EXPECT_THAT(usual, ::testing::Not(::testing::Contains("engaged_clients")));
  EXPECT_THAT(names(select_definitions(*catalog, {}, true)),
              ::testing::Contains("engaged_clients"));
  const Error error = error_of([&] { select_definitions(*catalog, {"revenu"}, false); });
  EXPECT_EQ(error.code(), ErrorCode::usage);
  EXPECT_EQ(error.reason(), "kpi");
  EXPECT_EQ(error.hint(), "Did you mean revenue? 'pcx kpi list' shows them all.");
}

}  // namespace
}  // namespace pcx::kpi
