#include "fields/profile.h"

namespace pcx::fields {

namespace {

constexpr const char* kTable = "medical_records";
constexpr const char* kColumns[] = {"chiefComplaint", "diagnosis", "treatment", "notes"};

Field record_field(const char* column) {
  return {.schema = "public", .table = kTable, .column = column, .name = {kTable, column}};
}

Field audit_copy(const char* column) {
  return {
      .schema = "public",
      .table = "audit_logs",
      .column = "changes",
      .member = column,
      .name = {kTable, column},
      .copy = Copy{
          .row_column = "resourceId", .match_column = "resource", .match_value = "MedicalRecord"}};
}

}  // namespace

std::vector<Field> purple_cross() {
  std::vector<Field> fields;
  for (const char* column : kColumns) fields.push_back(record_field(column));
  for (const char* column : kColumns) fields.push_back(audit_copy(column));
  return fields;
}

}  // namespace pcx::fields
