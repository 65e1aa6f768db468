#include "migrate/probe.h"

#include <algorithm>
#include <utility>

#include "db/identifier.h"
#include "migrate/index_shape.h"
#include "migrate/sql.h"

namespace pcx::migrate {

namespace {

using Kind = Operation::Kind;

std::string quoted(const std::string& schema, const std::string& name) {
  const std::string last = db::quote_identifier(name);
  return schema.empty() ? last : db::quote_identifier(schema) + '.' + last;
}

struct Relation {
  std::int64_t oid = 0;
  std::int64_t table = 0;  // an index's
  bool valid = true;
};

Relation resolve(db::Database& database, const std::string& schema, const std::string& name) {
  const db::Result rows = database.query(sql::resolve_relation, {quoted(schema, name)});
  if (rows.empty()) return {};
  return {rows[0]["oid"].as<std::int64_t>(), rows[0]["table_oid"].as<std::int64_t>(),
          rows[0]["valid"].as<bool>()};
}

std::vector<std::string> oids_of(const std::vector<IndexState>& indexes, bool valid_only) {
  std::vector<std::string> oids;
  for (const IndexState& index : indexes) {
    if (index.valid || !valid_only) oids.push_back(std::to_string(index.oid));
  }
  return oids;
}

// A valid index is rebuilt when the old one is gone or dead; an invalid one when it is gone.
Facts facts_of_reindex(db::Database& database, const Operation& operation) {
  const Relation index = resolve(database, operation.schema, operation.name);
  if (!index.valid) return {.relation = index.table, .object = index.oid};
  if (index.oid == 0) return {};
  return {.relation = index.table, .known = {std::to_string(index.oid)}};
}

std::int64_t named_oid(db::Database& database, const db::Statement& question,
                       const std::string& name) {
  return database.query(question, {name}).one()["oid"].as<std::int64_t>();
}

Effect effect_of_creation(db::Database& database, const Operation& operation, const Facts& facts) {
  const NewIndexes fresh = new_indexes(database, operation, facts);
  if (!fresh.is_certain || fresh.indexes.size() > 1) return Effect::unknown;
  if (fresh.indexes.empty()) return Effect::none;
  return fresh.indexes.front().valid ? Effect::took : Effect::half;
}

// An index of the same name may be a new one of somebody else, or ours that somebody rebuilt.
Effect effect_of_drop(db::Database& database, const Operation& operation, const Facts& facts) {
  if (facts.object == 0) return Effect::none;
  if (!database.query(sql::name_of_relation, {facts.object}).empty()) return Effect::none;
  const auto left = indexes_of(database, facts.relation);
  const bool has_name = std::any_of(left.begin(), left.end(), [&](const IndexState& index) {
    return index.name == operation.name;
  });
  return has_name ? Effect::unknown : Effect::took;
}

Effect effect_of_reindex(db::Database& database, const Facts& facts) {
  if (facts.known.empty() && facts.object == 0) return Effect::none;  // again does no harm
  const db::Result answer = database.query(sql::valid_indexes, {facts.known, facts.object});
  const bool old_ones_left = answer.one()["valid"].as<std::int64_t>() > 0;
  const bool invalid_one_left = answer.one()["found"].as<bool>();
  return old_ones_left || invalid_one_left ? Effect::none : Effect::took;
}

Effect effect_of_detach(db::Database& database, const Facts& facts) {
  if (facts.object == 0) return Effect::none;  // it was none of its partitions: the server says so
  const db::Result answer = database.query(sql::partition_state, {facts.relation, facts.object});
  const auto state = answer.one()["state"].as<std::string>();
  if (state == "pending") return Effect::half;
  return state == "detached" ? Effect::took : Effect::none;
}

// `now` is the oid of what has the name now.
Effect effect_of_naming(bool creates, const Facts& facts, std::int64_t now) {
  if (creates) return now != 0 && facts.object == 0 ? Effect::took : Effect::none;
  return facts.object != 0 && now != facts.object ? Effect::took : Effect::none;
}

// Of the name that the statement gives, if it does.
std::vector<IndexState> unknown_indexes(db::Database& database, const Operation& operation,
                                        const Facts& facts) {
  std::vector<IndexState> fresh = indexes_of(database, facts.relation);
  std::erase_if(fresh, [&](const IndexState& index) {
    const bool is_known = std::find(facts.known.begin(), facts.known.end(),
                                    std::to_string(index.oid)) != facts.known.end();
    return is_known || (!operation.name.empty() && index.name != operation.name);
  });
  return fresh;
}

bool has_valid_one(const std::vector<IndexState>& indexes) {
  return std::any_of(indexes.begin(), indexes.end(),
                     [](const IndexState& index) { return index.valid; });
}

bool is_any_gone(db::Database& database, const std::vector<std::string>& relations) {
  const db::Result answer = database.query(sql::count_relations, {relations});
  return answer.one()["n"].as<int>() < static_cast<int>(relations.size());
}

}  // namespace

std::vector<IndexState> indexes_of(db::Database& database, std::int64_t table) {
  std::vector<IndexState> indexes;
  const db::Result rows = database.query(sql::indexes_of_table, {table});
  for (const auto& row : rows) {
    indexes.push_back({row["oid"].as<std::int64_t>(), row["schema"].as<std::string>(),
                       row["name"].as<std::string>(), row["valid"].as<bool>()});
  }
  return indexes;
}

Facts facts_of(db::Database& database, const Operation& operation) {
  const auto table = [&] { return resolve(database, operation.table_schema, operation.table).oid; };
  switch (operation.kind) {
    case Kind::create_index: {
      const std::int64_t oid = table();
      return {.relation = oid, .known = oids_of(indexes_of(database, oid), false)};
    }
    case Kind::reindex_table: {
      const std::int64_t oid = table();
      return {.relation = oid, .known = oids_of(indexes_of(database, oid), true)};
    }
    case Kind::reindex_index: return facts_of_reindex(database, operation);
    case Kind::drop_index: {
      const Relation index = resolve(database, operation.schema, operation.name);
      return {.relation = index.table, .object = index.oid};
    }
    case Kind::detach_partition: {
      Facts facts{.relation = table(),
                  .object = resolve(database, operation.schema, operation.name).oid};
      const db::Result answer =
          database.query(sql::partition_state, {facts.relation, facts.object});
      if (answer.one()["state"].as<std::string>() == "detached") facts.object = 0;
      return facts;
    }
    case Kind::create_database:
    case Kind::drop_database:
      return {.object = named_oid(database, sql::database_oid, operation.name)};
    case Kind::create_tablespace:
    case Kind::drop_tablespace:
      return {.object = named_oid(database, sql::tablespace_oid, operation.name)};
    case Kind::repeatable:
    case Kind::unknowable: return {};
  }
  return {};
}

Effect effect_of(db::Database& database, const Operation& operation, const Facts& facts) {
  switch (operation.kind) {
    case Kind::create_index: return effect_of_creation(database, operation, facts);
    case Kind::reindex_table:
    case Kind::reindex_index: return effect_of_reindex(database, facts);
    case Kind::drop_index: return effect_of_drop(database, operation, facts);
    case Kind::detach_partition: return effect_of_detach(database, facts);
    case Kind::create_database:
    case Kind::drop_database:
      return effect_of_naming(operation.kind == Kind::create_database, facts,
                              named_oid(database, sql::database_oid, operation.name));
    case Kind::create_tablespace:
    case Kind::drop_tablespace:
      return effect_of_naming(operation.kind == Kind::create_tablespace, facts,
                              named_oid(database, sql::tablespace_oid, operation.name));
    case Kind::repeatable: return Effect::none;
    case Kind::unknowable: return Effect::unknown;
  }
  return Effect::unknown;
}

NewIndexes new_indexes(db::Database& database, const Operation& operation, const Facts& facts) {
  NewIndexes found;
  const bool is_named = !operation.name.empty();
  std::vector<IndexState> candidates = unknown_indexes(database, operation, facts);
  // Of its name and not valid it is in the way, whatever its shape.
  const auto in_the_way = [&](const IndexState& index) { return is_named && !index.valid; };
  if (candidates.empty() || std::all_of(candidates.begin(), candidates.end(), in_the_way)) {
    found.indexes = std::move(candidates);
    return found;
  }
  const auto wanted = wanted_shape(database, operation, facts.relation);
  found.is_certain = wanted.has_value();
  std::erase_if(candidates, [&](const IndexState& index) {
    if (in_the_way(index)) return false;
    const bool may_be_it = wanted && (is_named || is_given_name(index.name, *wanted));
    return !may_be_it || shape_of(database, operation, index.oid).text != wanted->text;
  });
  found.indexes = std::move(candidates);
  // Of the shape and the name of one that was there and was rebuilt since: it may be either.
  const bool has_valid = has_valid_one(found.indexes);
  if (!is_named && has_valid && is_any_gone(database, facts.known)) found.is_certain = false;
  return found;
}

bool may_be_built(db::Database& database, const Operation& operation, const Facts& facts) {
  return has_valid_one(unknown_indexes(database, operation, facts));
}

std::optional<IndexState> index_in_the_way(db::Database& database, const Operation& operation,
                                           const Facts& facts) {
  if (operation.kind != Kind::create_index || operation.name.empty()) return std::nullopt;
  for (IndexState& index : indexes_of(database, facts.relation)) {
    if (index.name == operation.name) return std::move(index);
  }
  return std::nullopt;
}

}  // namespace pcx::migrate
