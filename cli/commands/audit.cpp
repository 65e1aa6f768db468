// pcx audit: the group; its members are in the files audit_*.cpp.
#include <algorithm>
#include <utility>

#include "cli/commands/audit_tools.h"
#include "cli/commands/groups.h"

namespace pcx::cli {

std::vector<Cmd> audit_commands() {
  std::vector<Cmd> all = {
      {.path = "audit",
       .summary = "A trail of every change, that cannot be quietly changed itself",
       .detail =
           "Triggers write down what happens to audited tables, whoever does it, in the same "
           "transaction; the application's own audit_logs keeps its shape. Each row's digest goes "
           "into a ledger, and the ledger is sealed into a Merkle tree (RFC 6962) whose root is "
           "signed by a key that the database does not have. Whoever rewrites the trail afterwards "
           "is found by a checkpoint that was kept elsewhere."}};
  for (const auto members : {
           audit_install_commands,
           audit_coverage_commands,
           audit_export_commands,
           audit_keygen_commands,
           audit_query_commands,
           audit_seal_commands,
           audit_status_commands,
           audit_verify_commands,
           audit_show_commands,
           audit_stats_commands,
           audit_retain_commands,
           audit_tail_commands,
       }) {
    for (Cmd& command : members()) all.push_back(std::move(command));
  }
  std::sort(all.begin(), all.end(),
            [](const Cmd& left, const Cmd& right) { return left.path < right.path; });
  return all;
}

}  // namespace pcx::cli
