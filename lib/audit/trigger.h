// pcx's triggers on the application's tables: which there are to be, how they are made, and
// whether what is found is that. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audit/table_rule.h"
#include "db/query.h"

namespace pcx::audit {

// pg_trigger.tgtype: bits of when a trigger fires (src/include/catalog/pg_trigger.h).
enum TriggerBits : int {
  kForEachRow = 1,
  kBefore = 2,
  kInsert = 4,
  kDelete = 8,
  kUpdate = 16,
  kTruncate = 32,
};

struct Trigger {
  std::string name;
  std::string function;  // "pcx.audit_capture"
  int type = 0;          // TriggerBits
  std::vector<std::string> arguments = {};
  bool operator==(const Trigger&) const = default;
};

struct FoundTrigger {
  Trigger trigger;
  char enabled = 'O';  // pg_trigger.tgenabled: A always, D disabled, O and R by the session's role
  bool is_plain = true;  // no WHEN, no list of columns
};

// Of an audited table: one for rows, one for TRUNCATE, which is never spilled.
std::vector<Trigger> capture_triggers(const TableRule& rule,
                                      const std::vector<std::string>& key_columns);
// Of the application's trail: one that makes leaves, two that keep rows as they are.
std::vector<Trigger> log_triggers();

enum class TriggerState {
  on,        // all as they are to be, whatever session_replication_role says
  absent,    // one is not there
  disabled,  // one is disabled, for everybody or for some sessions
  changed,   // one is another trigger than pcx makes
};
const char* to_string(TriggerState state) noexcept;  // "missing"

// The worst of `wanted`; a changed one before a missing one before a disabled one.
TriggerState state_of(std::span<const Trigger> wanted, std::span<const FoundTrigger> found);

// CREATE OR REPLACE TRIGGER; who fires it is said by switch_query().
db::Query create_query(const std::string& schema, const std::string& table, const Trigger& trigger);
db::Query drop_query(const std::string& schema, const std::string& table, const Trigger& trigger);
enum class Switch { on, off };
// One ALTER TABLE for all of them. REQUIRES: triggers is not empty
db::Query switch_query(const std::string& schema, const std::string& table,
                       std::span<const Trigger> triggers, Switch to);

}  // namespace pcx::audit
