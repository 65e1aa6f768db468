// What the database's catalog and pcx's own tables say of tables that are, or shall be, audited.
#pragma once

#include <map>
#include <optional>
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
  std::vector<std::string> types;  // of the columns, side by side: "text", "jsonb"
  // Those whose values become JSON by somebody's function, which would run as schema pcx's owner.
  std::vector<std::string> casts;
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

// What became of an audited table, and of the columns that its rule names: by the numbers that the
// catalog had for them when the rule was installed, which stay when names change.
struct RulePlace {
  std::string relation;   // as pcx.audit_table has it
  bool is_there = false;  // there is something of that name
  bool is_table = false;  // that is an ordinary table
  // Where that table is now; std::nullopt: it is gone, or was restored from a dump since.
  std::optional<RelationName> now = std::nullopt;
  std::map<std::string, std::string> columns = {};  // their names then and now; "": dropped
  std::string numbers = {};                         // JSON of the note; "" without `now`

  // The columns are those of the table that has the rule's name.
  bool is_same_table() const;
  // That table has another name now.
  bool is_elsewhere() const { return now && !is_same_table(); }
};
std::vector<RulePlace> read_rule_places(db::Transaction& tx);

// Of a table and some of its columns, for the next note. REQUIRES: there is such a table
Document read_numbers(db::Transaction& tx, const RelationName& name,
                      const std::vector<std::string>& columns);

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
// Whether the trail says that there are some.
bool wants_event_triggers(db::Transaction& tx);

// Whether schema pcx has the trail's tables; nothing else here may be asked otherwise. Throws
// Error{not_found} with reason "trail_incomplete" where it has only some of them.
bool has_trail(db::Transaction& tx);
// Whether something was installed, too: schema pcx is also made for other things than the trail.
bool is_begun(db::Transaction& tx);

// Tables that the trail is made of, and that are not there ("pcx.ledger").
struct MissingTables {
  std::vector<std::string> names;
  bool is_all = false;
};
std::string missing_text(const std::vector<std::string>& names);  // a phrase for messages
MissingTables find_missing_tables(db::Transaction& tx);

// Error{not_found} with reason "trail_incomplete"; `what`: a phrase.
Error incomplete_trail(const std::string& what);

// Error{not_found} with reason "no_trail", for whoever needs one; thrown where there is none. They
// throw what has_trail() throws, too.
Error no_trail();
void require_trail(db::Transaction& tx);
// Outside of transactions.
void require_trail(db::Database& database);
// The same, and that something was installed (is_begun()).
void require_begun(db::Transaction& tx);

}  // namespace pcx::audit
