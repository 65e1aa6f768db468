#include "audit/trigger.h"

#include <algorithm>

#include "db/param.h"

namespace pcx::audit {

namespace {

// As the server reads arrays: {id,"tenant id"}.
std::string array_literal(const std::vector<std::string>& names) {
  return db::Param{names}.text().value_or("{}");
}

void add_events(db::Query& query, int type) {
  if ((type & kBefore) != 0) {
    query.sql(" BEFORE ");
  } else {
    query.sql(" AFTER ");
  }
  bool is_first = true;
  const auto add = [&](int bit, const auto& word) {
    if ((type & bit) == 0) return;
    if (!is_first) query.sql(" OR ");
    is_first = false;
    query.sql(word);
  };
  add(kInsert, "INSERT");
  add(kUpdate, "UPDATE");
  add(kDelete, "DELETE");
  add(kTruncate, "TRUNCATE");
}

}  // namespace

std::vector<Trigger> capture_triggers(const TableRule& rule,
                                      const std::vector<std::string>& key_columns) {
  return {{.name = "pcx_audit_row",
           .function =
               rule.on_error == OnError::block ? "pcx.audit_capture" : "pcx.audit_capture_or_count",
           .type = kForEachRow | kInsert | kUpdate | kDelete,
           .arguments = {array_literal(key_columns), array_literal(rule.dropped),
                         array_literal(rule.hashed), array_literal(rule.ignored)}},
          {.name = "pcx_audit_all", .function = "pcx.audit_truncated", .type = kTruncate}};
}

std::vector<Trigger> log_triggers() {
  return {
      {.name = "pcx_audit_log", .function = "pcx.audit_log_row", .type = kForEachRow | kInsert},
      {.name = "pcx_audit_guard",
       .function = "pcx.audit_guard",
       .type = kForEachRow | kBefore | kUpdate | kDelete},
      {.name = "pcx_audit_guard_all", .function = "pcx.audit_guard", .type = kBefore | kTruncate}};
}

const char* to_string(TriggerState state) noexcept {
  switch (state) {
    case TriggerState::on: return "on";
    case TriggerState::absent: return "missing";
    case TriggerState::disabled: return "disabled";
    case TriggerState::changed: return "changed";
  }
  return "unknown";
}

TriggerState state_of(std::span<const Trigger> wanted, std::span<const FoundTrigger> found) {
  bool is_absent = false;
  bool is_disabled = false;
  for (const Trigger& trigger : wanted) {
    const auto same = std::ranges::find_if(
        found, [&](const FoundTrigger& other) { return other.trigger.name == trigger.name; });
    if (same == found.end()) {
      is_absent = true;
    } else if (!(same->trigger == trigger) || !same->is_plain) {
      return TriggerState::changed;
    } else if (same->enabled != 'A') {
      is_disabled = true;
    }
  }
  if (is_absent) return TriggerState::absent;
  return is_disabled ? TriggerState::disabled : TriggerState::on;
}

db::Query create_query(const std::string& schema, const std::string& table,
                       const Trigger& trigger) {
  db::Query query{"audit.create_trigger"};
  query.sql("CREATE OR REPLACE TRIGGER ").identifier(trigger.name);
  add_events(query, trigger.type);
  query.sql(" ON ").identifier(schema, table);
  if ((trigger.type & kForEachRow) != 0) query.sql(" FOR EACH ROW");
  const std::size_t dot = trigger.function.find('.');
  query.sql(" EXECUTE FUNCTION ")
      .identifier(trigger.function.substr(0, dot), trigger.function.substr(dot + 1))
      .sql("(");
  for (std::size_t i = 0; i < trigger.arguments.size(); ++i) {
    if (i > 0) query.sql(", ");
    query.literal(trigger.arguments[i]);
  }
  return query.sql(")");
}

db::Query drop_query(const std::string& schema, const std::string& table, const Trigger& trigger) {
  db::Query query{"audit.drop_trigger"};
  return query.sql("DROP TRIGGER IF EXISTS ")
      .identifier(trigger.name)
      .sql(" ON ")
      .identifier(schema, table);
}

db::Query switch_query(const std::string& schema, const std::string& table,
                       std::span<const Trigger> triggers, Switch to) {
  db::Query query{"audit.switch_triggers"};
  query.sql("ALTER TABLE ").identifier(schema, table);
  bool is_first = true;
  for (const Trigger& trigger : triggers) {
    if (!is_first) query.sql(",");
    is_first = false;
    if (to == Switch::on) {
      query.sql(" ENABLE ALWAYS TRIGGER ");
    } else {
      query.sql(" DISABLE TRIGGER ");
    }
    query.identifier(trigger.name);
  }
  return query;
}

}  // namespace pcx::audit
