// The rows that a question was answered with, as values. Pure.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "db/result.h"
#include "kpi/question.h"
#include "kpi/report.h"

namespace pcx::kpi {

// What is known of one definition, window and tenant.
struct Answer {
  Value value;
  std::vector<Part> parts;  // by label
};

// Answers of one span and scope, of all definitions that were asked.
class Answers {
 public:
  explicit Answers(const Catalog& catalog) : catalog_(&catalog) {}

  // The rows of compose_question() for this selection. A value that is no decimal number (NaN) is
  // one that failed. Throws Error{internal} for rows of another shape.
  void add(const Selection& selection, const db::Result& rows);
  // The question of this definition failed, for every window and tenant.
  void fail(std::size_t definition, const std::string& reason);

  // `n` is the window, from 1; of states std::nullopt. Where there were no rows the definition says
  // what that is: 0, or no data.
  Answer find(std::size_t definition, std::optional<int> n,
              const std::optional<std::string>& tenant) const;
  bool has_failures() const { return !failures_.empty(); }
  // The ids of tenants that had rows; std::nullopt among them: rows of no tenant.
  const std::set<std::optional<std::string>>& tenants() const { return tenants_; }

 private:
  using Place = std::tuple<std::size_t, std::optional<int>, std::optional<std::string>>;

  const Catalog* catalog_;
  std::map<Place, Answer> found_;
  std::map<std::size_t, std::string> failures_;
  std::set<std::optional<std::string>> tenants_;
};

}  // namespace pcx::kpi
