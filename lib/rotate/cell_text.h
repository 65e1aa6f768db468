// The text of a cell in a statement. Pure.
#pragma once

#include <string>

#include "db/query.h"
#include "rotate/target.h"

namespace pcx::rotate {

// Of types that the server knows no operator for and casts, another schema may have one. So may it
// have an unnest() of one text[].
inline constexpr char kEquals[] = " OPERATOR(pg_catalog.=) ";

// Adds the text of a cell. `text` adds a text that is given to the statement: the name of a member.
template <typename AddText>
void add_cell(db::Query& query, const Cell& cell, const AddText& text) {
  query.sql("(t.").identifier(cell.field.column);
  if (!cell.is_json) {
    query.sql("::pg_catalog.text)");
  } else if (cell.field.member.empty()) {
    query.sql(" #>> '{}'::pg_catalog.text[])");
  } else {
    query.sql(" ->> ");
    text(query, cell.field.member);
    query.sql(")");
  }
}

inline void add_cell(db::Query& query, const Cell& cell) {
  add_cell(query, cell, [](db::Query& asked, const std::string& text) { asked.param(text); });
}

// Whether a row may have somebody else's text in the cell's place.
inline bool has_match(const Cell& cell) {
  return cell.field.copy && !cell.field.copy->match_column.empty();
}

// The same where the row has such a cell, else NULL: in a row that does not match, the text is
// somebody else's.
template <typename AddText>
void add_own_cell(db::Query& query, const Cell& cell, const AddText& text) {
  if (!has_match(cell)) return add_cell(query, cell, text);
  query.sql("(CASE WHEN t.").identifier(cell.field.copy->match_column);
  query.sql("::pg_catalog.text = ");
  text(query, cell.field.copy->match_value);
  query.sql(" THEN ");
  add_cell(query, cell, text);
  query.sql(" END)");
}

}  // namespace pcx::rotate
