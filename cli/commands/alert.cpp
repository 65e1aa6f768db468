// pcx alert: the group; its members are in the files alert_*.cpp.
#include <algorithm>
#include <utility>

#include "cli/commands/alert_tools.h"
#include "cli/commands/groups.h"

namespace pcx::cli {

std::vector<Cmd> alert_commands() {
  std::vector<Cmd> all = {
      {.path = "alert",
       .summary = "Watch numbers by rules, and tell people once of each problem",
       .detail =
           "Rules are Prometheus's rule files, over KPIs, the health of the database, load tests "
           "and the application's own metrics. There is no daemon: each run of 'pcx alert check' "
           "goes on from where the last one ended."}};
  for (const auto members :
       {alert_act_commands, alert_change_commands, alert_check_commands, alert_receivers_commands,
        alert_show_commands, alert_silence_commands, alert_test_commands}) {
    for (Cmd& command : members()) all.push_back(std::move(command));
  }
  std::sort(all.begin(), all.end(),
            [](const Cmd& left, const Cmd& right) { return left.path < right.path; });
  return all;
}

}  // namespace pcx::cli
