// The fields of Purple Cross, built in.
#pragma once

#include <vector>

#include "fields/field.h"

namespace pcx::fields {

// The four columns of medical_records that the application encrypts
// (config/prisma-extensions/field-crypto.ts), and their copies in audit_logs.changes, which its
// audit extension writes as they are.
std::vector<Field> purple_cross();

}  // namespace pcx::fields
