#include "migrate/holders.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/text.h"
#include "core/time.h"
#include "migrate/sql.h"

namespace pcx::migrate {

namespace {

Holder holder_of(const db::Row& row) {
  return {.relation = row["oid"].as<std::int64_t>(),
          .mode = lock_mode_of(row["mode"].as<std::string>()),
          .pid = row["pid"].as<int>(),
          .user = row["user_name"].as<std::string>(),
          .application = row["application"].as<std::string>(),
          .state = row["state"].as<std::string>(),
          .in_transaction = std::chrono::seconds{row["transaction_s"].as<std::int64_t>()},
          .since_query = std::chrono::seconds{row["query_s"].as<std::int64_t>()}};
}

void add(std::vector<Holder>& holders, Holder holder) {
  const auto same = std::find_if(holders.begin(), holders.end(), [&](const Holder& one) {
    return one.relation == holder.relation && one.pid == holder.pid;
  });
  if (same == holders.end()) {
    holders.push_back(std::move(holder));
  } else {
    same->mode = std::max(same->mode, holder.mode);
  }
}

std::map<std::int64_t, Touch> strongest_by_oid(const std::vector<Touch>& touches) {
  std::map<std::int64_t, Touch> strongest;
  for (const Touch& touch : touches) {
    const auto [known, is_new] = strongest.emplace(touch.oid, touch);
    if (!is_new) known->second.mode = std::max(known->second.mode, touch.mode);
  }
  return strongest;
}

// Whoever changes rows, or locks them with SELECT FOR UPDATE, holds at least ROW SHARE on the
// table.
bool is_in_the_way(LockMode wanted, LockMode held, InTheWay kind) {
  if (kind == InTheWay::surely) return conflicts(wanted, held);
  return wanted >= LockMode::row_share && held >= LockMode::row_share;
}

}  // namespace

std::string describe(const Holder& holder) {
  std::vector<std::string> facts;
  if (!holder.application.empty()) {
    facts.push_back(fmt::format("\"{}\"", escape_controls(holder.application)));
  }
  if (!holder.user.empty()) facts.push_back("role " + escape_controls(holder.user));
  if (!holder.state.empty()) {
    const auto age = holder.state == "active" ? holder.since_query : holder.in_transaction;
    facts.push_back(
        fmt::format("{} for {}", holder.state, age.count() > 0 ? to_short_text(age) : "0 s"));
  }
  const std::string who = facts.empty() ? "" : fmt::format(" ({})", join(facts, ", "));
  return fmt::format("process {}{} holds {} on {}.{}", holder.pid, who, to_string(holder.mode),
                     escape_controls(holder.schema), escape_controls(holder.name));
}

std::vector<Holder> find_holders(db::Database& database, const std::vector<Touch>& wanted,
                                 InTheWay kind) {
  const auto touches = strongest_by_oid(wanted);
  std::vector<Holder> holders;
  if (touches.empty()) return holders;
  std::vector<std::string> oids;
  for (const auto& [oid, touch] : touches) oids.push_back(std::to_string(oid));
  const db::Result rows = database.query(sql::find_lock_holders, {oids});
  for (const auto& row : rows) {
    Holder holder = holder_of(row);
    const Touch& touch = touches.at(holder.relation);
    holder.schema = touch.schema;
    holder.name = touch.name;
    if (row["granted"].as<bool>() && is_in_the_way(touch.mode, holder.mode, kind)) {
      add(holders, std::move(holder));
    }
  }
  return holders;
}

}  // namespace pcx::migrate
