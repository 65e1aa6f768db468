// Inputs of an evaluation, read once: samples by the name of their metric, and what could not be
// read.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "alert/sample.h"

namespace pcx::alert {

// Samples as they are now, gathered from all inputs. `look_back` answers selectors with an offset,
// where the metric has a history (KPIs: pcx.kpi_daily).
class InputSet final : public Series {
 public:
  // std::nullopt: the metric has no history.
  using LookBack = std::function<std::optional<Samples>(const std::string& metric, Time at)>;

  // Adds to what is there under that name. REQUIRES: the metric is known; label sets of one metric
  // are distinct.
  void add(const std::string& metric, Labels labels, double value);
  // A metric that exists, with or without samples now: rules may ask for it. The last input that
  // says so has it.
  void know(const std::string& metric, const std::string& input);
  // All metrics of `input` could not be read: selecting one throws Error{data} with reason
  // "input_failed". What was added before, or is added later, is never selected.
  void fail(const std::string& input, const std::string& why);
  void set_look_back(LookBack look_back);

  bool knows(const std::string& metric) const;
  std::vector<std::string> metrics() const;  // known ones, sorted
  const std::map<std::string, std::string>& failures() const { return failures_; }  // input -> why

  // Throws Error{data} as Series says: with reason "input_failed", "unknown_metric" (none of the
  // inputs has it) or "no_history" (an offset).
  Samples select(const Selector& selector, Time at) const override;

 private:
  void require_readable(const std::string& metric) const;
  Samples samples_of(const Selector& selector, Time at) const;

  std::map<std::string, Samples> samples_;
  std::map<std::string, std::string> input_of_;
  std::map<std::string, std::string> failures_;
  LookBack look_back_;
};

}  // namespace pcx::alert
