// What templates say, judged by Prometheus: promtool renders the same of the same numbers.
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "alert/template.h"
#include "tests/alert/promtool.h"

namespace pcx::alert {
namespace {

const std::vector<std::string> kTemplates = {
    "{{ $value }}",
    "{{ humanize $value }}",
    "{{ humanize1024 $value }}",
    "{{ humanizePercentage $value }}",
    "{{ $labels.number | humanize }} {{ humanize1024 $labels.number }}",
    "{{ humanizePercentage $labels.number }}",
    "{{ printf \"%f|%.0f|%.2f|%8.1f|%-8.1f|%08.2f|%+.1f|% .3f\" $value $value $value $value "
    "$value $value $value $value }}",
    "{{ printf \"%e|%.1e|%12.3e|%-12.0e\" $value $value $value $value }}",
    "{{ printf \"%g|%.3g|%.0g|%9g|%09g|%+g|% g\" $value $value $value $value $value $value "
    "$value }}",
    "{{ printf \"%v|%.2v|%8v|%-8v%%\" $value $value $value $value }}",
    "{{ printf \"%s|%v|%10s|%-10s|%.2s|%6.3v\" $labels.word $labels.word $labels.word "
    "$labels.word $labels.word $labels.word }}",
    "{{ title $labels.word }}|{{ toUpper $labels.word }}|{{ $labels.word | toLower }}",
    "a {{- $value -}} b {{ `raw \\` }} {{ \"\\t\\\"\" }} {{ .Labels.word | printf `%s` | title }}",
};
// Beyond 64 bits of seconds Go says "-106751991167300d -15h -30m -8s" of all numbers.
const std::string kDuration =
    "{{ humanizeDuration $value }} {{ $labels.number | humanizeDuration }}";
constexpr double kDurationMax = 9e18;
// And fewer numbers have an instant.
const std::string kTimestamp = "{{ humanizeTimestamp $value }}";
constexpr double kTimestampMax = 9e9;

struct Series {
  Labels labels;
  double value;
  std::string written;
};

const std::vector<std::string>& words() {
  static const std::vector<std::string> all = {"low stock",
                                               "Low-stock_a b",
                                               "\xc3\xa9t\xc3\xa9 \xc3\x89T\xc3\x89",
                                               "o'neil 3d x.y",
                                               "\xc5\xbdlu\xc5\xa5ou\xc4\x8dk\xc3\xbd",
                                               "\xce\xba\xce\xb1\xce\xbb\xce\xae \xcf\x83\xcf\x82",
                                               "\xd0\xb6\xd1\x91\xd0\x99 \xd1\x8f",
                                               "\xe6\x97\xa5\xe6\x9c\xac a",
                                               "\xc4\xb1\xc4\xb0\xc3\xbf"};
  return all;
}

double random_number(std::mt19937_64& random) {
  std::uniform_real_distribution<double> exponent{-26, 26};
  std::uniform_real_distribution<double> mantissa{-10, 10};
  std::uniform_int_distribution<int> kind{0, 3};
  const double number = mantissa(random) * std::pow(10, exponent(random));
  switch (kind(random)) {
    case 0: return number;
    case 1: return std::round(std::fmod(number, 1e7));
    case 2: return std::round(mantissa(random) * 1000) / 100;
    default: return std::round(mantissa(random) * 100) * 1000;
  }
}

std::vector<Series> make_series(std::size_t count) {
  std::mt19937_64 random{20420};
  std::vector<double> numbers = {
      0,    1,      -1,     0.5,           59,   60,     61.5,
      3600, 86400,  999.95, 999950,        1000, 1023,   1024,
      1e6,  999999, 123456, 1234567,       1e-4, 1e-5,   1e20,
      1e21, 0.1,    12.345, 1767225599.25, 1e15, 5e-324, 1.7976931348623157e308};
  while (numbers.size() < count) numbers.push_back(random_number(random));
  std::vector<Series> all;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const Labels labels{{"i", std::to_string(i)},
                        {"word", words()[i % words().size()]},
                        {"number", fmt::format("{}", numbers[i] / 7)}};
    all.push_back({labels, numbers[i], fmt::format("{}", numbers[i])});
  }
  for (const char* word : {"NaN", "Inf", "-Inf"}) {
    const Labels labels{{"i", word}, {"word", "x"}, {"number", word}};
    all.push_back({labels, std::strtod(word, nullptr), word});
  }
  return all;
}

std::vector<std::string> templates_for(const Series& series,
                                       const std::vector<std::string>& other) {
  if (!other.empty()) return other;
  std::vector<std::string> all = kTemplates;
  const double size = std::isfinite(series.value) ? std::fabs(series.value) : 0;
  if (size < kDurationMax) all.push_back(kDuration);
  if (size < kTimestampMax) all.push_back(kTimestamp);
  return all;
}

// One rule a series: its annotations a0, a1... are the templates.
std::string rules_for(const std::vector<Series>& all, const std::vector<std::string>& other = {}) {
  std::string text = "groups:\n- name: g\n  rules:\n";
  for (const Series& series : all) {
    text += fmt::format("  - alert: T\n    expr: m{{i=\"{}\"}}\n    annotations:\n",
                        series.labels.at("i"));
    const auto templates = templates_for(series, other);
    for (std::size_t i = 0; i < templates.size(); ++i) {
      text += fmt::format("      a{}: {}\n", i, in_yaml(templates[i]));
    }
  }
  return text;
}

std::string test_for(const std::vector<Series>& all, const std::vector<std::string>& other = {}) {
  std::string text = "rule_files: [rules.yml]\ntests:\n- interval: 1m\n  input_series:\n";
  std::string expected;
  for (const Series& series : all) {
    text += fmt::format("  - series: {}\n    values: {}\n", in_yaml("m" + to_string(series.labels)),
                        in_yaml(series.written));
    expected += "    - exp_labels:\n";
    for (const auto& [name, value] : series.labels) {
      expected += fmt::format("        {}: {}\n", name, in_yaml(value));
    }
    expected += "      exp_annotations:\n";
    const auto templates = templates_for(series, other);
    for (std::size_t i = 0; i < templates.size(); ++i) {
      const Template made = Template::parse(templates[i], {"t", 1, 1});
      expected +=
          fmt::format("        a{}: {}\n", i, in_yaml(made.render(series.labels, series.value)));
    }
  }
  return text + "  alert_rule_test:\n  - eval_time: 0\n    alertname: T\n    exp_alerts:\n" +
         expected;
}

TEST(TemplateOracle, PrometheusRendersTheSame) {
  const std::vector<Series> all = make_series(300);
  Promtool promtool;
  promtool.write("rules.yml", rules_for(all));
  promtool.write("test.yml", test_for(all));
  EXPECT_EQ(promtool.test("test.yml"), "");
}

const Series& one_series() {
  static const Series series{
      {{"i", "0"}, {"number", "1234.5"}, {"word", "low stock"}}, 1234567, "1234567"};
  return series;
}

// A row of words as templates have them, rarely one that means something.
std::string random_template(std::mt19937_64& random) {
  static const std::vector<std::string> kWords = {"$value",
                                                  "$labels.word",
                                                  "$labels.number",
                                                  ".Value",
                                                  ".Labels.word",
                                                  "humanize",
                                                  "printf",
                                                  "\"%.2f\"",
                                                  "\"%s\"",
                                                  "`%v %v`",
                                                  "|",
                                                  "|",
                                                  "(",
                                                  ")",
                                                  "toUpper",
                                                  "title",
                                                  "humanize1024",
                                                  "\"a b\"",
                                                  "\"{{\"",
                                                  "$labels",
                                                  "-"};
  static const std::vector<std::string> kGaps = {"", " ", " ", " ", "\n", " \t"};
  static const std::vector<std::string> kOpens = {"{{", "{{ ", "{{- ", "{{-", " {{- ", "\n{{"};
  static const std::vector<std::string> kCloses = {"}}", " }}", " -}}", "-}}", " -}} ", "}}\n"};
  const auto one_of = [&random](const std::vector<std::string>& all) {
    return all[random() % all.size()];
  };
  std::string text = one_of({"", "x", " x\n", "}}", "{ {"});
  for (auto actions = 1 + random() % 2; actions > 0; --actions) {
    text += one_of(kOpens);
    for (auto words = 1 + random() % 5; words > 0; --words) text += one_of(kWords) + one_of(kGaps);
    text += one_of(kCloses) + one_of({"", "y", " y ", "\n\ny"});
  }
  return text;
}

// What pcx takes of them and can render.
std::vector<std::string> random_templates(std::size_t count) {
  std::mt19937_64 random{2042};
  std::vector<std::string> taken;
  while (taken.size() < count) {
    const std::string text = random_template(random);
    try {
      const Template made = Template::parse(text, {"t", 1, 1});
      // Prometheus keeps annotations without a text.
      if (!made.render(one_series().labels, one_series().value).empty()) taken.push_back(text);
    } catch (const Error&) {
      continue;
    }
  }
  return taken;
}

TEST(TemplateOracle, WhatIsTakenMeansTheSame) {
  const auto templates = random_templates(1000);
  Promtool promtool;
  promtool.write("rules.yml", rules_for({one_series()}, templates));
  promtool.write("test.yml", test_for({one_series()}, templates));
  EXPECT_EQ(promtool.test("test.yml"), "");
}

}  // namespace
}  // namespace pcx::alert
