#include "kpi/tenants.h"

#include <gmock/gmock.h>

#include "tests/kpi/report_fixture.h"
#include "tests/support/errors.h"

namespace pcx::kpi {
namespace {

using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

KnownTenant known(const char* slug, bool is_active = true) {
  return {.tenant = {.id = std::string{"id-"} + slug, .slug = slug, .name = slug, .time_zone = ""},
          .is_active = is_active};
}

std::vector<std::string> zones_of(const std::vector<Tenant>& tenants) {
  std::vector<std::string> all;
  for (const Tenant& tenant : tenants) all.push_back(tenant.slug + ' ' + tenant.time_zone);
  return all;
}

TEST(Zones, AreTheGivenThenTheTenantsThenTheDefault) {
  const Tenant north = known("north").tenant, south = known("south").tenant;
  Zones zones;
  EXPECT_EQ(zones.of(north), std::nullopt);
  zones.fallback = "UTC";
  EXPECT_EQ(zones.of(north), "UTC");
  zones.of_tenant = {{"id-north", "Europe/Berlin"}, {"south", "America/New_York"}};
  EXPECT_EQ(zones.of(north), "Europe/Berlin");
  EXPECT_EQ(zones.of(south), "America/New_York");
  zones.of_tenant["north"] = "Asia/Tokyo";
  EXPECT_EQ(zones.of(north), "Asia/Tokyo");
  EXPECT_EQ(zones.of(Tenant{}), "UTC");
  zones.given = "Pacific/Apia";
  EXPECT_EQ(zones.of(south), "Pacific/Apia");
}

// A tenant without a slug takes nobody else's zone.
TEST(Zones, HaveNoneUnderAnEmptyName) {
  Zones zones;
  zones.of_tenant = {{"", "Europe/Berlin"}};
  EXPECT_EQ(zones.of(Tenant{}), std::nullopt);
}

TEST(ChosenTenants, AreTheActiveOnesOrTheNamedOne) {
  const std::vector<KnownTenant> all = {known("east"), known("gone", false), known("west")};
  const Zones zones{.given = std::nullopt, .of_tenant = {}, .fallback = "UTC"};
  EXPECT_THAT(zones_of(choose_tenants(all, std::nullopt, zones)),
              ElementsAre("east UTC", "west UTC"));
  EXPECT_THAT(zones_of(choose_tenants(all, "west", zones)), ElementsAre("west UTC"));
  EXPECT_THAT(zones_of(choose_tenants(all, "id-east", zones)), ElementsAre("east UTC"));
  EXPECT_THAT(zones_of(choose_tenants(all, "gone", zones)), ElementsAre("gone UTC"));
  EXPECT_THAT(choose_tenants({}, std::nullopt, zones), IsEmpty());
}

TEST(ChosenTenants, AreNotGuessed) {
  const Zones zones{.given = std::nullopt, .of_tenant = {}, .fallback = "UTC"};
  const Error error = error_of([&] { choose_tenants({known("north")}, "noth", zones); });
  EXPECT_EQ(error.code(), ErrorCode::not_found);
  EXPECT_EQ(error.reason(), "tenant");
  EXPECT_STREQ(error.what(), "there is no tenant noth");
  EXPECT_EQ(error.hint(), "Did you mean north?");
}

// With the lines to add, for those that have none.
TEST(ChosenTenants, NeedATimeZone) {
  Zones zones;
  zones.of_tenant = {{"east", "UTC"}};
  const Error error = error_of([&] {
    choose_tenants({known("east"), known("north"), known("gone", false), known("west")},
                   std::nullopt, zones);
  });
  EXPECT_EQ(error.code(), ErrorCode::config);
  EXPECT_EQ(error.reason(), "no_time_zone");
  EXPECT_STREQ(error.what(), "the time zone of north, west is not known");
  EXPECT_THAT(error.hint(), HasSubstr("tenants:\n  north: {time_zone: Europe/Berlin}\n"
                                      "  west: {time_zone: Europe/Berlin}\n"));
  EXPECT_THAT(error.hint(), HasSubstr("default_time_zone: Europe/Berlin"));
}

class TenantsTest : public ReportFixture {
 protected:
  void SetUp() override {
    ReportFixture::SetUp();
    run("DELETE FROM tenants");
  }
  // One appointment at noon, UTC, whose tenant need not be in the table.
  void add_appointment(const std::string& tenant) {
    run("SET LOCAL session_replication_role = replica;"
        R"(INSERT INTO appointments (id, "tenantId", "patientId", "clientId", "appointmentType",
                                     "startTime", "endTime", reason, "veterinarianId", "updatedAt")
           VALUES (gen_random_uuid(), )" +
        tenant + ", '', '', '', '2026-03-08 12:00', now(), '', '', now())");
  }
  void add_tenant(const std::string& slug, const std::string& status = "active") {
    run("INSERT INTO tenants (id, slug, name, status, \"updatedAt\") VALUES ('id-" + slug + "', '" +
        slug + "', 'Practice', '" + status + "', now())");
  }
  ReportRequest request() const {
    ReportRequest request = request_of(date("2026-03-08"), "2026-03-09T01:00:00Z");
    request.selection = select_definitions(*catalog, {"appointments"}, false);
    return request;
  }
  std::vector<std::string> read_tenants_of(const ReportRequest& request) {
    const Report report = read(request);
    std::vector<std::string> lines;
    for (const DayReport& day : report.days) {
      lines.push_back(shown(report.tenant_of(day)) + ' ' + shown(day.results.at(0).value));
    }
    return lines;
  }
};

TEST_F(TenantsTest, AreReadBySlug) {
  add_tenant("west");
  add_tenant("East");
  add_tenant("gone", "inactive");
  Snapshot snapshot{database(), {}, clock};
  std::vector<std::string> all;
  for (const KnownTenant& each : read_tenants(snapshot)) {
    all.push_back(*each.tenant.id + (each.is_active ? " active" : " inactive"));
  }
  EXPECT_THAT(all, ElementsAre("id-East active", "id-gone inactive", "id-west active"));
}

TEST_F(TenantsTest, AreNoneWithoutTheirTable) {
  run("DROP TABLE tenants CASCADE");
  add_appointment("NULL");
  EXPECT_THAT(read_tenants_of(request()), ElementsAre("(none) 1"));
}

// A practice that never heard of tenants, on a day without rows.
TEST_F(TenantsTest, AreReplacedByThePracticeWhereThereAreNone) {
  EXPECT_THAT(read_tenants_of(request()), ElementsAre("(none) 0"));
}

TEST_F(TenantsTest, NeedAZoneAlsoWhereThereAreNone) {
  ReportRequest asked = request();
  asked.zones.fallback.reset();
  const Error error = error_of([&] { read(asked); });
  EXPECT_EQ(error.code(), ErrorCode::config);
  EXPECT_EQ(error.reason(), "no_time_zone");
}

// Rows of no tenant, and of one that the table does not know; not of one that is not active.
TEST_F(TenantsTest, IncludeTheRestWhenThereIsAny) {
  add_tenant("west");
  add_tenant("gone", "inactive");
  add_appointment("'id-west'");
  EXPECT_THAT(read_tenants_of(request()), ElementsAre("west 1"));
  add_appointment("'id-gone'");
  add_appointment("NULL");
  add_appointment("NULL");
  add_appointment("'lost'");
  EXPECT_THAT(read_tenants_of(request()), ElementsAre("west 1", "lost 1", "(none) 2"));
}

// Nobody says in which zone they live.
TEST_F(TenantsTest, LeaveTheRestOutWithoutADefaultZone) {
  add_tenant("west");
  add_appointment("NULL");
  ReportRequest asked = request();
  EXPECT_FALSE(read_all(asked).left_out_rest);
  asked.zones.fallback.reset();
  asked.zones.of_tenant = {{"west", "UTC"}};
  const Reading reading = read_all(asked);
  EXPECT_TRUE(reading.left_out_rest);
  EXPECT_EQ(reading.report.days.size(), 1u);
  asked.tenant = "west";
  EXPECT_FALSE(read_all(asked).left_out_rest);
}

// The rest has the default zone, and its rows are nobody else's who lives there.
TEST_F(TenantsTest, LiveWithTheRestInOneZone) {
  for (const char* const slug : {"east", "north", "west"}) add_tenant(slug);
  add_appointment("'id-east'");
  add_appointment("'id-north'");
  add_appointment("NULL");
  ReportRequest asked = request();
  asked.zones.of_tenant = {{"north", "Pacific/Auckland"}};  // 01:00 of March 9
  EXPECT_THAT(read_tenants_of(asked), ElementsAre("east 1", "north 0", "west 0", "(none) 1"));
}

TEST_F(TenantsTest, AreOnesOwnWhenNamed) {
  for (const char* const slug : {"east", "gone"}) add_tenant(slug);
  run("UPDATE tenants SET status = 'inactive' WHERE slug = 'gone'");
  add_appointment("'id-east'");
  add_appointment("'id-gone'");
  add_appointment("NULL");
  ReportRequest asked = request();
  asked.tenant = "id-gone";
  EXPECT_THAT(read_tenants_of(asked), ElementsAre("gone 1"));
  asked.tenant = "nobody";
  EXPECT_EQ(error_of([&] { read(asked); }).reason(), "tenant");
}

}  // namespace
}  // namespace pcx::kpi
