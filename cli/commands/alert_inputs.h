// What rules are about, read once for a run: health, KPIs, load tests, the application.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alert/inputs.h"
#include "alert/memory.h"
#include "alert/rule.h"
#include "cli/commands/alert_kpis.h"
#include "cli/commands/alert_tools.h"
#include "cli/context.h"

namespace pcx::cli {

// --stored, --load-result, --time-zone, --definitions, --timeout: of commands that read inputs.
std::vector<Opt> alert_input_options();

struct InputLimits {
  // Whether the application may be asked for a token: by runs that remember when it refused one.
  bool may_log_in = false;
  // What would begin later fails.
  std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max();
};

// KPIs as their definitions name them.
struct KpiInput {
  std::shared_ptr<const kpi::Catalog> catalog;
  std::string currency;
  KpiMetrics metrics;
};

// One run's reading of what its rules ask for, and of nothing else.
class InputReader {
 public:
  // Reads the definitions of KPIs where a rule is about any. `rules` must outlive the reader.
  // Throws as kpi::read_catalog().
  InputReader(Context& context, const Values& values, const std::vector<alert::Rule>& rules);

  // Whether the memory has a part in what is read.
  bool asks_application() const;
  // Once. An input that cannot be read fails by itself; the Memory takes the application's
  // readings.
  //
  // Throws Error{data} with its place for a rule that asks for a metric which no input has, with
  // the nearest one that there is, and for definitions that are wrong; Error{config} for an input
  // that is configured wrongly; a stop.
  alert::InputSet read(MaybeDatabase& database, alert::Memory& memory, const InputLimits& limits);

 private:
  Context& context_;
  const Values& values_;
  const std::vector<alert::Rule>& rules_;
  std::vector<alert::Selector> selectors_;
  std::optional<KpiInput> kpis_;  // std::nullopt: no rule is about them
};

// Names of all metrics that rules may ask for, sorted.
std::vector<std::string> alert_metrics(const Values& values, const Config& config);

}  // namespace pcx::cli
