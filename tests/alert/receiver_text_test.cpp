#include "alert/receiver_text.h"

#include <limits>

#include <gmock/gmock.h>

#include "core/json.h"
#include "tests/alert/receiver_rig.h"

namespace pcx::alert {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

TEST(CutTo, CountsCharacters) {
  struct Case {
    const char* text;
    std::size_t most;
    const char* cut;
  };
  const Case cases[] = {
      {"", 1, ""},
      {"abc", 3, "abc"},
      {"abcd", 3, "ab\u2026"},
      {"abcd", 1, "\u2026"},
      {"\U0001f408\U0001f408", 2, "\U0001f408\U0001f408"},
      {"\U0001f408\U0001f408x", 2, "\U0001f408\u2026"},
      {"a\xff\xfe", 3, "a\ufffd\ufffd"},
      {"a\xc3", 2, "a\ufffd"},
      {"\xed\xa0\x80z", 2, "\ufffd\u2026"},
  };
  for (const Case& each : cases) EXPECT_EQ(cut_to(each.text, each.most), each.cut) << each.text;
}

TEST(NumberText, IsShortAndReadsBack) {
  struct Case {
    double value;
    const char* text;
  };
  const double kInfinity = std::numeric_limits<double>::infinity();
  const Case cases[] = {
      {12, "12"},          {0.1, "0.1"},         {-0.25, "-0.25"},   {1e21, "1e+21"},
      {kInfinity, "+Inf"}, {-kInfinity, "-Inf"}, {0.0 / 0.0, "NaN"}, {123456789, "123456789"}};
  for (const Case& each : cases) EXPECT_EQ(number_text(each.value), each.text);
}

TEST(IsHttpsUrl, TakesNothingElse) {
  for (const char* url : {"https://wiki.example.org", "https://wiki.example.org/a/b?c=d#e",
                          "https://wiki.example.org/#/route", "https://[::1]:8443/"}) {
    EXPECT_TRUE(is_https_url(url)) << url;
  }
  for (const char* url :
       {"", "http://wiki.example.org", "HTTPS://wiki.example.org", "https://wiki/<b>",
        "https://wiki/a b", "https://wiki/#a#b", "https://wiki/|x", "https://wiki/\"", "https://",
        "https://user@wiki", " https://wiki", "https://wiki/\xc3\xa9"}) {
    EXPECT_FALSE(is_https_url(url)) << url;
  }
  EXPECT_TRUE(is_https_url("https://wiki/" + std::string(2035, 'x')));
  EXPECT_FALSE(is_https_url("https://wiki/" + std::string(2036, 'x')));
}

TEST(NotificationBody, IsWhatIsDocumented) {
  EXPECT_EQ(to_json(notification_body("id-1", sample_notification(Action::resolve))),
            R"({"version":1,"id":"id-1","action":"resolve",)"
            R"("dedup_key":"pcx/production/LowStock/0123456789abcdef","severity":"warning",)"
            R"("summary":"12 items below reorder point","why":"resolved",)"
            R"("at":"2026-03-08T07:00:00.000Z","began_at":"2026-03-08T06:50:00.000Z",)"
            R"("alerts":[{"value":12.0,"active_since":"2026-03-08T06:50:00.000Z",)"
            R"("severity":"warning","rule":"practice/LowStock/warning",)"
            R"("labels":{"alertname":"LowStock","severity":"warning","tenant":"north"},)"
            R"("annotations":{"runbook_url":"https://wiki.example.org/alerts#low-stock",)"
            R"("summary":"12 items below reorder point"}}]})");
}

TEST(NotificationBody, SaysWhatIsNoNumberAsText) {
  Notification odd = sample_notification();
  odd.members[0].value = std::numeric_limits<double>::infinity();
  EXPECT_THAT(to_json(notification_body("", odd)), HasSubstr(R"("value":"+Inf")"));
}

TEST(NotificationLines, AreForPeople) {
  EXPECT_EQ(notification_lines(sample_notification()),
            "12 items below reorder point\n"
            "\n"
            "FIRING (warning), fired\n"
            "began 2026-03-08T06:50:00.000Z\n"
            "key pcx/production/LowStock/0123456789abcdef\n"
            "\n"
            "- warning {alertname=\"LowStock\", severity=\"warning\", tenant=\"north\"}: value 12 "
            "since 2026-03-08T06:50:00.000Z\n"
            "  runbook_url: https://wiki.example.org/alerts#low-stock\n"
            "  summary: 12 items below reorder point\n");
}

TEST(NotificationLines, AreNotEndless) {
  Notification many = sample_notification();
  many.members.assign(80, sample_member());
  many.members[0].annotations["summary"] = "two\nlines";
  const std::string lines = notification_lines(many);
  EXPECT_THAT(lines, HasSubstr("  summary: two\\nlines\n"));
  EXPECT_THAT(lines, EndsWith("and 30 more\n"));
}

}  // namespace
}  // namespace pcx::alert
