#include "migrate/tools_at_work.h"

#include "migrate/known_keys.h"

namespace pcx::migrate {

std::vector<ToolAtWork> find_tools_at_work(db::Database& database) {
  std::vector<ToolAtWork> tools;
  for (const auto& lock : db::find_advisory_locks(database)) {
    const auto tool = tool_of(lock.key, {lock.database, database.schema()});
    if (!tool.empty()) tools.push_back({std::string{tool}, lock.holder});
  }
  return tools;
}

}  // namespace pcx::migrate
