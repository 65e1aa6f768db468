// Metrics of others: only Error{data} with a place in the text leaves the reader, and what it read
// is written and read again as the same.
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "alert/prometheus_text.h"
#include "core/error.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/place.h"

namespace {

using pcx::alert::NamedSample;
using pcx::fuzz::promise;

std::string written(const std::vector<NamedSample>& samples) {
  std::string text;
  for (const NamedSample& each : samples) {
    text += each.name + pcx::alert::to_string(each.sample.labels);
    text += fmt::format(" {}\n", each.sample.value);
  }
  return text;
}

void reads_back(const std::vector<NamedSample>& samples) {
  for (const NamedSample& each : samples) {
    promise(pcx::alert::is_metric_name(each.name), "a name is a metric's");
    for (const auto& [name, value] : each.sample.labels) {
      promise(pcx::alert::is_label_name(name) && !value.empty(), "a label has name and value");
    }
  }
  const std::string text = written(samples);
  promise(written(pcx::alert::parse_prometheus_text(text, "written")) == text, "writing is stable");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = pcx::fuzz::text_of(data, size);
  try {
    reads_back(pcx::alert::parse_prometheus_text(text, "fuzz"));
  } catch (const pcx::Error& error) {
    promise(error.code() == pcx::ErrorCode::data, "a bad text is Error{data}");
    promise(pcx::fuzz::text_from(text, error.location()).has_value(), "with a place in it");
  }
  return 0;
}
