#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "core/time.h"
#include "load/figures.h"
#include "load/report.h"
#include "page/markup.h"

namespace pcx::load {

namespace {

using page::escape_markup;

struct TestCase {
  std::string name;
  double seconds = 0;
  std::string failure, skipped;  // empty: neither
  std::string detail;            // below the failure
  std::string output;
};

struct Suite {
  std::string name;
  std::vector<TestCase> cases;
};

std::string attribute(std::string_view name, const std::string& value) {
  return fmt::format(" {}=\"{}\"", name, escape_markup(value));
}

std::size_t failures_of(const Suite& suite) {
  return static_cast<std::size_t>(
      std::count_if(suite.cases.begin(), suite.cases.end(),
                    [](const TestCase& one) { return !one.failure.empty(); }));
}
std::size_t skipped_of(const Suite& suite) {
  return static_cast<std::size_t>(
      std::count_if(suite.cases.begin(), suite.cases.end(),
                    [](const TestCase& one) { return !one.skipped.empty(); }));
}

// --- what is tested

Suite verdict_suite(const Result& result) {
  TestCase verdict{.name = "the generator kept up"};
  verdict.output = to_string(result.verdict.grade);
  if (const std::string missing = missing_parts_text(result); !missing.empty()) {
    verdict.output += "\n" + missing;
  }
  if (result.verdict.grade != Grade::valid) {
    verdict.failure = to_string(result.verdict.grade);
    verdict.detail = join(result.verdict.causes, "\n");
  }
  return {"verdict", {verdict}};
}

Suite demand_suite(const Result& result) {
  Suite suite{"demands", {}};
  for (const Result::Judged& judged : result.judged) {
    TestCase one{.name = judged.what};
    const std::string found = fmt::format("found: {}", judged.found);
    if (judged.is_met) {
      one.output = found;
    } else if (judged.is_strict) {
      one.failure = found;
      one.detail = judged.place;
    } else {
      one.skipped = "missed, but not strict; " + found;
    }
    suite.cases.push_back(std::move(one));
  }
  return suite;
}

std::string in_brackets(const std::vector<Counted>& kinds) {
  return kinds.empty() ? "" : " (" + kinds_text(kinds) + ")";
}

Suite endpoint_suite(const Result& result) {
  Suite suite{"endpoints", {}};
  for (const EndpointFigures& endpoint : endpoints_of(result)) {
    TestCase one{.name = endpoint.name};
    one.seconds = endpoint.response_time.mean() / 1e6;
    const Histogram& times = endpoint.response_time;
    one.output = fmt::format("{} answered{}, {} errors{}", grouped(endpoint.responses),
                             in_brackets(endpoint.codes), grouped(endpoint.errors),
                             in_brackets(endpoint.kinds));
    if (!times.is_empty()) {
      one.output += fmt::format("\nresponse time in ms: p50 {}, p95 {}, p99 {}, max {}",
                                ms_text(times.percentile(50)), ms_text(times.percentile(95)),
                                ms_text(times.percentile(99)), ms_text(times.max()));
    }
    if (endpoint.responses == 0 && endpoint.errors > 0) {
      one.failure = fmt::format("never answered: {}", kinds_text(endpoint.kinds));
    }
    suite.cases.push_back(std::move(one));
  }
  return suite;
}

// --- as XML

std::string case_text(const Result& result, const Suite& suite, const TestCase& one) {
  std::string out = "    <testcase" + attribute("classname", result.script + "." + suite.name) +
                    attribute("name", one.name) + fmt::format(" time=\"{:.6f}\">\n", one.seconds);
  if (!one.failure.empty()) {
    out += "      <failure" + attribute("message", one.failure) + attribute("type", suite.name) +
           ">" + escape_markup(one.detail) + "</failure>\n";
  }
  if (!one.skipped.empty()) out += "      <skipped" + attribute("message", one.skipped) + "/>\n";
  if (!one.output.empty()) {
    out += "      <system-out>" + escape_markup(one.output) + "</system-out>\n";
  }
  return out + "    </testcase>\n";
}

std::string suite_text(const Result& result, const Suite& suite) {
  // The schema knows no fractions of a second.
  const std::string timestamp = to_rfc3339(result.started_at).substr(0, 19);
  std::string out = fmt::format(
      "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" "
      "time=\"{:.3f}\" timestamp=\"{}\">\n",
      suite.name, suite.cases.size(), failures_of(suite), skipped_of(suite),
      static_cast<double>(result.duration_us) / 1e6, timestamp);
  for (const TestCase& one : suite.cases) out += case_text(result, suite, one);
  return out + "  </testsuite>\n";
}

}  // namespace

std::string report_junit(const Result& result) {
  const Suite suites[] = {verdict_suite(result), demand_suite(result), endpoint_suite(result)};
  std::size_t tests = 0, failures = 0;
  std::string body;
  for (const Suite& suite : suites) {
    if (suite.cases.empty()) continue;
    tests += suite.cases.size();
    failures += failures_of(suite);
    body += suite_text(result, suite);
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" +
         attribute("name", result.script) +
         fmt::format(" tests=\"{}\" failures=\"{}\" errors=\"0\" time=\"{:.3f}\">\n", tests,
                     failures, static_cast<double>(result.duration_us) / 1e6) +
         body + "</testsuites>\n";
}

}  // namespace pcx::load
