// What holds of every format: states are told apart, data is no markup, and equal reports are equal
// bytes.
#include <set>
#include <string>

#include <gmock/gmock.h>

#include "core/json.h"
#include "kpi/report_csv.h"
#include "kpi/report_html.h"
#include "kpi/report_json.h"
#include "kpi/report_markdown.h"
#include "kpi/report_text.h"
#include "tests/kpi/sample_report.h"

namespace pcx::kpi {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string json(const Report& report) { return to_json(report_json(report), 2); }

struct Format {
  const char* name;
  std::string (*write)(const Report&);
};
constexpr Format kFormats[] = {{"text", report_text},     {"Markdown", report_markdown},
                               {"CSV", report_csv},       {"JSON", json},
                               {"NDJSON", report_ndjson}, {"HTML", report_html}};

Report report_of(const Value& value) {
  Report report = sample_report();
  report.days.resize(1);
  report.days[0].results.resize(1);
  Result& result = report.days[0].results[0];
  result.value = value;
  result.parts.clear();
  result.comparisons.clear();
  result.series.clear();
  result.anomaly = {};
  return report;
}

TEST(ReportFormats, TellFourStatesAndZeroApart) {
  const Value values[] = {{State::known, "0", "", {}},
                          {State::no_data, "", "", {}},
                          {State::not_kept, "", "", {}},
                          {State::failed, "", "", {}}};
  for (const Format& format : kFormats) {
    std::set<std::string> outputs;
    for (const Value& value : values) outputs.insert(format.write(report_of(value)));
    EXPECT_EQ(outputs.size(), std::size(values)) << format.name;
  }
}

TEST(ReportFormats, TellStatesOfOtherDaysApart) {
  const Value values[] = {{State::known, "0", "", {}},
                          {State::no_data, "", "", {}},
                          {State::not_kept, "", "", {}},
                          {State::failed, "", "", {}}};
  for (const Format& format : kFormats) {
    std::set<std::string> outputs;
    for (const Value& value : values) {
      Report report = report_of({State::known, "0", "", {}});
      report.days[0].results[0].comparisons = {{Basis::previous_day, {}, value, {}, false}};
      outputs.insert(format.write(report));
    }
    EXPECT_EQ(outputs.size(), std::size(values)) << format.name;
  }
}

TEST(ReportFormats, GiveAReason) {
  for (const Format& format : kFormats) {
    EXPECT_THAT(format.write(report_of({State::failed, "", "the reason", {}})),
                HasSubstr("the reason"))
        << format.name;
  }
}

TEST(ReportFormats, WriteEqualReportsAsEqualBytes) {
  for (const Format& format : kFormats) {
    EXPECT_EQ(format.write(sample_report()), format.write(sample_report())) << format.name;
    EXPECT_EQ(format.write(sample_week()), format.write(sample_week())) << format.name;
  }
}

TEST(ReportFormats, SayWhatTheDefinitionsWere) {
  for (const Format& format : kFormats) {
    EXPECT_THAT(format.write(sample_report()),
                ::testing::AnyOf(HasSubstr("0123456789abcdef"), HasSubstr("fedcba9876543210")))
        << format.name;
  }
}

TEST(ReportFormats, TellOfTheRunOnlyWhenItIsAskedFor) {
  for (const auto& write : {report_text, report_markdown, json, report_html}) {
    Report report = sample_report();
    EXPECT_THAT(write(report), Not(HasSubstr("7:9:")));
    report.runtime = Runtime{{}, "7:9:", std::chrono::milliseconds{120}};
    EXPECT_THAT(write(report), HasSubstr("7:9:"));
  }
}

TEST(ReportFormats, LetNoDataSteerATerminal) {
  Report report = sample_report();
  report.tenants[0].name = "a\x1b[31mb\xe2\x80\xaez";
  report.days[0].results[0].parts = {{"\x1b]0;x\x07", "1"}};
  report.days[0].results[2].value.reason = "no\nrows\r";
  for (const auto& write : {report_text, report_markdown}) {
    const std::string text = write(report);
    for (const char* const control : {"\x1b", "\x07", "no\nrows", "\r"}) {
      EXPECT_THAT(text, Not(HasSubstr(control)));
    }
  }
  EXPECT_THAT(report_text(report), Not(HasSubstr("\xe2\x80\xae")));
  EXPECT_THAT(report_html(report), Not(HasSubstr("\x1b")));
}

TEST(ReportFormats, WriteNothingOfNothing) {
  Report report = sample_report();
  report.days.clear();
  EXPECT_EQ(report_text(report), "definitions fedcba9876543210\n");
  EXPECT_EQ(report_ndjson(report), "");
  EXPECT_THAT(report_html(report), HasSubstr("nothing was asked"));
  EXPECT_EQ(to_json(report_json(report)),
            R"({"definition_hash":"fedcba9876543210","currency":"usd","reports":[]})");
}

}  // namespace
}  // namespace pcx::kpi
