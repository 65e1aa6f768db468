#include "fields/field.h"

namespace pcx::fields {

std::string to_string(const Field& field) {
  std::string text = field.schema == "public" ? "" : field.schema + ".";
  text += field.table + "." + field.column;
  return field.member.empty() ? text : text + "." + field.member;
}

const char* to_string(Bind bind) noexcept { return bind == Bind::row ? "row" : "column"; }

}  // namespace pcx::fields
