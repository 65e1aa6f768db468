#include "rotate/fence.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "core/error.h"
#include "core/sleep.h"
#include "core/text.h"
#include "db/identifier.h"
#include "rotate/sql.h"

namespace pcx::rotate {

using crypto::KeyId;
using db::Query;

namespace {

constexpr std::size_t kNameBytesMax = 63;
constexpr int kTriesMax = 600;  // some minutes
constexpr std::chrono::milliseconds kPause{250};

// "pcx_sealed_diagnosis"; of a member "pcx_sealed_changes_diagnosis".
std::string name_stem(const fields::Field& field) {
  std::string stem = "pcx_sealed_" + field.column;
  return field.member.empty() ? stem : stem + "_" + field.member;
}

std::string name_of(const fields::Field& field, const std::vector<KeyId>& keys) {
  std::string suffix;
  for (const KeyId key : keys) suffix += fmt::format("_k{}", key);
  std::string stem = name_stem(field);
  if (stem.size() + suffix.size() > kNameBytesMax) stem.resize(kNameBytesMax - suffix.size());
  return stem + suffix;
}

// "pcx_sealed_diagnosis_k5_k7" -> 5, 7; empty for a name that is of another field, or no fence's.
std::vector<KeyId> keys_in(const std::string& name, const fields::Field& field) {
  std::vector<KeyId> keys;
  std::string_view rest = name;
  for (;;) {
    const std::size_t at = rest.rfind("_k");
    if (at == std::string_view::npos) break;
    KeyId key = 0;
    const char* const end = rest.data() + rest.size();
    const auto read = std::from_chars(rest.data() + at + 2, end, key);
    if (read.ec != std::errc{} || read.ptr != end) break;
    keys.insert(keys.begin(), key);
    rest.remove_suffix(rest.size() - at);
  }
  return !keys.empty() && name_of(field, keys) == name ? keys : std::vector<KeyId>{};
}

void add_text(Query& query, const Cell& cell) {
  query.sql("(").identifier(cell.field.column);
  if (!cell.is_json) {
    query.sql("::pg_catalog.text)");
  } else if (cell.field.member.empty()) {
    query.sql(" #>> '{}')");
  } else {
    query.sql(" ->> ").literal(cell.field.member).sql(")");
  }
}

void add_condition(Query& query, const Cell& cell, const std::vector<KeyId>& keys) {
  const auto& copy = cell.field.copy;
  if (copy && !copy->match_column.empty()) {
    query.identifier(copy->match_column).sql(" IS DISTINCT FROM ").literal(copy->match_value);
    query.sql(" OR ");
  }
  add_text(query, cell);
  query.sql(" IS NULL OR ");
  add_text(query, cell);
  query.sql(" = ''");
  for (const KeyId key : keys) {
    query.sql(" OR ");
    add_text(query, cell);
    query.sql(" OPERATOR(pg_catalog.^@) 'enc:v2:").number(key).sql(":'");
  }
}

// Runs each of `statements` in a transaction of its own, with a short lock_timeout, until it gets
// its lock.
void run_politely(const FenceTools& tools, const Query& statement) {
  for (int tries = 1;; ++tries) {
    try {
      db::Transaction tx = tools.database.begin();
      tx.query(sql::limit_lock_wait);
      tx.query(statement);
      tx.commit();
      return;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::busy || tries == kTriesMax) throw;
      sleep_unless_stopped(tools.clock, tools.interrupt, kPause);
    }
  }
}

void add_fence(const FenceTools& tools, const Cell& cell, const std::vector<KeyId>& keys) {
  Query add{"rotate.add_fence"};
  add.sql("ALTER TABLE ").identifier(cell.field.schema, cell.field.table);
  add.sql(" ADD CONSTRAINT ").identifier(name_of(cell.field, keys)).sql(" CHECK (");
  add_condition(add, cell, keys);
  run_politely(tools, add.sql(") NOT VALID"));
}

void drop_fence(const FenceTools& tools, const Cell& cell, const std::string& name) {
  Query drop{"rotate.drop_fence"};
  drop.sql("ALTER TABLE ").identifier(cell.field.schema, cell.field.table);
  run_politely(tools, drop.sql(" DROP CONSTRAINT IF EXISTS ").identifier(name));
}

// False when a row breaks it.
bool validate_fence(const FenceTools& tools, const Cell& cell, const std::string& name) {
  Query validate{"rotate.validate_fence"};
  validate.sql("ALTER TABLE ").identifier(cell.field.schema, cell.field.table);
  validate.sql(" VALIDATE CONSTRAINT ").identifier(name);
  try {
    run_politely(tools, validate);
    return true;
  } catch (const Error& error) {
    if (error.sqlstate() != "23514") throw;
    return false;
  }
}

std::vector<std::string> columns_of(const fields::Field& field) {
  std::vector<std::string> columns = {field.column};
  if (field.copy && !field.copy->match_column.empty()) columns.push_back(field.copy->match_column);
  std::sort(columns.begin(), columns.end());
  return columns;
}

// What a fence's definition has to mention, and all of its kind that it may mention: a name alone
// proves nothing.
bool says_what_it_should(const Fence& fence, const fields::Field& field) {
  constexpr std::string_view kMarker = "enc:v";
  const auto mentions = [&](std::string_view text) {
    return fence.definition.find(text) != std::string::npos;
  };
  std::size_t prefixes = 0;
  for (std::size_t at = fence.definition.find(kMarker); at != std::string::npos;
       at = fence.definition.find(kMarker, at + 1)) {
    ++prefixes;
  }
  return fence.columns == columns_of(field) && prefixes == fence.keys.size() &&
         (field.member.empty() || mentions("->> " + db::quote_literal(field.member).substr(1))) &&
         std::all_of(fence.keys.begin(), fence.keys.end(),
                     [&](KeyId key) { return mentions(fmt::format("'enc:v2:{}:'", key)); });
}

}  // namespace

