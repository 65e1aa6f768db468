// Expressions of rules: what is read can be evaluated, and what is refused has a place.
#include <algorithm>
#include <string>
#include <variant>

#include "alert/expression.h"
#include "core/error.h"
#include "tests/alert/expression_series.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/place.h"

namespace {

using pcx::alert::Expression;
using pcx::alert::Samples;
using pcx::fuzz::promise;

const pcx::alert::TextSeries& series() {
  static const pcx::alert::TextSeries all{R"(
x{a="1"} 1 2 3
x{a="2"} 0 NaN -1
y{a="1"} Inf -Inf 1e300
y{a="3",b="p"} 1 1 1
n 5 _ stale
)"};
  return all;
}

void check_samples(const Samples& samples) {
  promise(std::ranges::adjacent_find(samples, std::ranges::greater_equal{},
                                     &pcx::alert::Sample::labels) == samples.end(),
          "label sets are distinct and in order");
  for (const auto& sample : samples) {
    promise(!sample.labels.contains("__name__"), "a sample has no name");
    for (const auto& [name, value] : sample.labels) {
      promise(pcx::alert::is_label_name(name) && !value.empty(), "labels are labels");
    }
  }
}

bool has(const Samples& samples, const pcx::alert::Labels& labels) {
  return std::ranges::find(samples, labels, &pcx::alert::Sample::labels) != samples.end();
}

void check_answer(const Expression& expression, pcx::Time at) {
  const auto answer = expression.evaluate(series(), at);
  const auto* const samples = std::get_if<Samples>(&answer);
  promise(expression.is_vector() == (samples != nullptr), "the type is known before");
  const Samples present = expression.present(series(), at);
  check_samples(present);
  if (samples == nullptr) return;
  check_samples(*samples);
  for (const auto& sample : *samples) promise(has(present, sample.labels), "what is true has data");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = pcx::fuzz::text_of(data, size);
  Expression expression;
  try {
    expression = Expression::parse(text, {"fuzz", 1, 1});
  } catch (const pcx::Error& error) {
    promise(error.code() == pcx::ErrorCode::data, "a fault is one of data");
    promise(pcx::fuzz::text_from(text, error.location()).has_value(), "a fault has a place in it");
    return 0;
  }
  promise(expression.text() == text, "the text is kept");
  for (const auto& selector : expression.selectors()) {
    promise(pcx::alert::is_metric_name(selector.name), "a selector has a name");
    promise(selector.offset.count() >= 0, "nothing is asked of the future");
  }
  for (const int minute : {0, 1, 2, 9}) {
    try {
      check_answer(expression, pcx::alert::minute(minute));
    } catch (const pcx::Error& error) {
      promise(error.code() == pcx::ErrorCode::data, "a fault is one of data");
      promise(text.find("__name__") != std::string_view::npos, "only names make label sets alike");
    }
  }
  return 0;
}
