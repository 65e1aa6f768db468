// What the database's catalog and pcx's own tables say of tables that are, or shall be, audited.
#pragma once

#include <string>
#include <vector>

#include "audit/table_rule.h"
#include "audit/trigger.h"
#include "core/document.h"
#include "core/error.h"
#include "db/database.h"

namespace pcx::audit {

// For so many months after this one there are partitions (sql/make_months.sql).
inline constexpr int kMonthsAhead = 3;

inline constexpr const char* kLogRelation = "public.audit_logs";  // the application's own trail

enum class TableKind { absent, table, partitioned, view, foreign };

struct TableFacts {
  std::string schema;
  std::string table;
  TableKind kind = TableKind::absent;
  std::string owner;
  bool may_alter = false;  // the session's role is, or is a member of, the owner
  std::vector<std::string> columns;
  std::vector<std::string> types;        // of the columns, side by side: "text", "jsonb"
  std::vector<std::string> key_columns;  // of the primary key, in its order
  std::vector<FoundTrigger> triggers;    // pcx's

  std::string relation() const { return schema + "." + table; }
};

// In the order of `names`, one each.
struct RelationName {
  std::string schema = "public";
  std::string table;
  bool operator==(const RelationName&) const = default;
};
std::vector<TableFacts> read_tables(db::Transaction& tx, const std::vector<RelationName>& names);

// What pcx.audit_table says. Empty without a schema pcx that has the trail.
struct InstalledRule {
  TableRule rule;
  std::vector<std::string> key_columns;
};
std::vector<InstalledRule> read_rules(db::Transaction& tx);

// What the trail itself says became of the auditing of a table: its last note.
enum class Standing { audited, paused, uninstalled };
struct TableStanding {
  std::string relation;
  Standing standing = Standing::audited;
  std::string reason;  // of paused ones
  Time at;
};
std::vector<TableStanding> read_standings(db::Transaction& tx);

struct EventTriggers {
  bool may_make = false;             // the session's role is a superuser
  std::vector<std::string> always;   // that are there and fire always, by name
  std::vector<std::string> present;  // however they fire
  bool are_on() const { return always.size() == 2; }
};
EventTriggers read_event_triggers(db::Transaction& tx);

// Whether schema pcx has the trail's tables; nothing else here may be asked otherwise.
bool has_trail(db::Transaction& tx);

// Tables that the trail is made of, and that are not there ("pcx.ledger").
struct MissingTables {
  std::vector<std::string> names;
  bool is_all = false;
};
std::string missing_text(const std::vector<std::string>& names);  // a phrase for messages
MissingTables find_missing_tables(db::Transaction& tx);

// Error{not_found} with reason "no_trail", for whoever needs one; thrown where there is none. Where
// only some of its tables are there it is Error{not_found} with reason "trail_incomplete".
Error no_trail();
void require_trail(db::Transaction& tx);
// Outside of transactions.
void require_trail(db::Database& database);

}  // namespace pcx::audit
