// The rows of a Result: a pqxx::result. Included by files of lib/db only.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <pqxx/result>

namespace pcx::db {

class ResultData {
 public:
  explicit ResultData(const pqxx::result& result) : rows(result) {  // shares the rows
    for (pqxx::row_size_type i = 0; i < rows.columns(); ++i)
      columns.emplace_back(rows.column_name(i));
  }

  pqxx::result rows;
  std::vector<std::string> columns;  // Field points into these
};

}  // namespace pcx::db
