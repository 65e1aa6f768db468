#include "kpi/push_pushgateway.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "kpi/exposition.h"
#include "tests/kpi/push_rig.h"
#include "tests/kpi/sample_report.h"
#include "tests/support/errors.h"

namespace pcx::kpi {
namespace {

using testing::answer;
using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class PushPushgateway : public ::testing::Test {
 protected:
  PushPushgateway() { target_.url = rig_.server.url("/gateway/"); }
  Outcome push() { return push_pushgateway(report_, target_, rig_.tools()); }

  std::vector<std::string> asked() const {
    std::vector<std::string> lines;
    for (const auto& request : rig_.server.requests()) {
      lines.push_back(request.method + " " + request.target);
    }
    return lines;
  }

  PushRig rig_;
  Report report_ = sample_report();
  PushgatewayTarget target_;
};

TEST_F(PushPushgateway, ReplacesAGroupATenant) {
  const Outcome outcome = push();
  EXPECT_THAT(asked(), ElementsAre("PUT /gateway/metrics/job/pcx_kpi/tenant/north",
                                   "PUT /gateway/metrics/job/pcx_kpi/tenant/south",
                                   "PUT /gateway/metrics/job/pcx_kpi/tenant@base64/="));
  const auto request = rig_.server.requests()[1];
  EXPECT_EQ(request.body, exposition_of(report_, report_.days[1]));
  EXPECT_EQ(request.header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(outcome.bodies, 3);
  EXPECT_EQ(outcome.points, 14);
}

struct Path {
  const char* job;
  std::string tenant;
  const char* path;
};

TEST(GroupPath, EncodesWhatAPathCannotHold) {
  const Path cases[] = {
      {"pcx_kpi", "north", "/metrics/job/pcx_kpi/tenant/north"},
      {"pcx-kpi.2", "b2c4-1", "/metrics/job/pcx-kpi.2/tenant/b2c4-1"},
      {"a/b", "n/s", "/metrics/job@base64/YS9i/tenant@base64/bi9z"},
      {"pcx_kpi", "", "/metrics/job/pcx_kpi/tenant@base64/="},
      {"pcx_kpi", "a b", "/metrics/job/pcx_kpi/tenant@base64/YSBi"},
      {"pcx_kpi", "100%", "/metrics/job/pcx_kpi/tenant@base64/MTAwJQ"},
      {"pcx_kpi", "..", "/metrics/job/pcx_kpi/tenant@base64/Li4"},
      {"pcx_kpi", ".", "/metrics/job/pcx_kpi/tenant@base64/Lg"},
      {"pcx_kpi", "caf\xc3\xa9?", "/metrics/job/pcx_kpi/tenant@base64/Y2Fmw6k_"},
  };
  for (const Path& each : cases) EXPECT_EQ(group_path(each.job, each.tenant), each.path);
}

TEST_F(PushPushgateway, RefusesASecondDayAndAJobWithoutAName) {
  target_.job.clear();
  EXPECT_EQ(error_of([&] { push(); }).code(), ErrorCode::usage);
  target_.job = "pcx_kpi";
  report_.days.push_back(report_.days[0]);
  EXPECT_EQ(error_of([&] { push(); }).code(), ErrorCode::usage);
  EXPECT_THAT(rig_.server.requests(), IsEmpty());
}

TEST_F(PushPushgateway, SaysInItsWordsWhyItRefuses) {
  rig_.server.then(answer(200, ""));
  rig_.server.then(answer(400, "pushed metrics are invalid or inconsistent\n"));
  const Error error = error_of([&] { push(); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_EQ(error.what(),
            rig_.server.url("") + ": answered 400: pushed metrics are invalid or inconsistent");
  EXPECT_EQ(error.detail(), "4 of 14 numbers were taken before");
}

TEST_F(PushPushgateway, RepeatsWhatMayPass) {
  for (const int status : {408, 429, 500, 503}) rig_.server.then(answer(status, ""));
  rig_.server.then(testing::reset());
  EXPECT_EQ(push().bodies, 3);
  EXPECT_EQ(rig_.server.requests().size(), 8u);
}

TEST_F(PushPushgateway, SendsTheHeadersOfTheOperator) {
  target_.headers.push_back(secret_header("Authorization", "Basic eDp5"));
  push();
  for (const auto& request : rig_.server.requests()) {
    EXPECT_EQ(request.header("Authorization"), "Basic eDp5");
  }
}

constexpr const char* kGroups = R"({"status":"success","data":[
  {"labels":{"instance":"","job":"pcx_kpi","tenant":"north"},"push_time_seconds":{}},
  {"labels":{"instance":"","job":"pcx_kpi","tenant":"gone/1"}},
  {"labels":{"job":"pcx_kpi","tenant":""}},
  {"labels":{"job":"pcx_kpi","tenant":"west"}},
  {"labels":{"job":"pcx_kpi","tenant":"elsewhere","instance":"host-2"}},
  {"labels":{"job":"pcx_kpi","tenant":"more","shard":"1"}},
  {"labels":{"job":"pcx_kpi"}},
  {"labels":{"job":"backup","tenant":"gone/1"}}]})";

TEST_F(PushPushgateway, DeletesGroupsOfTenantsThatAreGone) {
  target_.delete_stale = true;
  for (int i = 0; i < 3; ++i) rig_.server.then(answer(200, ""));
  rig_.server.then(answer(200, kGroups));
  rig_.server.then(answer(202, ""));
  rig_.server.then(answer(202, ""));
  EXPECT_EQ(push().deleted, 2);
  const auto lines = asked();
  ASSERT_EQ(lines.size(), 6u);
  EXPECT_EQ(lines[3], "GET /gateway/api/v1/metrics");
  EXPECT_EQ(lines[4], "DELETE /gateway/metrics/job/pcx_kpi/tenant@base64/Z29uZS8x");
  EXPECT_EQ(lines[5], "DELETE /gateway/metrics/job/pcx_kpi/tenant/west");
}

TEST_F(PushPushgateway, DeletesNothingAfterAFailure) {
  target_.delete_stale = true;
  rig_.server.then(answer(400, "no"));
  error_of([&] { push(); });
  EXPECT_EQ(rig_.server.requests().size(), 1u);
}

TEST(StaleTenants, AreReadFromNothingElse) {
  for (const char* answer : {"", "<html>", "{}", R"({"data":{}})", R"({"data":[{}]})",
                             R"({"data":[{"labels":[]}]})", R"({"data":[{"labels":{"job":1}}]})"}) {
    EXPECT_EQ(error_of([&] { stale_tenants(sample_report(), "pcx_kpi", answer); }).code(),
              ErrorCode::data)
        << answer;
  }
  EXPECT_THAT(stale_tenants(sample_report(), "pcx_kpi", R"({"data":[]})"), IsEmpty());
}

}  // namespace
}  // namespace pcx::kpi
