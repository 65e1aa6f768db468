#include "audit/trail_status.h"

#include <algorithm>
#include <chrono>
#include <map>

#include <fmt/format.h>

#include "audit/epoch.h"
#include "audit/install_plan.h"
#include "audit/rule_follow.h"
#include "audit/shipped_functions.h"
#include "audit/sql.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::audit {

namespace {

Time time_of(std::int64_t microseconds) { return Time{std::chrono::microseconds{microseconds}}; }

std::optional<Time> time_in(const db::Field& field) {
  const auto microseconds = db::nullable<std::int64_t>(field);
  return microseconds ? std::optional{time_of(*microseconds)} : std::nullopt;
}

Capture capture_of(TriggerState state) {
  switch (state) {
    case TriggerState::on: return Capture::on;
    case TriggerState::absent: return Capture::missing;
    case TriggerState::disabled: return Capture::disabled;
    case TriggerState::changed: return Capture::changed;
  }
  return Capture::changed;
}

std::map<std::string, Loss> read_losses(db::Transaction& tx, Time now) {
  constexpr std::size_t kDayBytes = std::string_view{"2026-01-31"}.size();
  const Time since = now - std::chrono::hours{24 * kLossDays};
  std::map<std::string, Loss> losses;
  const db::Result rows = tx.query(sql::sum_lost, {to_rfc3339(since).substr(0, kDayBytes)});
  for (const db::Row row : rows) {
    losses[row["relation"].as<std::string>()] = {row["changes"].as<std::int64_t>(),
                                                 row["sqlstate"].as<std::string>(),
                                                 time_of(row["last_us"].as<std::int64_t>())};
  }
  return losses;
}

SealStatus read_seal(db::Transaction& tx) {
  const db::Result rows = tx.query(sql::read_seal_state, {kUnsealedCounted + 1});
  const db::Row row = rows.one();
  const auto unsealed = row["unsealed"].as<std::int64_t>();
  return {.epoch = db::nullable<int>(row["epoch"]),
          .size = db::nullable<std::int64_t>(row["size"]).value_or(0),
          .sealed_at = time_in(row["sealed_us"]),
          .unsealed = std::min(unsealed, kUnsealedCounted),
          .has_more = unsealed > kUnsealedCounted,
          .oldest_unsealed = time_in(row["oldest_us"])};
}

TableStatus table_status(const InstalledRule& installed, const TableFacts& facts,
                         const RulePlace* place) {
  TableStatus status{.rule = installed.rule};
  const bool is_elsewhere = place != nullptr && place->is_elsewhere();
  if (is_elsewhere) {
    status.why = fmt::format("is {}.{} now", place->now->schema, place->now->table);
  }
  if (facts.kind == TableKind::absent) {
    status.capture = Capture::absent;
    return status;
  }
  const auto triggers = capture_triggers(installed.rule, installed.key_columns);
  status.capture = capture_of(state_of(triggers, facts.triggers));
  if (status.capture != Capture::on) return status;
  if (!facts.casts.empty()) {
    status.capture = Capture::unsafe;
    status.why = fmt::format("{}: cast to json by somebody's function", join(facts.casts, ", "));
  } else if (is_elsewhere) {
    status.capture = Capture::outdated;
  } else if (const RuleFit fit = fit_rule(installed, place, facts); !fit.is_fit()) {
    status.capture = Capture::outdated;
    status.why = join(fit.differs, "; ");
  }
  return status;
}

void add_standing(const TableStanding& standing, TrailStatus& status) {
  const bool is_uninstalled = standing.standing == Standing::uninstalled;
  if (standing.relation == kLogRelation) {
    if (is_uninstalled && status.log == Capture::missing) status.log = Capture::absent;
    return;
  }
  const auto table = std::ranges::find_if(status.tables, [&](const TableStatus& each) {
    return each.rule.relation() == standing.relation;
  });
  if (table == status.tables.end()) {
    const auto name = parse_relation(standing.relation);
    if (is_uninstalled || !name) return;
    status.tables.push_back(
        {.rule = {.schema = name->schema, .table = name->table}, .capture = Capture::missing});
  } else if (standing.standing == Standing::paused && table->capture == Capture::disabled) {
    table->capture = Capture::paused;
    table->paused_because = standing.reason;
    table->paused_at = standing.at;
  }
}

void add_unfinished(db::Transaction& tx, TrailStatus& status) {
  const db::Result rows = tx.query(sql::read_unfinished);
  for (const db::Row row : rows) {
    const auto relation = row["relation"].as<std::string>();
    const auto name = parse_relation(relation);
    const bool is_told = std::ranges::any_of(
        status.tables, [&](const TableStatus& each) { return each.rule.relation() == relation; });
    if (!name || is_told) continue;
    status.tables.push_back(
        {.rule = {.schema = name->schema, .table = name->table}, .capture = Capture::unfinished});
  }
}

std::vector<GuardOff> read_guards(db::Transaction& tx) {
  std::vector<GuardOff> guards;
  const db::Result rows = tx.query(sql::read_guards);
  for (const db::Row row : rows) {
    guards.push_back({row["guard"].as<std::string>(), row["state"].as<std::string>()});
  }
  return guards;
}

void add_tables(db::Transaction& tx, TrailStatus& status) {
  const auto rules = read_rules(tx);
  const auto places = read_rule_places(tx);
  std::vector<RelationName> names;
  for (const InstalledRule& each : rules) names.push_back({each.rule.schema, each.rule.table});
  names.push_back({"public", "audit_logs"});
  const auto facts = read_tables(tx, names);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    status.tables.push_back(
        table_status(rules[i], facts[i], find_place(places, rules[i].rule.relation())));
  }
  status.log = capture_of(state_of(log_triggers(), facts.back().triggers));
  if (facts.back().kind == TableKind::absent) status.log = Capture::absent;
  for (const TableStanding& standing : read_standings(tx)) add_standing(standing, status);
  add_unfinished(tx, status);
  if (status.log != Capture::on) return;
  const db::Result adoption = tx.query(sql::read_adoption);
  status.is_adopted = !adoption.empty() && adoption.one()["done"].as<bool>();
}

}  // namespace

