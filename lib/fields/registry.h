// Which fields there are: table pcx.field, else the configuration's section `fields`, else the
// built-in profile. The table wins, since a rotation must know the same fields on every machine;
// what the configuration says otherwise is told.
#pragma once

#include <string>
#include <vector>

#include "core/config.h"
#include "db/database.h"
#include "fields/field.h"

namespace pcx::fields {

// The section's keys, for core's table of known keys.
std::vector<ConfigKey> config_keys();

// The section `fields`, a list; empty when it is not there:
//
//   fields:
//     - column: clients.ssn          # [schema.]table.column; in public when no schema is named
//       member: number               # of the objects in a jsonb column
//       name: clients.ssn            # what values are bound to; default: the column
//       bind: row                    # or column
//     - column: audit_logs.changes
//       member: ssn
//       copy_of: clients.ssn         # instead of name and bind
//       row_column: resourceId       # holds the primary key of the row that it is a copy of
//       match_column: resource       # only rows where it has that value
//       match_value: Client
//
// Throws Error{config} with the place of what is missing, doubled or contradicts itself.
std::vector<Field> read_config_fields(const Config& config);

// Table pcx.field; empty without a schema pcx.
std::vector<Field> read_registered(db::Database& database);

enum class Origin { table, config, profile };
const char* to_string(Origin origin) noexcept;  // "pcx.field", "configuration", "built-in profile"

struct Registry {
  std::vector<Field> fields;
  Origin origin = Origin::profile;
  std::vector<std::string> differences;  // of the configuration from the table, for people
};

Registry read_registry(db::Database& database, const Config& config);

// Writes them into pcx.field in place of what is there. REQUIRES: schema pcx is current.
void register_fields(db::Transaction& tx, const std::vector<Field>& fields);

}  // namespace pcx::fields
