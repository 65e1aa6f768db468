#include "inspect/key_mark.h"

#include <span>
#include <string>

#include <fmt/format.h>

#include "crypto/enc_v1.h"
#include "crypto/encoding.h"
#include "inspect/known_cells.h"

namespace pcx::inspect {

using db::Query;
using keyring::Format;

namespace {

std::string needle_of(const KeyMark& mark) {
  if (mark.format == Format::v1) return std::string{crypto::kEncV1Prefix};
  return fmt::format("{}{}:", crypto::kEncV2Prefix, mark.id);
}

// A regular expression for an ASCII text as it may be written in JSON: any letter as an escape.
std::string in_json(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::string_view kUpper = "0123456789ABCDEF";
  std::string pattern;
  for (const char c : text) {
    const auto high = static_cast<std::size_t>(static_cast<unsigned char>(c) >> 4);
    const auto low = static_cast<std::size_t>(static_cast<unsigned char>(c) & 0xf);
    pattern += fmt::format(R"((?:{}|\\u00{}[{}{}]))", c, kDigits[high], kDigits[low], kUpper[low]);
  }
  return pattern;
}

// The text of a column as it is stored.
void add_raw_text(Query& query, const TextColumn& column, const Cells& cells) {
  if (column.holds != Holds::json) return add_unknown_text(query, column, cells);
  query.sql("(t.").identifier(column.name).sql("::pg_catalog.text) COLLATE pg_catalog.\"C\"");
}

void add_contains(Query& query, const TextColumn& column, const Cells& cells,
                  const std::string& needle) {
  query.sql("pg_catalog.strpos(");
  add_raw_text(query, column, cells);
  query.sql(", ").param(needle).sql(") > 0");
}

// A json column keeps the escapes that it was written with.
void add_contains_escaped(Query& query, const TextColumn& column, const std::string& needle) {
  query.sql("CASE WHEN ");
  add_contains(query, column, {}, "\\u");
  query.sql(" THEN ");
  add_raw_text(query, column, {});
  query.sql(" ~ ").param(in_json(needle)).sql(" ELSE false END");
}

// The bytes themselves; writing them as a text first costs several times as much.
void add_bytes_contain(Query& query, const TextColumn& column, const std::string& needle) {
  query.sql("pg_catalog.\"position\"(t.").identifier(column.name).sql(", ");
  query.param(std::as_bytes(std::span{needle})).sql("::pg_catalog.bytea) > 0");
}

// Any of these is there: one look instead of three regular expressions.
void add_hints_at_guide(Query& query, const TextColumn& column, const Cells& cells) {
  if (column.holds == Holds::bytea) return add_bytes_contain(query, column, "\"encrypted");
  add_contains(query, column, cells, "\"encrypted");
  if (column.holds != Holds::json) return;
  query.sql(" OR ");
  add_contains(query, column, cells, "\\u");
}

// The guide's object, also as a text inside a JSON value, where its quotes are escaped.
void add_holds_guide(Query& query, const TextColumn& column, const Cells& cells) {
  query.sql("CASE WHEN ");
  add_hints_at_guide(query, column, cells);
  query.sql(" THEN ");
  for (const char* member : {"encrypted", "iv", "tag"}) {
    add_raw_text(query, column, cells);
    const std::string name = column.holds == Holds::json ? in_json(member) : member;
    query.sql(" ~ ").param(fmt::format(R"("{}\\*"\s*:)", name)).sql(" AND ");
  }
  query.sql("true ELSE false END");
}

void add_mentions(Query& query, const TextColumn& column, const Cells& cells, const KeyMark& mark) {
  if (mark.format == Format::json) return add_holds_guide(query, column, cells);
  const std::string needle = needle_of(mark);
  if (column.holds == Holds::bytea) return add_bytes_contain(query, column, needle);
  add_contains(query, column, cells, needle);
  query.sql(" OR ");
  add_contains(query, column, cells, crypto::to_hex(crypto::bytes_of(needle)));
  if (column.holds != Holds::json) return;
  query.sql(" OR ");
  add_contains_escaped(query, column, needle);
}

}  // namespace

Query mentions_query(const Relation& relation, const KeyMark& mark,
                     const std::vector<rotate::Cell>& known) {
  Query query{"inspect.count_mentions"};
  query.sql("SELECT ");
  for (std::size_t i = 0; i < relation.columns.size(); ++i) {
    if (i > 0) query.sql(", ");
    query.sql("count(*) FILTER (WHERE ");
    add_mentions(query, relation.columns[i], cells_of(known, relation.columns[i]), mark);
    query.sql(")");
  }
  return query.sql(" FROM ONLY ").identifier(relation.schema, relation.table).sql(" AS t");
}

}  // namespace pcx::inspect
