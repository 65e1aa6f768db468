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
    std::string name;
    std::string leading;    // its first column
    std::string following;  // its second column; empty: none
  };
  explicit Indexes(std::vector<Index> all) : all_(std::move(all)) {}

  // Whether an index finds the rows of a value of this field.
  bool leads(Field field) const;
  // Whether it has them in the order of pages, too.
  bool in_order(Field field) const;

 private:
  std::vector<Index> all_;
};

// Of the application's table.
Indexes read_indexes(db::Transaction& tx);

// The indexes that plans name, each once.
std::vector<std::string> used_indexes(const std::vector<Step>& steps);

// `walked_far`: the newest rows did not fill the page, and no column's value was rare. Nothing when
// an index serves the filter.
std::optional<Advice> advise(const Expression& filter, const Indexes& indexes, bool walked_far);

}  // namespace pcx::audit
