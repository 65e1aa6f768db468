// One day with a hundred traps (traps/one_day.sql), and what each KPI must say of it. The numbers
// here were computed by hand, from what the KPIs say that they are; the guide's own queries fail on
// it.
#include <set>

#include <gmock/gmock.h>

#include "tests/kpi/guide_queries.h"
#include "tests/kpi/report_fixture.h"

namespace pcx::kpi {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class TrapsTest : public ReportFixture {
 protected:
  void SetUp() override {
    ReportFixture::SetUp();
    run_file("traps/one_day.sql");
  }
  ReportRequest of_the_day() const {
    ReportRequest request = request_of(date("2026-03-08"), "2026-03-09T10:00:00Z");
    request.zones.of_tenant = {{"north", "America/New_York"}, {"south", "Europe/Berlin"}};
    return request;
  }
  Report read_day() { return read(of_the_day()); }
};

struct Expected {
  const char* kpi;
  const char* north;
  const char* south;
  const char* none;  // of rows without a tenant
};

constexpr Expected kExpected[] = {
    // North: 16 of those that begin with a (01, 04, 10 to 22, 24), 17 with w (without 10 and 12).
    {"appointments", "33", "3", "2"},
    // a01 a19 a20, w01 02 04 05 06 07 08 13 14 15 17 18
    {"appointments_completed", "15", "1", "0"},
    {"appointments_cancelled", "3", "1", "1"},
    {"appointments_no_show", "3", "0", "0"},
    // 3 / (3 no_show + 15 completed + 4 in_progress + 3 checked_in); south 0 / 1; nobody knows of
    // two
    {"no_show_rate", "0.1200", "0.0000", "no_data"},
    {"appointment_mix", "30", "2", "1"},
    // w01 750.5, w02 1800, w03 1200, w04 300, w05 0, w06 2400, w07 28800, w13 900, w14 120, w15
    // 300,
    // w18 1200: 37770.5 / 11 = 3433.68
    {"average_wait", "3434", "no_data", "no_data"},
    // 0 120 300 300 750.5 [900] 1200 1200 1800 [2400] 28800
    {"median_wait", "900", "no_data", "no_data"},
    {"p90_wait", "2400", "no_data", "no_data"},
    // 450.5 600 1200 300 0 2400 28800 900 120 0 2400: 37170.5 / 11 = 3379.14
    {"average_late_start", "3379", "no_data", "no_data"},
    {"waits_excluded", "2", "0", "0"},       // w08, w09
    {"waits_to_completion", "1", "0", "0"},  // w06
    // cash 10 + 0.30 + 1.01 - 1.01 - 5 + 4 + 5 = 14.30, card 20 + 2 * 2.68 + 3.33 + 6 = 34.69,
    // checks 100 * 0.10
    {"payments_received", "58.99", "7.00", "0.00"},
    {"refunds_paid", "4.13", "10.00", "0.00"},  // 2.50 + 1.12 + 0.50 + 0.01
    {"revenue", "54.86", "-3.00", "0.00"},
    {"new_patients", "3", "1", "1"},    // k-n1 k-n4 k-n6
    {"new_clients", "3", "0", "0"},     // c-n2 c-n3 c-n6
    {"active_clients", "4", "1", "1"},  // c-n1 c-n2 c-n5 c-n6
    {"clients", "6", "1", "1"},
    {"active_patients", "3", "1", "1"},  // k-n1 k-n2 k-n6
    {"patients", "6", "1", "1"},
    {"low_stock", "5", "0", "0"},            // v01 v03 v04 v10 v12
    {"out_of_stock", "3", "0", "0"},         // v03 v04 v10
    {"below_minimum_stock", "2", "0", "0"},  // v03 v04
    {"expiring_stock", "2", "0", "0"},       // v07 v11
    {"expired_stock", "1", "0", "0"},        // v09
    {"stock_items", "10", "1", "0"},
    {"stock_units", "128", "1", "0"},  // 10 + 11 + 0 - 3 + 50 + 50 + 5 + 0 + 2 + 3
    // 10 * 1.01 + 11 * 2 - 3 * 0.10 + 50 * 0.30 + 5 + 2 + 3
    {"stock_value", "56.80", "12.35", "0.00"},
    {"active_staff", "3", "1", "0"},
    {"waitlist", "2", "0", "1"},
    {"net_promoter_score", "0.0000", "no_data", "-1.0000"},    // (2 - 2) / 5; (0 - 1) / 1
    {"webhook_success_rate", "no_data", "no_data", "0.6000"},  // 3 / 5
    {"workflow_success_rate", "0.5000", "no_data", "no_data"},
    {"revenue_accrual", "102.98", "12.50", "0.00"},  // 100 + 0.30 + 2.68
    {"invoices_issued", "8", "1", "0"},              // i01 to i08
    {"overdue_invoices", "2", "1", "0"},             // i12 i15
    {"overdue_amount", "38.00", "12.50", "0.00"},    // 30 + 0 + 8
    {"engaged_clients", "4", "1", "1"},              // c-n1 c-n2 c-n6 c-n7
};

TEST_F(TrapsTest, AreExactToTheCentAndSecond) {
  const Report report = read_day();
  for (const Expected& expected : kExpected) {
    EXPECT_EQ(shown(report, "north", expected.kpi), expected.north) << expected.kpi;
    EXPECT_EQ(shown(report, "south", expected.kpi), expected.south) << expected.kpi;
    EXPECT_EQ(shown(report, "(none)", expected.kpi), expected.none) << expected.kpi;
  }
}

// A KPI that is added gets an expectation here, too.
TEST_F(TrapsTest, KnowEveryKpiThatComesWithPcx) {
  std::set<std::string> expected, shipped;
  for (const Expected& each : kExpected) expected.insert(each.kpi);
  for (const Definition& definition : catalog->definitions) shipped.insert(definition.name);
  EXPECT_EQ(expected, shipped);
}

// Nothing of the tenant that is not active.
TEST_F(TrapsTest, AreOfThreeTenantsInThreeTimeZones) {
  const Report report = read_day();
  std::vector<std::string> days;
  for (const DayReport& day : report.days) {
    days.push_back(shown(report.tenant_of(day)) + ' ' + to_rfc3339(day.day.from) + ' ' +
                   to_rfc3339(day.day.to));
  }
  EXPECT_THAT(days, ElementsAre("north 2026-03-08T05:00:00.000Z 2026-03-09T04:00:00.000Z",
                                "south 2026-03-07T23:00:00.000Z 2026-03-08T23:00:00.000Z",
                                "(none) 2026-03-08T00:00:00.000Z 2026-03-09T00:00:00.000Z"));
}

struct ExpectedParts {
  const char* kpi;
  const char* north;
  const char* south;
  const char* none;
};

constexpr ExpectedParts kExpectedParts[] = {
    {"appointments",
     "cancelled 3, checked_in 3, completed 15, confirmed 1, in_progress 4, no_show 3, rescheduled "
     "1, "
     "scheduled 2, walk_in 1",
     "cancelled 1, completed 1, scheduled 1", "cancelled 1, scheduled 1"},
    {"appointment_mix", "checkup 12, surgery 1, visit 17", "checkup 2", "checkup 1"},
    {"payments_received", "card 34.69, cash 14.30, check 10.00, credit 0.00", "cash 7.00", ""},
    {"new_patients", "cat 1, dog 2", "rabbit 1", "dog 1"},
    {"clients", "active 4, archived 1, inactive 1", "active 1", "active 1"},
    {"active_patients", "cat 1, dog 2", "rabbit 1", "dog 1"},
    {"patients", "active 3, deceased 2, inactive 1", "active 1", "active 1"},
    {"stock_items", "drug 5, food 5", "food 1", ""},
    {"stock_units", "drug 102, food 26", "food 1", ""},
    {"active_staff", "receptionist 1, veterinarian 2", "technician 1", ""},
    {"waitlist", "routine 1, urgent 1", "", "routine 1"},
    {"invoices_issued", "cancelled 2, draft 1, paid 1, sent 1, unpaid 1, void 1, voided 1",
     "unpaid 1", ""},
};

TEST_F(TrapsTest, AreExactInParts) {
  const Report report = read_day();
  for (const ExpectedParts& expected : kExpectedParts) {
    const auto parts = [&](const char* tenant) {
      return shown(find_day(report, tenant)->find(expected.kpi)->parts);
    };
    EXPECT_EQ(parts("north"), expected.north) << expected.kpi;
    EXPECT_EQ(parts("south"), expected.south) << expected.kpi;
    EXPECT_EQ(parts("(none)"), expected.none) << expected.kpi;
  }
}

TEST_F(TrapsTest, SayOnHowManyRowsANumberStands) {
  const Report report = read_day();
  struct Case {
    const char* tenant;
    const char* kpi;
    std::optional<std::int64_t> sample;
  };
  const Case cases[] = {
      {"north", "no_show_rate", 25},
      {"south", "no_show_rate", 1},
      {"(none)", "no_show_rate", 0},
      {"north", "average_wait", 11},
      {"north", "p90_wait", 11},
      {"north", "payments_received", 112},
      {"north", "refunds_paid", 4},
      {"north", "net_promoter_score", 5},
      {"(none)", "webhook_success_rate", 5},
      {"north", "workflow_success_rate", 4},
      {"north", "appointments", std::nullopt},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(find_day(report, each.tenant)->find(each.kpi)->value.sample, each.sample)
        << each.tenant << ' ' << each.kpi;
  }
}

// Whoever asks for one tenant gets the same numbers, and nobody else's.
TEST_F(TrapsTest, AreTheSameForOneTenantAlone) {
  ReportRequest request = of_the_day();
  request.tenant = "south";
  const Report report = read(request);
  ASSERT_EQ(report.days.size(), 1u);
  for (const Expected& expected : kExpected) {
    EXPECT_EQ(shown(report, "south", expected.kpi), expected.south) << expected.kpi;
  }
}

// Also in one statement with eleven other days, their windows and bounds.
TEST_F(TrapsTest, AreTheSameAmongDaysThatTheyAreComparedWith) {
  ReportRequest request = of_the_day();
  request.has_comparisons = true;
  const Report report = read(request);
  for (const Expected& expected : kExpected) {
    EXPECT_EQ(shown(report, "north", expected.kpi), expected.north) << expected.kpi;
    EXPECT_EQ(shown(report, "south", expected.kpi), expected.south) << expected.kpi;
    EXPECT_EQ(shown(report, "(none)", expected.kpi), expected.none) << expected.kpi;
  }
}

// What cannot be added up fails alone, and only for those whose it is.
TEST_F(TrapsTest, FailAloneWhereAnAmountIsNoNumber) {
  for (const char* const amount : {"NaN", "Infinity"}) {
    run(std::string{R"(UPDATE public.payments SET amount = ')"} + amount + "' WHERE id = 'p07'");
    const Report report = read_day();
    EXPECT_THAT(failed_definitions(report), ElementsAre("payments_received", "revenue")) << amount;
    const Value& revenue = find_day(report, "north")->find("revenue")->value;
    EXPECT_EQ(revenue.reason, std::string{"it is "} + amount + ", which is no amount");
    for (const Expected& expected : kExpected) {
      const bool is_failed = std::string_view{expected.kpi} == "revenue" ||
                             std::string_view{expected.kpi} == "payments_received";
      EXPECT_EQ(shown(report, "north", expected.kpi), is_failed ? "failed" : expected.north);
      EXPECT_EQ(shown(report, "south", expected.kpi), expected.south) << expected.kpi;
    }
  }
}

// All eight, both for one tenant and for all of them together: 38 appointments, 16 of them
// completed, 5 cancelled, 51.86 of revenue, 5 new patients, 6 active clients, 5 items to
// order.
TEST_F(TrapsTest, CatchTheGuidesOwnQueries) {
  GuideQueries guide{database(), "2026-03-08 00:00"};
  const GuideMetrics metrics = guide.collect();
  EXPECT_EQ(metrics.appointments_today, 49);
  EXPECT_EQ(metrics.appointments_completed, 21);
  EXPECT_EQ(metrics.appointments_cancelled, 4);
  EXPECT_EQ(metrics.average_wait_time, 0);
  EXPECT_NEAR(metrics.revenue_today, 29'665.475, 1e-6);
  EXPECT_EQ(metrics.new_patients_today, 7);
  EXPECT_EQ(metrics.active_clients, 7);
  EXPECT_EQ(metrics.inventory_low_stock, 9);
}

}  // namespace
}  // namespace pcx::kpi
