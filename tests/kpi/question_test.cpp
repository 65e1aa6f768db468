#include "kpi/question.h"

#include <map>

#include <gmock/gmock.h>

#include "core/json.h"
#include "kpi/snapshot.h"
#include "tests/kpi/report_fixture.h"

namespace pcx::kpi {
namespace {

using std::chrono::hours;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

class QuestionTest : public ReportFixture {
 protected:
  // A day and eleven that it is compared with.
  static Span span() {
    Span span{.windows = {}, .is_partial = false, .now = instant("2026-03-09T10:00:00Z")};
    const Date asked = date("2026-03-08");
    for (int week = 11; week >= 0; --week) {
      const Date day = asked - std::chrono::days{7 * week};
      span.windows.push_back(
          {{day, Time{day}, Time{day} + hours{24}}, Time{day} + hours{24}, week == 0});
    }
    return span;
  }
  Selection named(const std::vector<std::string>& names) const {
    return select_definitions(*catalog, names, false);
  }
  std::vector<std::string> sources_named(const Selection& selection) const {
    std::vector<std::string> names;
    for (const std::size_t source : sources_of(*catalog, selection)) {
      names.push_back(catalog->sources[source].name);
    }
    return names;
  }

  // How often each table is read in the server's plan: a scan that runs once for each window is
  // one.
  std::map<std::string, int> scans_of(const Selection& selection) {
    const Scope scope{.tenants = {"north"}, .has_rest = true, .others = {"north", "south"}};
    const db::Query query = compose_question(*catalog, selection, span(), scope);
    Snapshot snapshot{database(), {}, clock};
    const std::string text = "EXPLAIN (FORMAT JSON) " + query.text();
    const db::Result plan = snapshot.tx().query(db::Statement{"test", text}, query.params());
    std::map<std::string, int> scans;
    count_scans(parse_json(plan.one()[0].as<std::string_view>(), "plan").items()[0], scans);
    return scans;
  }

 private:
  static void count_scans(const Document& node, std::map<std::string, int>& scans) {
    if (const Document* const table = node.find("Relation Name")) ++scans[*table->text()];
    if (node.is_object()) {
      for (const auto& [key, member] : node.members()) count_scans(member, scans);
    }
    if (node.is_array()) {
      for (const Document& item : node.items()) count_scans(item, scans);
    }
  }
};

// Whatever the number of KPIs and windows.
TEST_F(QuestionTest, ReadsEachTableOnce) {
  const auto scans = scans_of(named({}));
  EXPECT_THAT(scans, Each(Pair(::testing::_, 1)));
  EXPECT_EQ(scans.size(), 11u);
  EXPECT_THAT(scans, AllOf(Contains(Key("appointments")), Contains(Key("audit_logs")),
                           Contains(Key("payments")), Contains(Key("refunds")),
                           Contains(Key("inventory_items")), Contains(Key("webhook_deliveries"))));
}

// Clients have no index by the time of their registration: one look counts them, and the new ones
// among them. With the index that 'kpi explain' advises, new patients are found without the table.
TEST_F(QuestionTest, ReadsClientsOnceAlsoForStates) {
  EXPECT_THAT(scans_of(named({"new_clients", "clients", "active_clients"})),
              ElementsAre(Pair("clients", 1)));
  EXPECT_THAT(scans_of(named({"new_patients"})), ElementsAre(Pair("patients", 1)));
  EXPECT_THAT(scans_of(named({"patients", "active_patients"})), ElementsAre(Pair("patients", 1)));
}

TEST_F(QuestionTest, ReadsNothingThatNobodyAskedFor) {
  EXPECT_THAT(scans_of(named({"low_stock"})), ElementsAre(Pair("inventory_items", 1)));
  EXPECT_THAT(scans_of(named({"revenue"})), ElementsAre(Pair("payments", 1), Pair("refunds", 1)));
}

TEST_F(QuestionTest, KnowsWhatASourceNeeds) {
  EXPECT_THAT(sources_named(named({"average_wait"})), ElementsAre("day_appointments", "day_waits"));
  EXPECT_THAT(sources_named(named({"clients", "new_clients"})),
              ElementsAre("client_groups", "new_clients_of_day", "clients_now"));
  EXPECT_THAT(sources_named({}), IsEmpty());
}

TEST_F(QuestionTest, PartsASourceByEachColumnOnce) {
  const Selection selection = named({"appointments", "appointment_mix", "revenue"});
  const auto sources = sources_of(*catalog, selection);
  EXPECT_THAT(parts_of(*catalog, selection, sources.at(0)), IsEmpty());  // day_appointments
  EXPECT_THAT(parts_of(*catalog, selection, sources.at(1)), ElementsAre("status", "type"));
  EXPECT_THAT(parts_of(*catalog, selection, sources.at(2)), IsEmpty());  // day_cash
}

// Each row would be compared with each of them.
TEST_F(QuestionTest, NamesNobodyWhereEverybodyIsMeant) {
  const auto text_of = [&](const Scope& scope) {
    return compose_question(*catalog, named({"low_stock"}), span(), scope).text();
  };
  const std::vector<std::string> both{"north", "south"}, turned{"south", "north"};
  EXPECT_THAT(text_of({.tenants = both, .has_rest = true, .others = turned}),
              Not(HasSubstr("tenant = ANY")));
  EXPECT_THAT(text_of({.tenants = both, .has_rest = false, .others = turned}),
              HasSubstr("tenant = ANY"));
  EXPECT_THAT(text_of({.tenants = {"north"}, .has_rest = true, .others = both}),
              HasSubstr("tenant <> ALL"));
}

// Values travel as parameters: what is asked for is no part of the text.
TEST_F(QuestionTest, IsTheSameTextForOtherTenantsAndDays) {
  const Scope north{.tenants = {"north"}, .has_rest = false, .others = {}};
  const Scope others{.tenants = {"'; DROP TABLE x; --", "south"}, .has_rest = false, .others = {}};
  Span tomorrow = span();
  tomorrow.now += hours{24};
  const db::Query one = compose_question(*catalog, named({}), span(), north);
  const db::Query other = compose_question(*catalog, named({}), tomorrow, others);
  EXPECT_EQ(one.text(), other.text());
  EXPECT_NE(one.params().size(), 0u);
}

}  // namespace
}  // namespace pcx::kpi
