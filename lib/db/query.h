// SQL that depends on data: filters, table and column names. Composed from fixed fragments, quoted
// identifiers and parameters, never from foreign text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "db/param.h"
#include "db/statement.h"

namespace pcx::db {

class Query {
 public:
  // `name` appears in errors and logs: "sandbox.count_rows".
  explicit Query(std::string_view name) : name_(name) {}
  // An embedded statement with its parameters.
  Query(const Statement& statement, Params params)
      : name_(statement.name), text_(statement.sql), params_(std::move(params)) {}

  // A fragment of SQL written in the source: only string literals, checked at compile time.
  template <std::size_t N>
  Query& sql(const char (&fragment)[N]) {
    text_.append(fragment, N - 1);
    return *this;
  }
  Query& identifier(std::string_view name);
  Query& identifier(std::string_view schema, std::string_view name);
  // A whole number as it is, where the grammar takes no parameter (LIMIT of FETCH, partitions).
  Query& number(std::int64_t value);
  // A text where the grammar takes no parameter: in DDL.
  Query& literal(std::string_view text);
  // The next $n, bound to `param`.
  Query& param(Param param);

  // Worth parsing once in a session, since it comes again and again with other parameters. Only
  // Transaction::commit_after() heeds it.
  Query& prepared();

  std::string_view name() const { return name_; }
  const std::string& text() const { return text_; }
  const Params& params() const { return params_; }
  bool is_prepared() const { return prepared_; }

 private:
  std::string name_;
  std::string text_;
  Params params_;
  bool prepared_ = false;
};

}  // namespace pcx::db
