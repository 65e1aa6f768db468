#include "alert/alert.h"

#include <gtest/gtest.h>

#include "core/text.h"

namespace pcx::alert {
namespace {

std::string repeated(const std::string& text, std::size_t count) {
  std::string made;
  for (std::size_t i = 0; i < count; ++i) made += text;
  return made;
}

// printf 'alertname\0LowStock\0tenant\0north\0' | sha256sum
TEST(DedupKey, NamesEnvironmentAlertAndLabels) {
  EXPECT_EQ(dedup_key_of("production", {{"alertname", "LowStock"}, {"tenant", "north"}}, {}),
            "pcx/production/LowStock/8f9a970aa9bab5f8");
}

TEST(DedupKey, LeavesOutSeverityAndVolatileLabels) {
  const Labels plain{{"alertname", "LowStock"}, {"tenant", "north"}};
  Labels more = plain;
  more["severity"] = "critical";
  more["host"] = "db2";
  EXPECT_NE(dedup_key_of("e", more, {}), dedup_key_of("e", plain, {}));
  EXPECT_EQ(dedup_key_of("e", more, {"host"}), dedup_key_of("e", plain, {}));
}

TEST(DedupKey, HasAtMostItsBytesAndWholeCharacters) {
  const std::string name = repeated("\xc3\xa9", 200);
  for (const std::size_t length : {0, 1, 2, 99, 100, 101, 400}) {
    SCOPED_TRACE(length);
    const std::string environment = repeated("e", length % 2) + repeated("\xc3\xa9", length / 2);
    const std::string key = dedup_key_of(environment, {{"alertname", name}}, {});
    EXPECT_LE(key.size(), kDedupKeyBytesMax);
    EXPECT_GE(key.size(), kDedupKeyBytesMax - 1);
    EXPECT_EQ(find_invalid_utf8(key), std::nullopt);
  }
}

TEST(DedupKey, TellsLongNamesApart) {
  const std::string name = repeated("a", 300);
  EXPECT_NE(dedup_key_of("e", {{"alertname", name + "1"}}, {}),
            dedup_key_of("e", {{"alertname", name + "2"}}, {}));
}

TEST(AlertId, IsOfRuleAndLabels) {
  Alert alert;
  alert.rule = "practice/LowStock/warning";
  alert.labels = {{"alertname", "LowStock"}, {"tenant", "north"}};
  EXPECT_EQ(alert.id(), "practice/LowStock/warning#8f9a970aa9bab5f8");
}

TEST(AlertSeverity, IsOfItsLabelAndWarningElse) {
  Alert alert;
  EXPECT_EQ(alert.severity(), Severity::warning);
  alert.labels["severity"] = "critical";
  EXPECT_EQ(alert.severity(), Severity::critical);
  alert.labels["severity"] = "page";  // a template may say anything
  EXPECT_EQ(alert.severity(), Severity::warning);
}

TEST(SeverityWords, ComeBack) {
  for (const auto severity :
       {Severity::info, Severity::warning, Severity::error, Severity::critical}) {
    EXPECT_EQ(parse_severity(to_string(severity)), severity);
  }
  EXPECT_LT(Severity::error, Severity::critical);
  for (const char* word : {"", "Critical", "page", "warn"}) {
    EXPECT_EQ(parse_severity(word), std::nullopt) << word;
  }
}

TEST(PhaseWords, ComeBack) {
  for (const auto phase : {Phase::pending, Phase::firing, Phase::resolved}) {
    EXPECT_EQ(parse_phase(to_string(phase)), phase);
  }
  EXPECT_EQ(parse_phase("inactive"), std::nullopt);
}

}  // namespace
}  // namespace pcx::alert
