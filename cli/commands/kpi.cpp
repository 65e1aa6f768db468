// pcx kpi: the group; its members are in the files kpi_*.cpp.
#include <algorithm>
#include <utility>

#include "cli/commands/groups.h"
#include "cli/commands/kpi_tools.h"

namespace pcx::cli {

std::vector<Cmd> kpi_commands() {
  std::vector<Cmd> all = {{.path = "kpi",
                           .summary = "Numbers of a practice: appointments, waits, revenue, stock",
                           .detail = "Each number has one definition, as data, with its SQL: those "
                                     "that come with pcx, and your "
                                     "own (kpi.definitions). All numbers of a report are of one "
                                     "snapshot, and of the day as the "
                                     "tenant's own calendar has it: 23 or 25 hours when the clocks "
                                     "change. What is not known is "
                                     "shown as such and never as 0."}};
  for (const auto members :
       {kpi_definition_commands, kpi_push_commands, kpi_record_commands, kpi_report_commands}) {
    for (Cmd& command : members()) all.push_back(std::move(command));
  }
  std::sort(all.begin(), all.end(),
            [](const Cmd& left, const Cmd& right) { return left.path < right.path; });
  return all;
}

}  // namespace pcx::cli
