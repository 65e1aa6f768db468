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

void add_contains(Query& query, const TextColumn& column, const Cells& cells,
                  const std::string& needle) {
  query.sql("pg_catalog.strpos(");
  add_unknown_text(query, column, cells);
  query.sql(", ").param(needle).sql(") > 0");
}

// The bytes themselves; writing them as a text first costs several times as much.
void add_bytes_contain(Query& query, const TextColumn& column, const std::string& needle) {
  query.sql("pg_catalog.\"position\"(t.").identifier(column.name).sql(", ");
  query.param(std::as_bytes(std::span{needle})).sql("::pg_catalog.bytea) > 0");
}

// The guide's object, also as a text inside a JSON value, where its quotes are escaped.
void add_holds_guide(Query& query, const TextColumn& column, const Cells& cells) {
  query.sql("CASE WHEN ");
  column.holds == Holds::bytea ? add_bytes_contain(query, column, "\"encrypted")
                               : add_contains(query, column, cells, "\"encrypted");
  query.sql(" THEN ");
  for (const char* member : {"encrypted", "iv", "tag"}) {
    add_unknown_text(query, column, cells);
    query.sql(" ~ ").param(fmt::format(R"("{}\\*"\s*:)", member));
    query.sql(" AND ");
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
