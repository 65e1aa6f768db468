#include "alert/inputs.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"

namespace pcx::alert {

void InputSet::add(const std::string& metric, Labels labels, double value) {
  samples_[metric].push_back({std::move(labels), value});
}

void InputSet::know(const std::string& metric, const std::string& input) {
  input_of_[metric] = input;
}

void InputSet::fail(const std::string& input, const std::string& why) { failures_[input] = why; }

void InputSet::set_look_back(LookBack look_back) { look_back_ = std::move(look_back); }

bool InputSet::knows(const std::string& metric) const { return input_of_.contains(metric); }

std::vector<std::string> InputSet::metrics() const {
  std::vector<std::string> names;
  for (const auto& [metric, input] : input_of_) names.push_back(metric);
  return names;
}

void InputSet::require_readable(const std::string& metric) const {
  const auto input = input_of_.find(metric);
  if (input == input_of_.end()) {
    const auto like = nearest(metric, metrics());
    throw Error{ErrorCode::data, fmt::format("no metric is called {}", metric),
                like ? fmt::format("Did you mean {}?", *like) : ""}
        .because("unknown_metric");
  }
  const auto failure = failures_.find(input->second);
  if (failure == failures_.end()) return;
  throw Error{ErrorCode::data, fmt::format("{} could not be read: {}", metric, failure->second)}
      .because("input_failed");
}

Samples InputSet::samples_of(const Selector& selector, Time at) const {
  if (selector.offset == std::chrono::milliseconds{0}) {
    const auto found = samples_.find(selector.name);
    return found == samples_.end() ? Samples{} : found->second;
  }
  auto before = look_back_ ? look_back_(selector.name, at - selector.offset) : std::nullopt;
  if (!before) {
    throw Error{ErrorCode::data,
                fmt::format("{} has no history: it knows no offset", selector.name)}
        .because("no_history");
  }
  return std::move(*before);
}

Samples InputSet::select(const Selector& selector, Time at) const {
  require_readable(selector.name);
  Samples samples = samples_of(selector, at);
  std::erase_if(samples, [&](const Sample& each) { return !selector.matchers.match(each.labels); });
  return samples;
}

}  // namespace pcx::alert
