#include "alert/inputs.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using testing::error_of;
using ::testing::IsEmpty;

constexpr Time kNow{std::chrono::hours{500'000}};

Selector selector(const std::string& name, std::vector<Matcher> matchers = {},
                  std::chrono::milliseconds offset = 0ms) {
  return {.name = name, .matchers = Matchers{std::move(matchers)}, .offset = offset};
}

InputSet stock() {
  InputSet inputs;
  inputs.know("low_stock", "kpi");
  inputs.know("appointments", "kpi");
  inputs.know("pcx_app_up", "app");
  inputs.add("low_stock", {{"tenant", "north"}}, 12);
  inputs.add("low_stock", {{"tenant", "south"}}, 3);
  return inputs;
}

TEST(InputSet, SelectsByNameAndLabels) {
  const InputSet inputs = stock();
  EXPECT_THAT(inputs.select(selector("low_stock"), kNow),
              ElementsAre(Sample{{{"tenant", "north"}}, 12}, Sample{{{"tenant", "south"}}, 3}));
  EXPECT_THAT(inputs.select(selector("low_stock", {{"tenant", MatchKind::matches, "n.*"}}), kNow),
              ElementsAre(Sample{{{"tenant", "north"}}, 12}));
}

TEST(InputSet, KnowsMetricsWithoutSamples) {
  const InputSet inputs = stock();
  EXPECT_THAT(inputs.select(selector("appointments"), kNow), IsEmpty());
  EXPECT_TRUE(inputs.knows("appointments"));
  EXPECT_FALSE(inputs.knows("appointment"));
  EXPECT_THAT(inputs.metrics(), ElementsAre("appointments", "low_stock", "pcx_app_up"));
}

TEST(InputSet, RefusesWhatNobodyKnows) {
  const InputSet inputs = stock();
  const Error error = error_of([&] { inputs.select(selector("low_stok"), kNow); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_EQ(error.reason(), "unknown_metric");
  EXPECT_STREQ(error.what(), "no metric is called low_stok");
  EXPECT_EQ(error.hint(), "Did you mean low_stock?");
}

TEST(InputSet, FailsForAllMetricsOfAnInputAndNoOther) {
  InputSet inputs = stock();
  inputs.add("pcx_app_up", {}, 1);
  inputs.fail("kpi", "the database is down");
  for (const char* metric : {"low_stock", "appointments"}) {
    const Error error = error_of([&] { inputs.select(selector(metric), kNow); });
    EXPECT_EQ(error.code(), ErrorCode::data);
    EXPECT_EQ(error.reason(), "input_failed");
    EXPECT_EQ(error.what(), std::string{metric} + " could not be read: the database is down");
  }
  EXPECT_THAT(inputs.select(selector("pcx_app_up"), kNow), ElementsAre(Sample{{}, 1}));
  EXPECT_THAT(inputs.failures(), ElementsAre(::testing::Pair("kpi", "the database is down")));
}

TEST(InputSet, LooksBackWhereThereIsAHistory) {
  InputSet inputs = stock();
  std::vector<Time> asked;
  inputs.set_look_back([&](const std::string& metric, Time at) -> std::optional<Samples> {
    if (metric != "low_stock") return std::nullopt;
    asked.push_back(at);
    return Samples{{{{"tenant", "north"}}, 7}, {{{"tenant", "south"}}, 1}};
  });
  const auto south = selector("low_stock", {{"tenant", MatchKind::equal, "south"}}, 24h);
  EXPECT_THAT(inputs.select(south, kNow), ElementsAre(Sample{{{"tenant", "south"}}, 1}));
  EXPECT_THAT(asked, ElementsAre(kNow - 24h));
  EXPECT_EQ(error_of([&] { inputs.select(selector("pcx_app_up", {}, 24h), kNow); }).reason(),
            "no_history");
}

TEST(InputSet, HasNoHistoryByItself) {
  const InputSet inputs = stock();
  EXPECT_EQ(error_of([&] { inputs.select(selector("low_stock", {}, 1h), kNow); }).reason(),
            "no_history");
}

}  // namespace
}  // namespace pcx::alert
