#include "kpi/push_body.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/kpi/sample_report.h"
#include "tests/support/errors.h"

namespace pcx::kpi {
namespace {

using ::testing::ElementsAre;
using testing::error_of;

// "[23][23]...": so that every number is four bytes long at most.
std::string digits_of(Batch batch) {
  std::string text;
  for (const Measurement& number : batch) text += "[" + number.digits() + "]";
  return text;
}

class PushBody : public ::testing::Test {
 protected:
  const Report report_ = sample_report();
  const std::vector<Measurement> north_ = measurements(report_, report_.days[0]);  // 23 20 3 0
  Outcome outcome_;
};

TEST_F(PushBody, IsOneWhenItFits) {
  const auto bodies = bodies_of(north_, digits_of, 14);
  ASSERT_EQ(bodies.size(), 1u);
  EXPECT_EQ(bodies[0].text, "[23][20][3][0]");
}

TEST_F(PushBody, IsHalvedUntilItFits) {
  const auto bodies = bodies_of(north_, digits_of, 7);
  ASSERT_EQ(bodies.size(), 3u);
  EXPECT_EQ(bodies[0].text, "[23]");
  EXPECT_EQ(bodies[1].text, "[20]");
  EXPECT_EQ(bodies[2].text, "[3][0]");
}

TEST_F(PushBody, IsNeverLessThanANumber) {
  EXPECT_EQ(bodies_of(north_, digits_of, 1).size(), 4u);
  EXPECT_TRUE(bodies_of({}, digits_of, 1).empty());
}

TEST_F(PushBody, IsHalvedWhenTheTargetSaysSo) {
  std::vector<std::string> sent;
  send_bodies(outcome_, bodies_of(north_, digits_of, 100), digits_of, [&](const Body& body) {
    sent.push_back(body.text);
    return body.batch.size() > 2 ? Taken::too_large : Taken::yes;
  });
  EXPECT_THAT(sent, ElementsAre("[23][20][3][0]", "[23][20]", "[3][0]"));
  EXPECT_EQ(outcome_.bodies, 2);
  EXPECT_EQ(outcome_.points, 4);
}

TEST_F(PushBody, EndsWhenANumberAloneIsTooLarge) {
  const Error error = error_of([&] {
    send_bodies(outcome_, bodies_of(north_, digits_of, 100), digits_of, [](const Body& body) {
      return body.text == "[23]" || body.batch.size() > 1 ? Taken::too_large : Taken::yes;
    });
  });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_EQ(error.reason(), "http_413");
  EXPECT_STREQ(error.what(), "KPI 'appointments': one number alone is too large a body");
  EXPECT_EQ(error.detail(), "");
}

TEST_F(PushBody, SaysHowMuchWasTakenBeforeAFailure) {
  int calls = 0;
  const Error error = error_of([&] {
    send_bodies(outcome_, bodies_of(north_, digits_of, 7), digits_of, [&](const Body&) {
      if (++calls == 3) throw Error{ErrorCode::busy, "target: answered 503"};
      return Taken::yes;
    });
  });
  EXPECT_EQ(error.code(), ErrorCode::busy);
  EXPECT_EQ(error.detail(), "2 of 4 numbers were taken before");
}

TEST_F(PushBody, LeavesOutWhatIsFaultyAndSaysSo) {
  std::vector<Measurement> numbers = north_;
  drop_faulty(outcome_, numbers, [](const Measurement& number) -> std::string {
    return number.definition().name == "appointments" ? "too old" : "";
  });
  EXPECT_EQ(digits_of(numbers), "[0]");
  EXPECT_EQ(outcome_.dropped, 3);
  EXPECT_THAT(outcome_.warnings, ElementsAre("KPI 'appointments': too old (3 numbers)"));
}

}  // namespace
}  // namespace pcx::kpi
