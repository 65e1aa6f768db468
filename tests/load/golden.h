// Files of tests/data/load that hold what pcx writes. PCX_UPDATE_GOLDEN=1 writes them anew: read
// the difference.
#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "load/judge.h"
#include "load/verdict.h"
#include "tests/load/sample.h"
#include "tests/support/data.h"

namespace pcx::load {

inline void expect_golden(const std::string& name, const std::string& text) {
  const auto path = testing::data_path("load/" + name);
  if (std::getenv("PCX_UPDATE_GOLDEN") != nullptr) {
    std::ofstream{path, std::ios::binary} << text;
    return;
  }
  std::ifstream file{path, std::ios::binary};
  ASSERT_TRUE(file) << path;
  std::ostringstream expected;
  expected << file.rdbuf();
  EXPECT_EQ(text, expected.str());
}

inline Result judged_sample() {
  Result result = sample_result();
  result.demands.push_back(
      {Demand::Kind::condition, "http.codes.500 < 1", 0, true, "load-test.yml:12:9"});
  result.demands.push_back({Demand::Kind::condition, "errors.EPIPE == 0", 0, true, ""});
  result.demands.push_back(
      {Demand::Kind::threshold, "http.response_time.p99", 100, false, "load-test.yml:13:9"});
  result.demands.push_back({Demand::Kind::expectation, "statusCode", 0, true, ""});
  judge(result);
  result.verdict = grade(result);
  return result;
}

// A day with more of everything than a page can hold.
inline Result endless() {
  Result result = judged_sample();
  const std::vector<Second> seconds = result.seconds;
  while (result.seconds.size() < 86'400) {
    result.seconds.insert(result.seconds.end(), seconds.begin(), seconds.end());
  }
  const std::string name(2000, '<');
  for (int i = 0; i < 3000; ++i) {
    const std::string number = std::to_string(i);
    result.counters["errors." + number + name] = i;
    result.counters["custom." + number + name] = i;
    result.counters["plugins.metrics-by-endpoint./" + number + name + ".codes.200"] = i;
    result.notes.push_back(name);
    result.verdict.causes.push_back(name);
    result.judged.push_back({name, false, true, name, name});
    result.phases.push_back({name, 0, 1, 1, 1, 1});
  }
  return result;
}

// Names that a target or a script might choose.
inline Result hostile() {
  const std::string name = "</script>\"'><img src=x onerror=alert(1)>&\x1b[2J\x01\xff]]>";
  Result result = sample_result();
  result.script = result.target = result.stop_reason = name;
  result.counters["errors." + name] = 3;
  result.counters["http.codes." + name] = 3;
  result.counters["plugins.metrics-by-endpoint." + name + ".errors." + name] = 3;
  result.summaries["plugins.metrics-by-endpoint.response_time." + name].record(5);
  result.summaries[name].record(7);
  result.phases[0].name = name;
  result.notes = {name};
  result.judged = {{name, false, true, name, name}, {name, false, false, name, name}};
  result.verdict = {Grade::invalid, {name}};
  return result;
}

}  // namespace pcx::load
