// Files of results: only Error{data} that names the file leaves parse_result; what was read is what
// is written; and every report can be made of it.
#include <string>

#include "core/error.h"
#include "load/judge.h"
#include "load/report.h"
#include "load/result.h"
#include "load/verdict.h"
#include "tests/fuzz/fuzz.h"

namespace {

using pcx::fuzz::promise;
using pcx::load::Result;

void is_judged(Result& result) {
  try {
    pcx::load::judge(result);
  } catch (const pcx::Error& error) {
    promise(error.code() == pcx::ErrorCode::data, "a bad condition is Error{data}");
  }
  result.verdict = pcx::load::grade(result);
}

void is_reported(const Result& result) {
  promise(pcx::load::report_html(result).size() < 1'000'000, "a page is shorter than 1 MB");
  promise(!pcx::load::report_artillery(result).empty(), "there is a JSON report");
  promise(!pcx::load::report_junit(result).empty(), "there is a JUnit report");
  promise(!pcx::load::report_text(result).empty(), "there is a text report");
  promise(!pcx::load::report_hlog(result).empty(), "there is a log of histograms");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    Result result = pcx::load::parse_result(pcx::fuzz::text_of(data, size), "fuzz");
    promise(pcx::load::parse_result(pcx::load::to_file(result), "written") == result,
            "what is written is what was read");
    is_judged(result);
    is_reported(result);
  } catch (const pcx::Error& error) {
    promise(error.code() == pcx::ErrorCode::data, "a bad file is Error{data}");
    promise(error.location().file == "fuzz", "which names the file");
  }
  return 0;
}
