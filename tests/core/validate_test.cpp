// What the application's vectors (vectors_test.cpp) do not reach.
#include "core/validate.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/correlation.h"
#include "core/password.h"
#include "core/sanitize.h"
#include "tests/support/errors.h"

namespace pcx {
namespace {

TEST(ValidateEnumValue, ComparesNumbersByValue) {
  const Document numbers = Document::object().set("A", 1).set("B", std::nan(""));
  EXPECT_TRUE(validate_enum_value(1.0, numbers));
  EXPECT_TRUE(validate_enum_value(Cell{Decimal{"1"}}, numbers));
  EXPECT_TRUE(validate_enum_value(std::nan(""), numbers));
  EXPECT_FALSE(validate_enum_value(true, numbers));
  EXPECT_FALSE(
      validate_enum_value(Document::array(), Document::object().set("A", Document::array())));
}

TEST(ValidateEmail, PassesOverInvalidBytes) {
  EXPECT_TRUE(validate_email("a\xff@b.co"));
  EXPECT_FALSE(validate_email("a\xff @b.co"));
}

TEST(ValidateRequiredFields, LetsAnOwnFieldHideAnInheritedOne) {
  const Document data = Document::object().set("toString", "");
  EXPECT_STREQ(testing::error_of([&] { validate_required_fields(data, {"toString"}); }).what(),
               "Missing required fields: toString");
}

TEST(CorrelationId, JoinsWhatComesTwiceAndIgnoresCase) {
  SeededRandom random{1};
  EXPECT_EQ(correlation_id({{"X-CORRELATION-id", "a"}, {"x-correlation-id", "b"}}, random), "a, b");
  EXPECT_EQ(correlation_id({{"X-Correlation-IDs", "a"}, {"X-Request-Id", "r"}}, random), "r");
}

TEST(ContainsSqlInjection, LooksAtEachLineByItself) {
  EXPECT_TRUE(contains_sql_injection("x or y = z"));
  for (const char* text : {"x or\ny = z", "x or\ry = z", "x or\xe2\x80\xa8y = z",
                           "x or\xe2\x80\xa9y = z", "'a\nor b'"}) {
    EXPECT_FALSE(contains_sql_injection(text)) << text;
  }
  EXPECT_TRUE(contains_sql_injection("first\nselect"));
}

}  // namespace
}  // namespace pcx
