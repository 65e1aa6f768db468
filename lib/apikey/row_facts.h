// What the rows of pcx's keys in api_keys say beside what a Key has.
#pragma once

#include <string>
#include <unordered_map>

#include "core/document.h"
#include "db/database.h"

namespace pcx::apikey {

struct RowFacts {
  bool has_permissions = true;    // false: NULL
  bool holds_placeholder = true;  // false: somebody wrote something else into api_keys.key
  Time created_at{};
  Time updated_at{};  // by whomever
};

// By the id in api_keys.
std::unordered_map<std::string, RowFacts> read_row_facts(db::Transaction& tx);

}  // namespace pcx::apikey
