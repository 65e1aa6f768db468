#include "audit/catalog.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "audit/epoch.h"
#include "audit/sql.h"
#include "core/error.h"
#include "core/json.h"
#include "core/text.h"
#include "crypto/encoding.h"

namespace pcx::audit {

namespace {

TableKind kind_of(const std::optional<std::string>& relkind) {
  if (!relkind) return TableKind::absent;
  switch (relkind->front()) {
    case 'r': return TableKind::table;
    case 'p': return TableKind::partitioned;
    case 'f': return TableKind::foreign;
    default: return TableKind::view;
  }
}

// pg_trigger.tgargs: each argument, and a zero byte behind it.
std::vector<std::string> arguments_of(std::string_view hexadecimal) {
  const auto bytes = crypto::from_hex(hexadecimal);
  if (!bytes) throw Error{ErrorCode::internal, "arguments of a trigger are no bytes"};
  std::vector<std::string> arguments;
  std::string_view rest = *bytes;
  for (std::size_t end = rest.find('\0'); end != std::string_view::npos; end = rest.find('\0')) {
    arguments.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  return arguments;
}

FoundTrigger to_trigger(const db::Row& row) {
  return {.trigger = {.name = row["name"].as<std::string>(),
                      .function = row["function_name"].as<std::string>(),
                      .type = row["type"].as<int>(),
                      .arguments = arguments_of(row["arguments"].as<std::string_view>())},
          .enabled = row["enabled"].as<std::string>().front(),
          .is_plain = row["plain"].as<bool>()};
}

Standing standing_of(std::string_view kind) {
  if (kind == "pause") return Standing::paused;
  return kind == "uninstall" ? Standing::uninstalled : Standing::audited;
}

TableFacts to_facts(const db::Row& row) {
  TableFacts facts{.schema = row["schema_name"].as<std::string>(),
                   .table = row["table_name"].as<std::string>(),
                   .kind = kind_of(db::nullable<std::string>(row["kind"]))};
  if (facts.kind == TableKind::absent) return facts;
  facts.owner = row["owner"].as<std::string>();
  facts.may_alter = row["may_alter"].as<bool>();
  facts.columns = row["columns"].as<std::vector<std::string>>();
  facts.types = row["types"].as<std::vector<std::string>>();
  facts.casts = row["casts"].as<std::vector<std::string>>();
  facts.key_columns = row["key_columns"].as<std::vector<std::string>>();
  return facts;
}

}  // namespace

std::vector<TableFacts> read_tables(db::Transaction& tx, const std::vector<RelationName>& names) {
  std::vector<std::string> schemas;
  std::vector<std::string> tables;
  for (const RelationName& name : names) {
    schemas.push_back(name.schema);
    tables.push_back(name.table);
  }
  std::vector<TableFacts> all;
  const db::Result rows = tx.query(sql::read_tables, {schemas, tables});
  for (const db::Row row : rows) all.push_back(to_facts(row));
  const db::Result triggers = tx.query(sql::read_triggers);
  for (const db::Row row : triggers) {
    const auto relation =
        row["schema_name"].as<std::string>() + "." + row["table_name"].as<std::string>();
    const auto owner = std::ranges::find(all, relation, &TableFacts::relation);
    if (owner != all.end()) owner->triggers.push_back(to_trigger(row));
  }
  return all;
}

std::vector<InstalledRule> read_rules(db::Transaction& tx) {
  std::vector<InstalledRule> rules;
  const db::Result rows = tx.query(sql::read_rules);
  for (const db::Row row : rows) {
    rules.push_back(
        {{.schema = row["schema_name"].as<std::string>(),
          .table = row["table_name"].as<std::string>(),
          .on_error =
              row["on_error"].as<std::string_view>() == "spill" ? OnError::spill : OnError::block,
          .dropped = row["dropped"].as<std::vector<std::string>>(),
          .hashed = row["hashed"].as<std::vector<std::string>>(),
          .ignored = row["ignored"].as<std::vector<std::string>>()},
         row["key_columns"].as<std::vector<std::string>>()});
  }
  return rules;
}

namespace {

RulePlace place_in(const db::Row& row) {
  RulePlace place{.relation = row["relation"].as<std::string>(),
                  .is_there = row["is_there"].as<bool>(),
                  .is_table = row["is_table"].as<bool>()};
  const auto schema = db::nullable<std::string>(row["schema_name"]);
  if (!schema) return place;
  place.now = RelationName{*schema, row["table_name"].as<std::string>()};
  place.numbers = row["place"].as<std::string>();
  const auto names = row["columns"].as<std::vector<std::string>>();
  const auto now = row["now"].as<std::vector<std::string>>();
  for (std::size_t i = 0; i < names.size(); ++i) place.columns[names[i]] = now[i];
  return place;
}

}  // namespace

bool RulePlace::is_same_table() const { return now && now->schema + "." + now->table == relation; }

std::vector<RulePlace> read_rule_places(db::Transaction& tx) {
  std::vector<RulePlace> places;
  const db::Result rows = tx.query(sql::read_rule_places);
  for (const db::Row row : rows) places.push_back(place_in(row));
  return places;
}

Document read_numbers(db::Transaction& tx, const RelationName& name,
                      const std::vector<std::string>& columns) {
  const db::Result rows = tx.query(sql::place_table, {name.schema, name.table, columns});
  return parse_json(rows.one()["place"].as<std::string_view>(), "numbers of the catalog");
}

std::vector<TableStanding> read_standings(db::Transaction& tx) {
  std::vector<TableStanding> standings;
  const db::Result rows = tx.query(sql::read_standing);
  for (const db::Row row : rows) {
    standings.push_back({row["relation"].as<std::string>(),
                         standing_of(row["kind"].as<std::string_view>()),
                         db::nullable<std::string>(row["reason"]).value_or(""),
                         Time{std::chrono::microseconds{row["at_us"].as<std::int64_t>()}}});
  }
  return standings;
}

EventTriggers read_event_triggers(db::Transaction& tx) {
  const db::Result rows = tx.query(sql::read_event_triggers);
  const db::Row row = rows.one();
  return {.may_make = row["may_make"].as<bool>(),
          .always = row["always"].as<std::vector<std::string>>(),
          .present = row["present"].as<std::vector<std::string>>()};
}

bool wants_event_triggers(db::Transaction& tx) {
  return tx.query(sql::wants_event_triggers).one()["wants"].as<bool>();
}

bool is_begun(db::Transaction& tx) { return has_trail(tx) && newest_epoch(tx).has_value(); }

Error no_trail() {
  Error error{ErrorCode::not_found, "there is no trail in this database",
              "Begin one with 'pcx audit install'."};
  return std::move(error.because("no_trail"));
}

MissingTables find_missing_tables(db::Transaction& tx) {
  const db::Result rows = tx.query(sql::find_missing_tables);
  return {rows.one()["missing"].as<std::vector<std::string>>(), rows.one()["is_all"].as<bool>()};
}

std::string missing_text(const std::vector<std::string>& names) {
  return fmt::format("the trail is not whole: {} {} missing", join(names, ", "),
                     names.size() == 1 ? "is" : "are");
}

Error incomplete_trail(const std::string& what) {
  Error error{ErrorCode::not_found, what,
              "They were dropped, or a restore left them out. 'pcx audit verify --against FILE' "
              "tells which; runbooks/audit.md says what to do (Tampering found)."};
  return std::move(error.because("trail_incomplete"));
}

bool has_trail(db::Transaction& tx) {
  const MissingTables missing = find_missing_tables(tx);
  if (missing.names.empty()) return true;
  if (missing.is_all) return false;
  throw incomplete_trail(missing_text(missing.names));
}

void require_trail(db::Transaction& tx) {
  if (!has_trail(tx)) throw no_trail();
}

void require_begun(db::Transaction& tx) {
  if (!is_begun(tx)) throw no_trail();
}

void require_trail(db::Database& database) {
  db::Transaction tx = database.begin(db::Access::read_only);
  require_trail(tx);
}

}  // namespace pcx::audit
