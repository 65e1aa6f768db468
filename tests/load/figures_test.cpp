#include "load/figures.h"

#include <gmock/gmock.h>

#include "tests/load/sample.h"

namespace pcx::load {
namespace {

using ::testing::ElementsAre;

TEST(Figures, CountsWhatWasNeverCountedAsNone) {
  EXPECT_EQ(count_of({{"a", 3}}, "a"), 3);
  EXPECT_EQ(count_of({{"a", 3}}, "b"), 0);
  EXPECT_TRUE(summary_of({}, "http.response_time").is_empty());
}

TEST(Figures, FindsCountersByTheirBeginning) {
  const Counters counters = {
      {"errors", 9}, {"errors.A", 1}, {"errors.B", 5}, {"errors.C", 1}, {"errorsX", 7}};
  EXPECT_THAT(counters_below(counters, "errors."),
              ElementsAre(Counted{"B", 5}, Counted{"A", 1}, Counted{"C", 1}));
}

TEST(Figures, NamesKindsWithTheirCounts) {
  EXPECT_EQ(kinds_text({{"200", 3952}, {"500", 40}}), "200: 3,952, 500: 40");
  EXPECT_EQ(kinds_text({}), "");
}

TEST(Figures, NamesThePaceOfTheWholeRun) {
  const auto pace = [](std::int64_t requests, std::int64_t seconds) {
    return pace_text(
        {.duration_us = seconds * 1'000'000, .counters = {{"http.requests", requests}}});
  };
  EXPECT_EQ(pace(12'345, 10), "1,235");
  EXPECT_EQ(pace(40, 2), "20");
  EXPECT_EQ(pace(7, 20), "0.35");
  EXPECT_EQ(pace(3, 0), "3");
  EXPECT_EQ(pace(0, 5), "0");
}

TEST(Figures, PutsTogetherWhatBelongsToAnEndpoint) {
  const std::vector<EndpointFigures> endpoints = endpoints_of(sample_result());
  ASSERT_EQ(endpoints.size(), 2u);
  const EndpointFigures& login = endpoints[0];
  EXPECT_EQ(login.name, "/auth/login");
  EXPECT_EQ(login.responses, 1996);
  EXPECT_EQ(login.errors, 4);
  EXPECT_THAT(login.codes, ElementsAre(Counted{"200", 1976}, Counted{"500", 20}));
  EXPECT_THAT(login.kinds, ElementsAre(Counted{"ETIMEDOUT", 4}));
  EXPECT_EQ(login.response_time.count(), 1996);
  EXPECT_EQ(login.latency.count(), 2000) << "with those that were given up";
  EXPECT_EQ(endpoints[1].name, "/patients (search <all>)");
}

TEST(Figures, KnowsPathsThatLookLikeMarks) {
  Result result;
  result.counters = {{"plugins.metrics-by-endpoint./v.codes.x.codes.200", 2},
                     {"plugins.metrics-by-endpoint./only.errors.ECONNRESET", 1}};
  const auto endpoints = endpoints_of(result);
  ASSERT_EQ(endpoints.size(), 2u);
  EXPECT_EQ(endpoints[0].name, "/v.codes.x");
  EXPECT_EQ(endpoints[1].name, "/only");
}

TEST(Figures, TakeNoNameOfAnErrorForACode) {
  Result result;
  const std::string name = "a redirect to http://a b.codes.200";
  result.counters = {{"plugins.metrics-by-endpoint./go.errors." + name, 3},
                     {"plugins.metrics-by-endpoint./v.errors.x.codes.200", 2}};
  result.summaries["pcx.latency.endpoint./go"].record(1);
  result.summaries["pcx.latency.endpoint./v.errors.x"].record(1);
  const auto endpoints = endpoints_of(result);
  ASSERT_EQ(endpoints.size(), 2u);
  EXPECT_EQ(endpoints[0].name, "/go");
  EXPECT_EQ(endpoints[0].responses, 0);
  EXPECT_THAT(endpoints[0].kinds, ElementsAre(Counted{name, 3}));
  EXPECT_EQ(endpoints[1].name, "/v.errors.x");
  EXPECT_THAT(endpoints[1].codes, ElementsAre(Counted{"200", 2}));
}

TEST(Figures, AreWrittenForPeople) {
  EXPECT_EQ(ms_text(0), "0");
  EXPECT_EQ(ms_text(412), "0.41");
  EXPECT_EQ(ms_text(9'994), "9.99");
  EXPECT_EQ(ms_text(9'996), "10.0");
  EXPECT_EQ(ms_text(14'230), "14.2");
  EXPECT_EQ(ms_text(99'960), "100");
  EXPECT_EQ(ms_text(2'410'499), "2,410");
}

TEST(Figures, NeverRoundToAllOrNothing) {
  EXPECT_EQ(share_text(0), "0 %");
  EXPECT_EQ(share_text(0.00001), "0.01 %");
  EXPECT_EQ(share_text(0.0042), "0.42 %");
  EXPECT_EQ(share_text(0.12), "12 %");
  EXPECT_EQ(share_text(0.99999), "99.99 %");
  EXPECT_EQ(share_text(0.9912), "99.12 %");
  EXPECT_EQ(share_text(1), "100 %");
}

}  // namespace
}  // namespace pcx::load
