#include "apikey/usage_report.h"

#include <gmock/gmock.h>

#include "apikey/sql.h"
#include "core/time.h"
#include "tests/apikey/fixture.h"
#include "tests/support/errors.h"

namespace pcx::apikey {
namespace {

using pcx::testing::error_of;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

Time at(std::string_view text) { return *parse_rfc3339(text); }

TEST(ApikeyUsageSteps, BeginWithFullHoursAndDays) {
  EXPECT_THAT(
      steps_between(at("2026-06-01T10:30:00Z"), at("2026-06-01T12:00:00Z"), UsageStep::hour),
      ElementsAre(at("2026-06-01T10:00:00Z"), at("2026-06-01T11:00:00Z"),
                  at("2026-06-01T12:00:00Z")));
  EXPECT_THAT(steps_between(at("2026-06-01T10:30:00Z"), at("2026-06-02T10:30:00Z"), UsageStep::day),
              ElementsAre(at("2026-06-01T00:00:00Z"), at("2026-06-02T00:00:00Z")));
}

TEST(ApikeyUsageSteps, HaveALimit) {
  const Time now = at("2026-06-01T00:00:00Z");
  EXPECT_THAT(steps_between(now - std::chrono::hours{999}, now, UsageStep::hour), SizeIs(1000));
  const Error error =
      error_of([&] { steps_between(now - std::chrono::hours{1000}, now, UsageStep::hour); });
  EXPECT_EQ(error.code(), ErrorCode::usage);
  EXPECT_EQ(error.reason(), "too_much");
}

class ApikeyUsageReport : public ApikeyFixture {
 protected:
  void SetUp() override {
    ApikeyFixture::SetUp();
    one_ = insert({.name = "one"}).id;
    two_ = insert({.name = "two"}).id;
    silent_ = insert({.name = "silent"}).id;
  }

  void call(const std::string& id, const std::string& when, int status = 200, int milliseconds = 10,
            const std::string& endpoint = "/api/patients", const std::string& method = "GET") {
    sql("INSERT INTO public.api_usage_metrics (id, \"apiKeyId\", endpoint, method, \"statusCode\","
        " \"responseTime\", \"timestamp\") VALUES (gen_random_uuid()::text, 'row-" +
        id + "', '" + endpoint + "', '" + method + "', " + std::to_string(status) + ", " +
        std::to_string(milliseconds) + ", '" + when + "')");
  }
  void told(const std::string& id, const std::string& day, int calls, int refused) {
    sql("INSERT INTO pcx.apikey_usage VALUES ('" + id + "', '" + day + "', " +
        std::to_string(calls) + ", " + std::to_string(refused) + ", '" + day + " 12:00+00')");
  }
  UsageReport read(UsageQuestion question = {}) {
    if (question.since == Time{}) question.since = at("2026-05-25T12:00:00Z");
    question.now = at("2026-06-01T12:00:00Z");
    db::Transaction tx = database().begin(db::Access::read_only, db::Isolation::repeatable_read);
    return read_usage(tx, question);
  }

