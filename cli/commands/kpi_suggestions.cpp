// What Tab offers of KPIs.
#include "cli/commands/kpi_tools.h"
#include "cli/commands/suggestions.h"

namespace pcx::cli {

std::vector<Suggestion> suggest_kpis(const SuggestionTools& tools) {
  std::vector<Suggestion> suggestions;
  const auto catalog = kpi::read_catalog(value_of(kpi_definitions_option(), tools));
  for (const kpi::Definition& definition : catalog.definitions) {
    suggestions.push_back({definition.name, definition.title});
  }
  return suggestions;
}

}  // namespace pcx::cli
