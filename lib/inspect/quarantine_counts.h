// What rotations could not open, counted.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/database.h"

namespace pcx::inspect {

struct QuarantineCount {
  std::string table;
  std::string field;  // "medical_records.diagnosis"
  std::string kind;   // as fields::to_string has it
  std::int64_t values = 0;
};

// By place and kind; empty without a schema pcx.
std::vector<QuarantineCount> count_quarantine(db::Database& database);

// Of these, what may need a key: values that name it, those with another one inside, and when
// values of its format name no key, those that name none.
std::vector<QuarantineCount> count_quarantine_for(db::Database& database, std::int32_t key,
                                                  bool names_none);

}  // namespace pcx::inspect