  std::string one_;
  std::string two_;
  std::string silent_;
};

TEST_F(ApikeyUsageReport, AddsUpWhatTheApplicationRecorded) {
  for (int i = 1; i <= 95; ++i) call(one_, "2026-05-30 10:00", 200, i);
  for (int i = 0; i < 3; ++i) call(one_, "2026-05-31 10:00", 404, 1000);
  call(one_, "2026-05-31 10:00", 500, 2000, "/api/invoices", "POST");
  call(one_, "2026-05-31 10:59:59.999", 302, 3000, "/api/invoices");
  call(one_, "2026-05-25 11:59:59.999", 500, 9000);  // before
  const UsageReport report = read({.ids = {one_}});
  ASSERT_THAT(report.keys, SizeIs(1));
  const KeyUsage& usage = report.keys[0];
  EXPECT_EQ(usage.key.name, "one");
  ASSERT_TRUE(usage.recorded);
  EXPECT_EQ(usage.recorded->calls, 100);
  EXPECT_EQ(usage.recorded->client_errors, 3);
  EXPECT_EQ(usage.recorded->server_errors, 1);
  EXPECT_EQ(usage.recorded->p95_ms, 95);
  EXPECT_EQ(usage.last_seen, at("2026-05-31T10:59:59.999Z"));
  ASSERT_THAT(usage.recorded->endpoints, SizeIs(3));
  EXPECT_EQ(usage.recorded->endpoints[0].endpoint, "/api/patients");
  EXPECT_EQ(usage.recorded->endpoints[0].calls, 98);
  EXPECT_EQ(usage.recorded->endpoints[1].method, "GET");
  EXPECT_EQ(usage.recorded->endpoints[2].method, "POST");
}

TEST_F(ApikeyUsageReport, HasEveryStepOfTheSeries) {
  call(one_, "2026-05-25 12:00");
  call(one_, "2026-05-30 00:00");
  call(one_, "2026-05-30 23:59:59.999", 503);
  call(one_, "2026-06-01 12:30");  // by a clock that is ahead
  call(one_, "2026-06-02 00:30");
  const auto series = read().keys.at(0).recorded->series;
  ASSERT_THAT(series, SizeIs(8));
  EXPECT_EQ(series[0].from, at("2026-05-25T00:00:00Z"));
  std::vector<std::int64_t> calls;
  for (const UsageCount& count : series) calls.push_back(count.calls);
  EXPECT_THAT(calls, ElementsAre(1, 0, 0, 0, 0, 2, 0, 2));
  EXPECT_EQ(series[5].server_errors, 1);
  const auto hours = read({.since = at("2026-05-29T12:30:00Z"), .step = UsageStep::hour})
                         .keys.at(0)
                         .recorded->series;
  ASSERT_THAT(hours, SizeIs(73));
  EXPECT_EQ(hours[12].calls, 1);
  EXPECT_EQ(hours[35].calls, 1);
}

TEST_F(ApikeyUsageReport, HasFiveEndpointsAtMost) {
  for (int i = 0; i < 8; ++i) {
    for (int k = 0; k <= i; ++k) call(one_, "2026-05-30 10:00", 200, 1, "/" + std::to_string(i));
  }
  const auto endpoints = read().keys.at(0).recorded->endpoints;
  ASSERT_THAT(endpoints, SizeIs(5));
  EXPECT_EQ(endpoints[0].endpoint, "/7");
  EXPECT_EQ(endpoints[4].endpoint, "/3");
}

TEST_F(ApikeyUsageReport, AddsUpWhatPcxCounted) {
  told(one_, "2026-05-24", 100, 100);  // before
  told(one_, "2026-05-25", 5, 1);
  told(one_, "2026-06-01", 7, 0);
  const KeyUsage usage = read().keys.at(0);
  ASSERT_TRUE(usage.counted);
  EXPECT_EQ(usage.counted->taken, 12);
  EXPECT_EQ(usage.counted->refused, 1);
  EXPECT_EQ(usage.last_seen, at("2026-06-01T12:00:00Z"));
  EXPECT_FALSE(usage.recorded);
}

TEST_F(ApikeyUsageReport, TellsNothingKnownFromNothingDone) {
  call(one_, "2026-01-01 00:00");
  told(two_, "2026-01-01", 5, 0);
  const UsageReport report = read({.ids = {silent_, two_, one_, two_}});
  ASSERT_THAT(report.keys, SizeIs(3));
  EXPECT_EQ(report.keys[0].key.id, silent_);
  EXPECT_FALSE(report.keys[0].recorded || report.keys[0].counted || report.keys[0].last_seen);
  EXPECT_FALSE(report.keys[1].recorded);
  ASSERT_TRUE(report.keys[1].counted);
  EXPECT_EQ(report.keys[1].counted->taken, 0);
  EXPECT_EQ(report.keys[1].last_seen, at("2026-01-01T12:00:00Z"));
  ASSERT_TRUE(report.keys[2].recorded);
  EXPECT_EQ(report.keys[2].recorded->calls, 0);
  EXPECT_FALSE(report.keys[2].recorded->p95_ms);
  EXPECT_THAT(report.keys[2].recorded->series, SizeIs(8));
  EXPECT_EQ(report.keys[2].last_seen, at("2026-01-01T00:00:00Z"));
}

TEST_F(ApikeyUsageReport, LeavesOutWhatWasNotUsedUnlessItIsAskedFor) {
  call(two_, "2026-05-30 00:00");
  call(two_, "2026-05-30 00:00");
  call(one_, "2026-05-30 00:00");
  const Token other = insert();
  call(other.id, "2026-01-01 00:00");
  sql("UPDATE public.api_usage_metrics SET \"apiKeyId\" = NULL WHERE \"timestamp\" < '2026-01-02'");
  const UsageReport report = read();
  ASSERT_THAT(report.keys, SizeIs(2));
  EXPECT_EQ(report.keys[0].key.id, two_);
  EXPECT_EQ(report.keys[1].key.id, one_);
  EXPECT_EQ(report.unused, 2);
  EXPECT_EQ(report.unrecorded, 2);
}

// A key that was only refused was used, too.
TEST_F(ApikeyUsageReport, ShowsAKeyThatWasOnlyRefused) {
  told(silent_, "2026-05-30", 0, 3);
  const UsageReport report = read();
  ASSERT_THAT(report.keys, SizeIs(1));
  EXPECT_EQ(report.keys[0].counted->refused, 3);
}

TEST_F(ApikeyUsageReport, IgnoresRowsOfOtherKeys) {
  sql("INSERT INTO public.api_usage_metrics (id, \"apiKeyId\", endpoint, method, \"statusCode\","
      " \"responseTime\", \"timestamp\") VALUES ('1', 'of nobody', '/', 'GET', 200, 1, "
      "'2026-05-30')");
  EXPECT_THAT(read().keys, IsEmpty());
}

TEST_F(ApikeyUsageReport, SaysWhatIsMissing) {
  EXPECT_EQ(error_of([&] { read({.ids = {"0000000000"}}); }).reason(), "no_such_key");
  sql("DROP TABLE public.api_usage_metrics");
  EXPECT_EQ(error_of([&] { read(); }).reason(), "no_usage_metrics");
}

// A week of a hundred keys out of a year: no statement reads the year.
class ApikeyUsagePlans : public ApikeyUsageReport {
 protected:
  void SetUp() override {
    ApikeyUsageReport::SetUp();
    sql("INSERT INTO public.api_usage_metrics (id, \"apiKeyId\", endpoint, method, \"statusCode\","
        " \"responseTime\", \"timestamp\") SELECT n::text, 'row-' || n % 100, '/', 'GET', 200, 1,"
        " '2025-06-01'::timestamp + n * interval '5 minutes' FROM generate_series(1, 100000) AS n;"
        "ANALYZE public.api_usage_metrics");
  }
  std::string plan(const db::Statement& statement, const db::Params& params) {
    const std::string text = "EXPLAIN " + std::string{statement.sql};
    db::Transaction tx = database().begin();
    const db::Result rows = tx.query({"test.explain", text}, params);
    std::string lines;
    for (const db::Row row : rows) lines += row[std::size_t{0}].as<std::string>() + "\n";
    return lines;
  }
};

TEST_F(ApikeyUsagePlans, UseTheIndexesOfTheApplication) {
  const std::string since = "2026-05-01T00:00:00Z";
  const db::Param all{nullptr};
  const db::Param one{std::vector<std::string>{"row-7"}};
  const auto by_time =
      AllOf(HasSubstr("api_usage_metrics_timestamp_idx"), Not(HasSubstr("Seq Scan")));
  EXPECT_THAT(plan(sql::usage_totals, {all, since}), by_time);
  EXPECT_THAT(plan(sql::usage_steps, {all, since, "day", std::int64_t{1000}}), by_time);
  EXPECT_THAT(plan(sql::usage_endpoints, {all, since, std::int64_t{5}}), by_time);
  const auto by_index = AllOf(HasSubstr("api_usage_metrics_"), Not(HasSubstr("Seq Scan")));
  EXPECT_THAT(plan(sql::usage_totals, {one, since}), by_index);
  EXPECT_THAT(plan(sql::usage_steps, {one, since, "day", std::int64_t{1000}}), by_index);
  EXPECT_THAT(plan(sql::usage_endpoints, {one, since, std::int64_t{5}}), by_index);
  const db::Param one_id{std::vector<std::string>{one_}};
  EXPECT_THAT(plan(sql::usage_known, {one_id}), HasSubstr("api_usage_metrics_apiKeyId_idx"));
}

}  // namespace
}  // namespace pcx::apikey
