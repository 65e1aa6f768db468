#include "audit/installer.h"

#include <algorithm>

#include "audit/catalog.h"
#include "audit/epoch.h"
#include "audit/rule_follow.h"
#include "audit/sql.h"
#include "core/error.h"
#include "core/json.h"
#include "db/polite_change.h"
#include "fields/registry.h"

namespace pcx::audit {

namespace {

constexpr int kAdoptRows = 10'000;
constexpr std::string_view kEventTriggers[] = {"pcx_audit_ddl", "pcx_audit_drop"};

const RelationName kLog{"public", "audit_logs"};

Document texts(const std::vector<std::string>& all) {
  Document list = Document::array();
  for (const std::string& text : all) list.add(text);
  return list;
}

Document relation_details(const std::string& relation) {
  Document details = Document::object();
  details.set("relation", relation);
  return details;
}

Document rule_details(const PlannedTable& planned) {
  Document details = relation_details(planned.rule.relation());
  details.set("deed", to_string(planned.step));
  details.set("on_error", to_string(planned.rule.on_error));
  details.set("key_columns", texts(planned.key_columns));
  details.set("dropped", texts(planned.rule.dropped));
  details.set("hashed", texts(planned.rule.hashed));
  details.set("ignored", texts(planned.rule.ignored));
  return details;
}

// The rule as the trail tells it, without what was done.
Document installed_details(const InstalledRule& installed) {
  return rule_details({.rule = installed.rule, .key_columns = installed.key_columns});
}

void set_numbers(db::Transaction& tx, const TableRule& rule,
                 const std::vector<std::string>& key_columns, Document& details) {
  std::vector<std::string> columns = key_columns;
  for (const auto* names : {&rule.dropped, &rule.hashed}) {
    columns.insert(columns.end(), names->begin(), names->end());
  }
  details.set("catalog", read_numbers(tx, {rule.schema, rule.table}, columns));
}

// In the trail and in the journal.
void note(const InstallTools& tools, db::Transaction& tx, const std::string& kind,
          const std::string& object, const Document& details) {
  tx.query(sql::insert_note, {kind, to_json(details)});
  tools.record(tx, {"audit." + kind, object, details});
}

// `work` and the switch of `triggers`, under one lock that is waited for politely.
void change_table(const InstallTools& tools, const RelationName& name,
                  std::span<const Trigger> triggers, Switch to,
                  const std::function<void(db::Transaction&)>& work) {
  db::change_politely({tools.database, tools.clock, tools.interrupt}, {name.schema, name.table},
                      db::StrongLock::exclusive,
                      switch_query(name.schema, name.table, triggers, to), work);
}

void create_all(db::Transaction& tx, const RelationName& name, std::span<const Trigger> triggers) {
  for (const Trigger& trigger : triggers) {
    tx.query(create_query(name.schema, name.table, trigger));
  }
}

// Any trigger by the name that pcx gives to its own.
void drop_all(const InstallTools& tools, const RelationName& name,
              const std::vector<Trigger>& triggers,
              const std::function<void(db::Transaction&)>& work) {
  const auto before = [&](db::Transaction& tx) {
    for (std::size_t i = 1; i < triggers.size(); ++i) {
      tx.query(drop_query(name.schema, name.table, triggers[i]));
    }
    work(tx);
  };
  db::change_politely({tools.database, tools.clock, tools.interrupt}, {name.schema, name.table},
                      db::StrongLock::exclusive,
                      drop_query(name.schema, name.table, triggers.front()), before);
}

struct Adoption {
  std::optional<std::string> reached;
  bool done = false;
};

Adoption read_adoption(db::Transaction& tx) {
  const db::Result rows = tx.query(sql::read_adoption);
  if (rows.empty()) return {};
  return {db::nullable<std::string>(rows.one()["reached"]), rows.one()["done"].as<bool>()};
}

// One batch; whether it was the last one.
bool adopt_batch(const InstallTools& tools, std::int64_t& read, std::int64_t& adopted) {
  db::Transaction tx = tools.database.begin();
  const Adoption before = read_adoption(tx);
  if (before.done) return true;
  const db::Result rows = tx.query(sql::adopt_rows, {before.reached, kAdoptRows});
  const db::Row row = rows.one();
  const auto reached = db::nullable<std::string>(row["reached"]);
  const bool is_last = row["read"].as<std::int64_t>() < kAdoptRows;
  Document details = relation_details(kLogRelation);
  details.set("rows", row["adopted"].as<std::int64_t>());
  if (reached) details.set("reached", *reached);
  details.set("done", is_last);
  note(tools, tx, "adopt", kLogRelation, details);
  tx.commit();
  read += row["read"].as<std::int64_t>();
  adopted += row["adopted"].as<std::int64_t>();
  return is_last;
}

}  // namespace

namespace {

std::vector<RuleMove> read_moves(db::Transaction& tx, const std::vector<InstalledRule>& rules,
                                 const std::vector<RulePlace>& places) {
  std::vector<RelationName> names;
  for (const RulePlace& place : places) {
    if (place.is_elsewhere()) names.push_back(*place.now);
  }
  return find_moves(rules, places, read_tables(tx, names));
}

}  // namespace

InstallFacts read_install_facts(db::Database& database, const InstallWish& wish,
                                const Config& config) {
  InstallFacts facts;
  facts.encrypted = fields::read_registry(database, config).fields;
  std::vector<RelationName> names;
  for (const TableRule& rule : wish.rules) names.push_back({rule.schema, rule.table});
  names.push_back(kLog);
  db::Transaction tx = database.begin(db::Access::read_only, db::Isolation::repeatable_read);
  facts.tables = read_tables(tx, names);
  facts.log = std::move(facts.tables.back());
  facts.tables.pop_back();
  if (!has_trail(tx)) return facts;
  facts.installed = read_rules(tx);
  facts.places = read_rule_places(tx);
  facts.moves = read_moves(tx, facts.installed, facts.places);
  facts.standings = read_standings(tx);
  facts.is_unfinished = !tx.query(sql::read_unfinished).empty();
  facts.adoption_is_done = read_adoption(tx).done;
  return facts;
}

InstallWish read_whole_wish(db::Database& database, InstallWish wish) {
  db::Transaction tx = database.begin(db::Access::read_only, db::Isolation::repeatable_read);
  if (!has_trail(tx)) return wish;
  auto rules = read_rules(tx);
  const auto places = read_rule_places(tx);
  std::erase_if(rules, [&](const InstalledRule& each) {
    const RulePlace* place = find_place(places, each.rule.relation());
    return place != nullptr && (!place->is_there || (place->is_elsewhere() && !place->is_table));
  });
  return with_audited(std::move(wish), rules);
}

void prepare_trail(const InstallTools& tools) {
  db::Transaction tx = tools.database.begin();
  tx.query(sql::make_digest_key);
  tx.query(sql::make_months, {kMonthsAhead});  // before the first note, which belongs into one
  const bool has_tree = newest_epoch(tx).has_value();
  tx.commit();
  if (has_tree) return;
  open_epoch_politely({tools.database, tools.clock, tools.interrupt}, "", tools.random);
}

void begin_install(const InstallTools& tools, const InstallPlan& plan) {
  Document tables = Document::array();
  for (const PlannedTable& planned : plan.tables) {
    if (is_deed(planned.step)) tables.add(planned.rule.relation());
  }
  db::Transaction tx = tools.database.begin();
  Document details = Document::object();
  details.set("tables", std::move(tables));
  const EventTriggers found = read_event_triggers(tx);
  if (found.are_on() || found.may_make || wants_event_triggers(tx)) {
    details.set("event_triggers", true);
  }
  tx.query(sql::insert_note, {"begin", to_json(details)});
  tx.commit();
}

namespace {

// The rule that was `installed` at `place`.
void move_to(const InstallTools& tools, db::Transaction& tx, const RuleMove& move,
             const InstalledRule& installed, const RulePlace& place) {
  InstalledRule moved = move.merged.value_or(installed);
  moved.rule.schema = move.now->schema;
  moved.rule.table = move.now->table;
  const auto standings = read_standings(tx);
  const auto standing = std::ranges::find(standings, move.relation, &TableStanding::relation);
  tx.query(sql::save_rule,
           {moved.rule.relation(), to_string(moved.rule.on_error), moved.key_columns,
            moved.rule.dropped, moved.rule.hashed, moved.rule.ignored});
  Document details = installed_details(moved);
  details.set("deed", "follow");
  if (move.merged) {
    set_numbers(tx, moved.rule, moved.key_columns, details);
  } else {
    // Of its columns as they were called then: those that were renamed, too, are followed later.
    details.set("catalog", parse_json(place.numbers, "numbers of the catalog"));
  }
  const bool is_paused = standing != standings.end() && standing->standing == Standing::paused;
  if (is_paused) details.set("reason", standing->reason);
  note(tools, tx, is_paused ? "pause" : "install", moved.rule.relation(), details);
}

void leave(const InstallTools& tools, db::Transaction& tx, const RuleMove& move) {
  Document details = relation_details(move.relation);
  if (move.now) {
    details.set("renamed_to", move.now->schema + "." + move.now->table);
  } else {
    details.set("gone", true);
  }
  tx.query(sql::delete_rule, {move.relation});
  note(tools, tx, "uninstall", move.relation, details);
}

}  // namespace

void move_rules(const InstallTools& tools) {
  db::Transaction tx = tools.database.begin();
  const auto rules = read_rules(tx);
  const auto places = read_rule_places(tx);
  for (const RuleMove& move : read_moves(tx, rules, places)) {
    if (move.now) {
      move_to(tools, tx, move, *find_rule(rules, move.relation),
              *find_place(places, move.relation));
    }
    if (!move.stays) leave(tools, tx, move);
  }
  tx.commit();
}

void install_table(const InstallTools& tools, const PlannedTable& planned) {
  const TableRule& rule = planned.rule;
  const auto triggers = capture_triggers(rule, planned.key_columns);
  const RelationName name{rule.schema, rule.table};
  change_table(tools, name, triggers, Switch::on, [&](db::Transaction& tx) {
    create_all(tx, name, triggers);
    tx.query(sql::save_rule, {rule.relation(), to_string(rule.on_error), planned.key_columns,
                              rule.dropped, rule.hashed, rule.ignored});
    Document details = rule_details(planned);
    set_numbers(tx, rule, planned.key_columns, details);
    note(tools, tx, "install", rule.relation(), details);
  });
}

namespace {

constexpr std::string_view kSelect = "SELECT", kUpdate = "UPDATE";

std::string trail_owner(db::Transaction& tx) {
  return tx.query(sql::read_trail_owner).one()["owner"].as<std::string>();
}

// A rotation of keys reseals copies in it by a function of the schema's owner, pcx.audit_reseal().
// What it did not have before, it gets: that is what uninstalling takes back.
std::vector<std::string> let_trail_reseal(db::Transaction& tx) {
  const db::Result rows = tx.query(sql::find_lacking_rights);
  std::vector<std::string> granted;
  for (const db::Row row : rows) granted.push_back(row["privilege"].as<std::string>());
  for (const std::string& privilege : granted) {
    db::Query grant{"audit.grant_log"};
    grant.sql(privilege == kSelect ? "GRANT SELECT ON " : "GRANT UPDATE ON ");
    tx.query(grant.identifier(kLog.schema, kLog.table).sql(" TO ").identifier(trail_owner(tx)));
  }
  return granted;
}

std::vector<std::string> take_back_granted(db::Transaction& tx) {
  const db::Result rows = tx.query(sql::find_granted_rights);
  std::vector<std::string> granted;
  for (const db::Row row : rows) granted.push_back(row["privilege"].as<std::string>());
  for (const std::string& privilege : granted) {
    if (privilege != kSelect && privilege != kUpdate) continue;  // no note of pcx
    db::Query revoke{"audit.revoke_log"};
    revoke.sql(privilege == kSelect ? "REVOKE SELECT ON " : "REVOKE UPDATE ON ");
    tx.query(revoke.identifier(kLog.schema, kLog.table).sql(" FROM ").identifier(trail_owner(tx)));
  }
  return granted;
}

}  // namespace

void install_log(const InstallTools& tools, InstallStep step) {
  const auto triggers = log_triggers();
  change_table(tools, kLog, triggers, Switch::on, [&](db::Transaction& tx) {
    create_all(tx, kLog, triggers);
    Document details = relation_details(kLogRelation);
    details.set("deed", to_string(step));
    details.set("granted", texts(let_trail_reseal(tx)));
    note(tools, tx, "install", kLogRelation, details);
  });
}

std::int64_t adopt_log_rows(const InstallTools& tools,
                            const std::function<void(std::int64_t rows)>& on_batch) {
  std::int64_t read = 0;
  std::int64_t adopted = 0;
  for (bool is_last = false; !is_last;) {
    tools.interrupt.throw_if_requested();
    is_last = adopt_batch(tools, read, adopted);
    on_batch(read);
  }
  return adopted;
}

EventTriggerDeed install_event_triggers(const InstallTools& tools) {
  db::Transaction tx = tools.database.begin();
  const EventTriggers found = read_event_triggers(tx);
  if (found.are_on()) return EventTriggerDeed::none;
  if (!found.may_make) return EventTriggerDeed::impossible;
  for (const std::string& name : found.present) {
    tx.query(db::Query{"audit.drop_event_trigger"}.sql("DROP EVENT TRIGGER ").identifier(name));
  }
  tx.query(db::Query{"audit.create_event_trigger"}.sql(
      "CREATE EVENT TRIGGER pcx_audit_ddl ON ddl_command_end EXECUTE FUNCTION pcx.audit_ddl()"));
  tx.query(db::Query{"audit.create_event_trigger"}.sql(
      "CREATE EVENT TRIGGER pcx_audit_drop ON sql_drop EXECUTE FUNCTION pcx.audit_drop()"));
  Document names = Document::array();
  for (const std::string_view name : kEventTriggers) {
    tx.query(db::Query{"audit.enable_event_trigger"}
                 .sql("ALTER EVENT TRIGGER ")
                 .identifier(name)
                 .sql(" ENABLE ALWAYS"));
    names.add(std::string{name});
  }
  Document details = Document::object();
  details.set("event_triggers", std::move(names));
  note(tools, tx, "install", "event triggers", details);
  tx.commit();
  return EventTriggerDeed::made;
}

UninstallPlan read_uninstall_plan(db::Transaction& tx) {
  UninstallPlan plan;
  std::vector<RelationName> names;
  const db::Result rows = tx.query(sql::find_audited);
  for (const db::Row row : rows) {
    names.push_back({row["schema_name"].as<std::string>(), row["table_name"].as<std::string>()});
  }
  plan.log = std::erase(names, kLog) > 0;
  plan.tables = read_tables(tx, names);
  plan.event_triggers = read_event_triggers(tx);
  return plan;
}

void uninstall_table(const InstallTools& tools, const TableFacts& table) {
  const auto forget = [&](db::Transaction& tx) {
    tx.query(sql::delete_rule, {table.relation()});
    Document details = relation_details(table.relation());
    if (table.kind == TableKind::absent) details.set("gone", true);
    note(tools, tx, "uninstall", table.relation(), details);
  };
  if (table.kind == TableKind::absent) {
    db::Transaction tx = tools.database.begin();
    forget(tx);
    tx.commit();
    return;
  }
  drop_all(tools, {table.schema, table.table}, capture_triggers({}, {}), forget);
}

void uninstall_log(const InstallTools& tools) {
  drop_all(tools, kLog, log_triggers(), [&](db::Transaction& tx) {
    Document details = relation_details(kLogRelation);
    details.set("revoked", texts(take_back_granted(tx)));
    note(tools, tx, "uninstall", kLogRelation, details);
  });
}

void uninstall_event_triggers(const InstallTools& tools, const EventTriggers& found) {
  db::Transaction tx = tools.database.begin();
  for (const std::string& name : found.present) {
    tx.query(db::Query{"audit.drop_event_trigger"}.sql("DROP EVENT TRIGGER ").identifier(name));
  }
  Document details = Document::object();
  details.set("event_triggers", texts(found.present));
  note(tools, tx, "uninstall", "event triggers", details);
  tx.commit();
}

void pause_table(const InstallTools& tools, const TableRule& rule, const std::string& reason) {
  change_table(tools, {rule.schema, rule.table}, capture_triggers(rule, {}), Switch::off,
               [&](db::Transaction& tx) {
                 Document details = relation_details(rule.relation());
                 details.set("reason", reason);
                 note(tools, tx, "pause", rule.relation(), details);
               });
}

void resume_table(const InstallTools& tools, const InstalledRule& installed) {
  const TableRule& rule = installed.rule;
  const RelationName name{rule.schema, rule.table};
  const auto triggers = capture_triggers(rule, installed.key_columns);
  change_table(tools, name, triggers, Switch::on, [&](db::Transaction& tx) {
    create_all(tx, name, triggers);  // whatever somebody made of them meanwhile
    note(tools, tx, "resume", rule.relation(), relation_details(rule.relation()));
  });
}

}  // namespace pcx::audit
