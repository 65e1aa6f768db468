// Definitions of KPIs: only Error{data} that names the file leaves read_definitions(); what was
// read can be put into a larger statement, and no two KPIs have one metric.
#include <set>
#include <string>

#include "core/error.h"
#include "kpi/definition.h"
#include "kpi/metric_name.h"
#include "kpi/sql_outline.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/place.h"

namespace {

using pcx::fuzz::promise;
using pcx::kpi::Catalog;
using pcx::kpi::Definition;
using pcx::kpi::Source;

void stands_by_itself(const std::string& expression) {
  const auto outline = pcx::kpi::outline_sql("(" + expression + ")");
  promise(!outline.fault && !outline.comment, "an expression ends where it ends");
}

void holds(const Catalog& catalog) {
  for (const Source& source : catalog.sources) {
    promise(!pcx::kpi::outline_sql("(" + source.sql + "\n)").fault, "SQL ends where it ends");
    for (const std::string& need : source.needs) promise(need != source.name, "no recursion");
  }
  std::set<std::string> metrics;
  for (const Definition& definition : catalog.definitions) {
    stands_by_itself(definition.value);
    stands_by_itself(definition.sample);
    promise(definition.source < catalog.sources.size(), "a KPI has a source");
    promise(definition.hash.size() == 16, "and a hash");
    const std::string metric = pcx::kpi::metric_name(definition, "usd");
    promise(metrics.insert(metric).second, "and a metric of its own");
    promise(!pcx::kpi::fault_of_metric(metric), "that promtool takes");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = pcx::fuzz::text_of(data, size);
  Catalog catalog;
  try {
    pcx::kpi::read_definitions(catalog, text, "fuzz");
  } catch (const pcx::Error& error) {
    promise(error.code() == pcx::ErrorCode::data, "a bad file is Error{data}");
    promise(error.location().file == "fuzz", "which names the file");
    promise(pcx::fuzz::text_from(text, error.location()).has_value(), "and a place in it");
    promise(catalog.sources.empty() && catalog.definitions.empty(), "and leaves nothing behind");
    return 0;
  }
  holds(catalog);
  return 0;
}
