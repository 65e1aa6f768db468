// Which indexes audit_logs has, which of them a question used, and which one would have helped.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "audit/expression.h"
#include "audit/query.h"
#include "db/database.h"

namespace pcx::audit {

// Whether the term names values as they are, so that an index finds them.
bool is_exact(const Term& term);

class Indexes {
 public:
  struct Index {
    std::string leading;    // its first column, or the expression in its place
    std::string following;  // its second column; empty: none
  };
  Indexes(std::vector<Index> all, std::int64_t rows) : all_(std::move(all)), rows_(rows) {}

  std::int64_t rows() const { return rows_; }  // of the table, as the server guesses

  // Whether an index finds the rows of a value of this field.
  bool leads(Field field) const;
  // Whether it has them in the order of pages, too.
  bool in_order(Field field) const;

 private:
  std::vector<Index> all_;
  std::int64_t rows_;
};

// Of the application's table.
Indexes read_indexes(db::Transaction& tx);

// How many rows a plan of EXPLAIN expects; 0 when its text says nothing of it.
std::int64_t expected_rows(const std::string& plan);

// The indexes that plans name, each once.
std::vector<std::string> used_indexes(const std::vector<Step>& steps);

// Rows that a plan may look at in vain before a better index is worth while.
inline constexpr std::int64_t kVainRowsMax = 100'000;

// Nothing when an index serves the filter and its plans looked at no more than kVainRowsMax in
// vain.
std::optional<Advice> advise(const Expression& filter, const Indexes& indexes,
                             const std::vector<Step>& steps);

}  // namespace pcx::audit
