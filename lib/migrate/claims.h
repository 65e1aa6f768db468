// What one statement claims, while the rules read it. The forecast's own.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "migrate/forecast.h"

namespace pcx::migrate {

struct Effect {
  bool rewrites = false;
  bool scans = false;
};
constexpr Effect kRewrite{true, true};
constexpr Effect kScan{false, true};

class Claims {
 public:
  explicit Claims(Forecaster& forecaster) : forecaster_(forecaster) {}

  Catalog& catalog() { return forecaster_.catalog_; }
  bool is_utc() const { return forecaster_.is_utc_; }
  void set_utc(bool is_utc) { forecaster_.is_utc_ = is_utc; }

  // The relation that a RangeVar's body, or the parts of a name, mean. nullptr: made by these
  // scripts themselves, or unknown (which is noted).
  const Relation* resolve(const Document& range);
  const Relation* resolve(const std::vector<std::string>& parts);
  // From here on, scripts mean their own.
  void make(const Document& range);
  void make(const std::string& schema, const std::string& name);

  void lock(const Relation& relation, LockMode mode, Effect effect = {});
  void lock(std::int64_t oid, LockMode mode, Effect effect = {});
  // With its partitions and children.
  void lock_family(const Relation& relation, LockMode mode, Effect effect = {});
  void lock_indexes(const Relation& table, LockMode mode, Effect effect = {});
  void note(std::string unseen);

  Forecast forecast() const;

 private:
  const Relation* resolve(const std::string& schema, const std::string& name);

  Forecaster& forecaster_;
  std::map<std::int64_t, Touch> touches_;
  std::vector<std::string> unseen_;
};

// ALTER TABLE and its kin; body of an AlterTableStmt.
void claim_alter_table(Claims& claims, const Document& body);
// The constraint's locks: `column` is empty for one of the table. Body of a Constraint.
void claim_constraint(Claims& claims, const Relation* table, const Document& constraint);

}  // namespace pcx::migrate