const char* to_string(Capture capture) noexcept {
  switch (capture) {
    case Capture::on: return "on";
    case Capture::paused: return "paused";
    case Capture::absent: return "absent";
    case Capture::unfinished: return "unfinished";
    case Capture::outdated: return "outdated";
    case Capture::unsafe: return "unsafe";
    case Capture::missing: return "missing";
    case Capture::disabled: return "disabled";
    case Capture::changed: return "changed";
  }
  return "unknown";
}

Finding finding_of(Capture capture) noexcept {
  switch (capture) {
    case Capture::on: return Finding::ok;
    case Capture::paused:
    case Capture::absent: return Finding::warning;
    case Capture::unfinished:
    case Capture::outdated:
    case Capture::unsafe:
    case Capture::missing:
    case Capture::disabled:
    case Capture::changed: return Finding::critical;
  }
  return Finding::critical;
}

namespace {

std::optional<TrailStatus> read_status(db::Database& database, Time now) {
  db::Transaction tx = database.begin(db::Access::read_only, db::Isolation::repeatable_read);
  if (!has_trail(tx)) return std::nullopt;
  TrailStatus status;
  if (const auto epoch = newest_epoch(tx)) status.epoch = epoch->number;
  if (!status.epoch) return std::nullopt;
  add_tables(tx, status);
  const auto losses = read_losses(tx, now);
  for (TableStatus& table : status.tables) {
    const auto lost = losses.find(table.rule.relation());
    if (lost != losses.end()) table.lost = lost->second;
  }
  status.event_triggers = read_event_triggers(tx);
  status.wants_event_triggers = wants_event_triggers(tx);
  status.guards_off = read_guards(tx);
  status.replaced = find_replaced_functions(tx);
  status.has_digest_key = tx.query(sql::has_digest_key).one()["has_key"].as<bool>();
  status.seal = read_seal(tx);
  const db::Result months = tx.query(sql::count_months);
  status.months_ahead = months.one()["ahead"].as<int>();
  status.has_late = months.one()["late"].as<bool>();
  return status;
}

// Undefined table, column and function: PostgreSQL, Appendix A, class 42.
bool is_undefined(const Error& error) {
  const std::string& state = error.sqlstate();
  return state == "42P01" || state == "42703" || state == "42883" || state == "3F000";
}

}  // namespace

std::optional<TrailStatus> read_trail_status(db::Database& database, Time now) {
  try {
    return read_status(database, now);
  } catch (const Error& error) {
    if (!is_undefined(error)) throw;
    throw incomplete_trail(fmt::format("the trail is not whole: {}", error.what()));
  }
}

}  // namespace pcx::audit
