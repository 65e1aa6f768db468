// pcx apikey: the group; its members are in the files apikey_*.cpp.
#include <algorithm>
#include <utility>

#include "cli/commands/apikey_tools.h"
#include "cli/commands/groups.h"

namespace pcx::cli {

std::vector<Cmd> apikey_commands() {
  std::vector<Cmd> all = {
      {.path = "apikey",
       .summary = "API keys that a stolen database does not reveal",
       .detail =
           "A key is shown once, when it is made. The database keeps a digest of it under a pepper "
           "that it does not hold (a data key of purpose pepper, see 'pcx key'), and the "
           "application's table api_keys keeps its name, permissions, rate, expiry and status; in "
           "place of the key it has pcx:<id>. Ids are public: keys are listed, shown, rotated and "
           "revoked by them."}};
  for (const auto members : {apikey_adapter_commands, apikey_adopt_commands, apikey_create_commands,
                             apikey_list_commands, apikey_prune_commands, apikey_revoke_commands,
                             apikey_scan_commands, apikey_set_commands, apikey_transfer_commands,
                             apikey_usage_commands, apikey_verify_commands}) {
    for (Cmd& command : members()) all.push_back(std::move(command));
  }
  std::sort(all.begin(), all.end(),
            [](const Cmd& left, const Cmd& right) { return left.path < right.path; });
  return all;
}

}  // namespace pcx::cli
