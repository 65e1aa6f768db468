// The trail's functions as this binary makes them, and whether the database has others: whoever may
// replace a function of a trigger need not touch the trigger.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"

namespace pcx::audit {

struct ShippedFunction {
  std::string_view name;  // without its schema: "audit_row"
  std::string_view body;  // as in pg_proc.prosrc
};

// The functions pcx.audit_* that a script makes (CREATE FUNCTION or CREATE OR REPLACE FUNCTION at
// the beginning of a line), with bodies in $$ or in quotes without a quote in them. Views of it.
// Pure.
std::vector<ShippedFunction> find_functions(std::string_view script);

// Those of the embedded schema, the last body of each name.
const std::vector<ShippedFunction>& shipped_functions();

// Names of functions pcx.audit_* in the database whose body is not this binary's, that it does not
// ship, or that are missing there. Sorted, each once. pcx.audit_segment() is right when it is a
// SELECT of an odd number: opening an epoch replaces it.
// REQUIRES: schema pcx is current.
std::vector<std::string> find_replaced_functions(db::Transaction& tx);

}  // namespace pcx::audit
