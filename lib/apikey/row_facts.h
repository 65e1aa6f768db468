// What the rows of pcx's keys in api_keys say beside what a Key has.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "core/document.h"
#include "db/database.h"

namespace pcx::apikey {

// Times are std::nullopt where a row says nothing that can be: infinity, or a year before 1970 or
// beyond 2261.
struct RowFacts {
  bool has_permissions = true;    // false: NULL
  bool holds_placeholder = true;  // false: somebody wrote something else into api_keys.key
  std::optional<Time> created_at;
  std::optional<Time> updated_at;  // by whomever
};

// By the id in api_keys. Keys whose row is gone have none.
std::unordered_map<std::string, RowFacts> read_row_facts(db::Transaction& tx);

}  // namespace pcx::apikey
