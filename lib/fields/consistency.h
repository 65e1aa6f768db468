// Whether fields go together. Pure.
#pragma once

#include <string>
#include <vector>

#include "fields/field.h"

namespace pcx::fields {

// What contradicts itself, for people: "audit_logs.changes.ssn is a copy of clients.ssn, which no
// field is". Empty: nothing. A copy that is `registered` already may outlive its original.
std::vector<std::string> find_contradictions(const std::vector<Field>& fields,
                                             const std::vector<Field>& registered = {});

}  // namespace pcx::fields
