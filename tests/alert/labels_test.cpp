#include "alert/labels.h"

#include <gtest/gtest.h>

namespace pcx::alert {
namespace {

TEST(LabelNames, AreAsciiLettersDigitsAndUnderscores) {
  for (const char* name : {"a", "_", "tenant", "Tenant_2", "__name__"}) {
    EXPECT_TRUE(is_label_name(name)) << name;
  }
  for (const char* name : {"", "2nd", "a-b", "a:b", "caf\xc3\xa9", "a b"}) {
    EXPECT_FALSE(is_label_name(name)) << name;
  }
}

TEST(MetricNames, MayHaveColons) {
  EXPECT_TRUE(is_metric_name("pcx_app_error_ratio:1h"));
  EXPECT_TRUE(is_metric_name(":a"));
  EXPECT_FALSE(is_metric_name("1h"));
  EXPECT_FALSE(is_metric_name(""));
}

TEST(LabelsText, IsAsPromqlWritesIt) {
  EXPECT_EQ(to_string(Labels{}), "{}");
  EXPECT_EQ(to_string(Labels{{"tenant", "north"}, {"a", "x\"\\\ny"}}),
            "{a=\"x\\\"\\\\\\ny\", tenant=\"north\"}");
}

// printf 'alertname\0LowStock\0tenant\0north\0' | sha256sum
TEST(DigestOfLabels, IsTheBeginningOfASha256) {
  const Labels labels{{"alertname", "LowStock"}, {"tenant", "north"}};
  EXPECT_EQ(digest_of(labels), "8f9a970aa9bab5f8");
}

TEST(DigestOfLabels, LeavesOutWhatIsNamed) {
  Labels labels{{"alertname", "LowStock"}, {"tenant", "north"}};
  const std::string digest = digest_of(labels);
  labels["severity"] = "critical";
  EXPECT_NE(digest_of(labels), digest);
  EXPECT_EQ(digest_of(labels, {"severity"}), digest);
}

TEST(DigestOfLabels, TellsNamesFromValues) {
  EXPECT_NE(digest_of({{"a", "b"}, {"c", "d"}}), digest_of({{"a", "bc"}, {"d", ""}}));
}

}  // namespace
}  // namespace pcx::alert
