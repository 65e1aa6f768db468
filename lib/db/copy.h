// COPY in and out, text format (PostgreSQL 15 documentation, COPY, "Text Format").
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"

namespace pcx::db {

// Streams rows into one table. Rows are buffered and sent in pieces of about 64 KiB.
class CopyIn {
 public:
  // `schema`, `table` and `columns` are plain names; they are quoted here.
  CopyIn(Transaction& tx, std::string_view schema, std::string_view table,
         const std::vector<std::string>& columns);
  CopyIn(const CopyIn&) = delete;
  CopyIn& operator=(const CopyIn&) = delete;
  ~CopyIn();  // without finish(): the COPY is aborted, and with it the transaction

  // Fields of one row, left to right, then end_row(). A text is escaped; std::nullopt is NULL.
  void field(std::string_view text);
  void field_null();
  void field(std::int64_t value);
  void end_row();
  // Rows already in COPY text format, each ending in a line break: the fast way for generators.
  void raw(std::string_view rows);

  // Ends the COPY; returns the number of rows stored. Throws as query() does.
  std::int64_t finish();

 private:
  class Stream;
  std::unique_ptr<Stream> stream_;
};

// Appends `text` in COPY text format to `out`: backslash, tab, line breaks escaped.
void append_copy_text(std::string& out, std::string_view text);

// Runs `query` and visits every row; a field of std::nullopt is NULL. The views are valid during
// the visit. Memory does not grow with the number of rows.
using CopyRow = std::vector<std::optional<std::string_view>>;
std::int64_t copy_out(Transaction& tx, const Statement& query,
                      const std::function<void(const CopyRow&)>& visit);

}  // namespace pcx::db