std::vector<Fence> read_fences(db::Database& database, const Cell& cell) {
  std::vector<Fence> fences;
  for (const db::Row row :
       database.query(sql::read_checks, {cell.field.schema, cell.field.table})) {
    Fence fence{.name = row["name"].as<std::string>(),
                .is_valid = row["valid"].as<bool>(),
                .columns = row["columns"].as<std::vector<std::string>>(),
                .definition = row["definition"].as<std::string>()};
    fence.keys = keys_in(fence.name, cell.field);
    if (!fence.keys.empty()) fences.push_back(std::move(fence));
  }
  return fences;
}

bool is_fenced(const std::vector<Fence>& fences, const Cell& cell, const std::vector<KeyId>& keys) {
  return std::any_of(fences.begin(), fences.end(), [&](const Fence& fence) {
    const bool admits_only = std::all_of(fence.keys.begin(), fence.keys.end(), [&](KeyId key) {
      return std::find(keys.begin(), keys.end(), key) != keys.end();
    });
    return fence.is_valid && admits_only && says_what_it_should(fence, cell.field);
  });
}

bool replace_fences(const FenceTools& tools, const Cell& cell, const std::vector<KeyId>& keys) {
  const std::string name = name_of(cell.field, keys);
  const auto before = read_fences(tools.database, cell);
  const bool is_there = std::any_of(before.begin(), before.end(),
                                    [&](const Fence& fence) { return fence.name == name; });
  if (!is_there) add_fence(tools, cell, keys);
  if (!validate_fence(tools, cell, name)) {
    if (!is_there) drop_fence(tools, cell, name);
    return false;
  }
  for (const Fence& fence : before) {
    if (fence.name != name) drop_fence(tools, cell, fence.name);
  }
  return true;
}

}  // namespace pcx::rotate
