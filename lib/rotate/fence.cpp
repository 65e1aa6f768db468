#include "rotate/fence.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "crypto/digest.h"
#include "crypto/enc_v2.h"
#include "db/identifier.h"
#include "db/polite_change.h"
#include "rotate/catalog.h"
#include "rotate/sql.h"

namespace pcx::rotate {

using crypto::KeyId;
using db::Query;
using db::StrongLock;

namespace {

constexpr std::size_t kNameBytesMax = 63;

// "pcx_sealed_diagnosis"; of a member "pcx_sealed_changes_diagnosis".
std::string name_stem(const fields::Field& field) {
  std::string stem = "pcx_sealed_" + field.column;
  return field.member.empty() ? stem : stem + "_" + field.member;
}

// `text` in at most `bytes`, told from others that begin in the same way by a digest at its end.
std::string shortened(const std::string& text, std::size_t bytes) {
  constexpr std::size_t kDigestDigits = 8;
  const std::string digest = "_" + crypto::sha256_hex(text).substr(0, kDigestDigits);
  std::string begin = text.substr(0, bytes - digest.size());
  if (const auto broken = find_invalid_utf8(begin)) begin.resize(*broken);
  return begin + digest;
}

// "_k5_k7"
std::string name_tail(const std::vector<KeyId>& keys) {
  std::string tail;
  for (const KeyId key : keys) tail += fmt::format("_k{}", key);
  return tail;
}

std::string name_of(const fields::Field& field, const std::vector<KeyId>& keys) {
  const std::string suffix = name_tail(keys);
  const std::string stem = name_stem(field);
  if (stem.size() + suffix.size() <= kNameBytesMax) return stem + suffix;
  return shortened(stem, kNameBytesMax - suffix.size()) + suffix;
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

// "ALTER TABLE ..." with one action for each name, all under one lock.
class Alteration {
 public:
  Alteration(std::string_view name, const fields::Field& field,
             StrongLock lock = StrongLock::exclusive)
      : table_(field), lock_(lock), query_(name) {
    query_.sql("ALTER TABLE ").identifier(field.schema, field.table).sql(" ");
  }
  Query& action() {
    if (!is_empty_) query_.sql(", ");
    is_empty_ = false;
    return query_;
  }
  Query& query() { return query_; }
  void run(const FenceTools& tools) const {
    if (!is_empty_) change(tools, tools.require_right);
  }
  // It changes nothing of what the table admits, and may take long.
  void run_always(const FenceTools& tools) const {
    if (!is_empty_) change(tools, [](db::Transaction&) {});
  }

 private:
  void change(const FenceTools& tools,
              const std::function<void(db::Transaction& tx)>& before) const {
    db::change_politely({tools.database, tools.clock, tools.interrupt},
                        {table_.schema, table_.table}, lock_, query_, before);
  }

  const fields::Field& table_;
  StrongLock lock_;
  Query query_;
  bool is_empty_ = true;
};

void drop_fences(const FenceTools& tools, const fields::Field& of_table,
                 const std::vector<std::string>& names) {
  Alteration drop{"rotate.drop_fences", of_table};
  for (const std::string& name : names) {
    drop.action().sql("DROP CONSTRAINT IF EXISTS ").identifier(name);
  }
  drop.run(tools);
}

// False when a row breaks one of them.
bool validate_fences(const FenceTools& tools, const std::vector<Cell>& cells,
                     const std::vector<KeyId>& keys) {
  Alteration validate{"rotate.validate_fences", cells.front().field, StrongLock::beside_others};
  for (const Cell& cell : cells) {
    validate.action().sql("VALIDATE CONSTRAINT ").identifier(name_of(cell.field, keys));
  }
  try {
    validate.run_always(tools);
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

// A text as the server writes it into a definition.
std::string deparsed(const std::string& text) {
  const std::string literal = db::quote_literal(text);
  return text.find('\\') == std::string::npos ? literal.substr(1) : literal;
}

bool mentions(const Fence& fence, const std::string& text) {
  return fence.definition.find(text) != std::string::npos;
}

// The keys of "... ^@ 'enc:v2:5:'::text) OR ... ^@ 'enc:v2:7:'::text)", in this order; empty when
// other formats are in it, too.
std::vector<KeyId> keys_in(const std::string& definition) {
  constexpr std::string_view kMarker = "enc:v";
  std::vector<KeyId> keys;
  for (std::size_t at = definition.find(kMarker); at != std::string::npos;
       at = definition.find(kMarker, at + 1)) {
    const std::string_view rest = std::string_view{definition}.substr(at);
    if (!rest.starts_with(crypto::kEncV2Prefix)) return {};
    const std::string_view number = rest.substr(crypto::kEncV2Prefix.size());
    KeyId key = 0;
    const auto read = std::from_chars(number.data(), number.data() + number.size(), key);
    if (read.ec != std::errc{}) return {};
    keys.push_back(key);
  }
  return keys;
}

// How the server may write the text of a field: as add_text() does, by the type of the column, and
// with its name in quotes where it needs them.
std::vector<std::string> texts_of(const fields::Field& field) {
  std::vector<std::string> texts;
  for (const std::string& column : {field.column, db::quote_identifier(field.column)}) {
    if (!field.member.empty()) {
      texts.push_back(fmt::format("({} ->> {}::text)", column, deparsed(field.member)));
    } else {
      texts.push_back(column);
      texts.push_back(fmt::format("({})::text", column));
      texts.push_back(fmt::format("({} #>> '{{}}'::text[])", column));
    }
  }
  return texts;
}

std::string admits(const std::string& text, KeyId key) {
  return fmt::format("({} ^@ '{}{}:'::text)", text, crypto::kEncV2Prefix, key);
}

// Whether a constraint is one that pcx made for the field, be it that the field was registered
// otherwise then, or its column had another name: it looks at that column (at that member), and
// admits the keys at the end of its name, and no other.
bool is_fence_of(const fields::Field& field, const Fence& fence) {
  const auto texts = texts_of(field);
  const auto is_admitted = [&](KeyId key) {
    return std::any_of(texts.begin(), texts.end(),
                       [&](const std::string& text) { return mentions(fence, admits(text, key)); });
  };
  const auto& columns = fence.columns;
  return !fence.keys.empty() && fence.name.ends_with(name_tail(fence.keys)) &&
         std::find(columns.begin(), columns.end(), field.column) != columns.end() &&
         std::all_of(fence.keys.begin(), fence.keys.end(), is_admitted);
}

// How many conditions a definition joins with OR, those in texts and names left out. One more than
// pcx makes would admit something else.
std::size_t alternatives_in(std::string_view definition) {
  constexpr std::string_view kOr = " OR ";
  std::size_t found = 1;
  char quote = 0;
  for (std::size_t at = 0; at < definition.size(); ++at) {
    const char c = definition[at];
    if (quote != 0) {
      if (c == quote) quote = 0;  // a doubled one closes and opens again
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (definition.substr(at).starts_with(kOr)) {
      ++found;
    }
  }
  return found;
}

// As add_condition() writes them: NULL, '', each key, and of a copy the rows that do not match.
std::size_t alternatives_of(const fields::Field& field, const std::vector<KeyId>& keys) {
  const bool has_others = field.copy && !field.copy->match_column.empty();
  return 2 + keys.size() + (has_others ? 1 : 0);
}

// Whether a definition ends as add_condition() writes it: behind the rows that do not match, NULL,
// '' and each key, and nothing else.
bool ends_as_it_should(const Fence& fence, const fields::Field& field) {
  constexpr std::string_view kNotValid = " NOT VALID";
  std::string_view definition = fence.definition;
  if (definition.ends_with(kNotValid)) definition.remove_suffix(kNotValid.size());
  const auto texts = texts_of(field);
  return std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
    std::string end = fmt::format("({0} IS NULL) OR ({0} = ''::text)", text);
    for (const KeyId key : fence.keys) end += " OR " + admits(text, key);
    return definition.ends_with(end + "))");
  });
}

// Whether a fence says what it should of the field as it is registered now. A match_value that the
// server writes otherwise (of a type like timestamptz) is not found: no proof, then.
bool says_what_it_should(const Fence& fence, const fields::Field& field) {
  const auto matches = [&](const fields::Copy& copy) {
    const std::string compared = "IS DISTINCT FROM ";
    return copy.match_column.empty() || mentions(fence, compared + deparsed(copy.match_value)) ||
           mentions(fence, compared + copy.match_value + ")");
  };
  return is_fence_of(field, fence) && fence.columns == columns_of(field) &&
         alternatives_in(fence.definition) == alternatives_of(field, fence.keys) &&
         ends_as_it_should(fence, field) && (!field.copy || matches(*field.copy));
}

// Drops what has the name of another one's new fence, from when a column was renamed.
void drop_in_the_way(Alteration& alteration, const std::vector<Fence>& fences,
                     const std::string& name, const std::set<std::string>& names) {
  for (const Fence& fence : fences) {
    if (fence.name == name || names.count(fence.name) == 0) continue;
    alteration.action().sql("DROP CONSTRAINT ").identifier(fence.name);
  }
}

// The names of the fences that were not there. One that was made when the field was registered
// otherwise is made anew.
std::vector<std::string> add_fences(const FenceTools& tools, const std::vector<Cell>& cells,
                                    const std::vector<KeyId>& keys) {
  std::set<std::string> names;
  for (const Cell& cell : cells) names.insert(name_of(cell.field, keys));
  std::vector<std::string> added;
  Alteration add{"rotate.add_fences", cells.front().field};
  for (const Cell& cell : cells) {
    const std::string name = name_of(cell.field, keys);
    const auto fences = read_fences(tools.database, cell);
    drop_in_the_way(add, fences, name, names);
    const auto same = std::find_if(fences.begin(), fences.end(),
                                   [&](const Fence& fence) { return fence.name == name; });
    if (same != fences.end()) {
      if (says_what_it_should(*same, cell.field)) continue;
      add.action().sql("DROP CONSTRAINT ").identifier(name);
    }
    add.action().sql("ADD CONSTRAINT ").identifier(name).sql(" CHECK (");
    add_condition(add.query(), cell, keys);
    add.query().sql(") NOT VALID");
    added.push_back(name);
  }
  try {
    add.run(tools);
  } catch (const Error& error) {
    if (error.sqlstate() != "42710") throw;
    throw Error{ErrorCode::conflict,
                fmt::format("a fence of {} has the name of another constraint: one of {}",
                            cells.front().field.table, join(added, ", ")),
                "Rename the other one: ALTER TABLE ... RENAME CONSTRAINT ... TO ..."}
        .because("fence_name");
  }
  return added;
}

void drop_others(const FenceTools& tools, const std::vector<Cell>& cells,
                 const std::vector<KeyId>& keys) {
  std::vector<std::string> others;
  for (const Cell& cell : cells) {
    for (const Fence& fence : read_fences(tools.database, cell)) {
      if (fence.name != name_of(cell.field, keys)) others.push_back(fence.name);
    }
  }
  drop_fences(tools, cells.front().field, others);
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
    fence.keys = keys_in(fence.definition);
    if (is_fence_of(cell.field, fence)) fences.push_back(std::move(fence));
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

void drop_unproven_fences(const FenceTools& tools, const std::vector<Cell>& cells) {
  std::vector<std::string> names;
  for (const Cell& cell : cells) {
    for (const Fence& fence : read_fences(tools.database, cell)) {
      if (!fence.is_valid) names.push_back(fence.name);
    }
  }
  drop_fences(tools, cells.front().field, names);
}

std::vector<bool> replace_fences(const FenceTools& tools, const std::vector<Cell>& cells,
                                 const std::vector<KeyId>& keys) {
  const auto added = add_fences(tools, cells, keys);
  if (validate_fences(tools, cells, keys)) {
    drop_others(tools, cells, keys);
    return std::vector<bool>(cells.size(), true);
  }
  drop_fences(tools, cells.front().field, added);
  if (cells.size() == 1) return {false};
  std::vector<bool> fenced;  // by another one's fault the scan was in vain: each by itself
  for (const Cell& cell : cells) fenced.push_back(replace_fences(tools, {cell}, keys).front());
  return fenced;
}

namespace {

// The keys that a field's fences admit, and `key`; empty when none refuses it.
std::vector<KeyId> admitted_with(const std::vector<Fence>& fences, KeyId key) {
  const bool is_refused = std::any_of(fences.begin(), fences.end(), [&](const Fence& fence) {
    return std::find(fence.keys.begin(), fence.keys.end(), key) == fence.keys.end();
  });
  if (!is_refused) return {};
  std::set<KeyId> keys = {key};
  for (const Fence& fence : fences) keys.insert(fence.keys.begin(), fence.keys.end());
  return {keys.begin(), keys.end()};
}

}  // namespace

std::vector<std::string> admit_key(const FenceTools& tools,
                                   const std::vector<fields::Field>& fields, KeyId key) {
  // Cells of one table that come to admit the same keys, together.
  std::map<std::pair<std::string, std::vector<KeyId>>, std::vector<Cell>> groups;
  for (const Heap& heap : read_heaps(tools.database, fields).heaps) {
    if (heap.name() != heap.root) continue;  // partitions and heirs have their parent's
    for (const Cell& cell : heap.target.cells) {
      const auto keys = admitted_with(read_fences(tools.database, cell), key);
      if (!keys.empty()) groups[{heap.root, keys}].push_back(cell);
    }
  }
  std::vector<std::string> tables;
  for (const auto& [group, cells] : groups) {
    const auto& [table, keys] = group;
    const auto fenced = replace_fences(tools, cells, keys);
    if (std::find(fenced.begin(), fenced.end(), false) != fenced.end()) {
      throw Error{ErrorCode::conflict,
                  fmt::format("values of {} break the fence that they are in", table),
                  "Run pcx key verify to see which, then pcx key rotate, before another key is "
                  "activated."}
          .because("fence");
    }
    if (tables.empty() || tables.back() != table) tables.push_back(table);
  }
  return tables;
}

}  // namespace pcx::rotate
