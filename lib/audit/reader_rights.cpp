#include "audit/reader_rights.h"

#include <fmt/format.h>

#include "audit/sql.h"
#include "core/text.h"
#include "db/identifier.h"

namespace pcx::audit {

namespace {

constexpr std::string_view kInsufficientPrivilege = "42501";

// "audit.query: permission denied for schema pcx" without the name of the statement.
std::string_view refusal_in(std::string_view message) {
  const std::size_t at = message.find("permission denied");
  return at == std::string_view::npos ? message : message.substr(at);
}

}  // namespace

std::string reader_grants(const std::string& role) {
  const std::string name = db::quote_identifier(role);
  return fmt::format(
      "GRANT USAGE ON SCHEMA pcx TO {0}; GRANT SELECT ON ALL TABLES IN SCHEMA pcx TO {0}; "
      "GRANT SELECT ON public.audit_logs TO {0};",
      name);
}

Error about_reading(const Error& error, const std::string& role) {
  if (error.sqlstate() != kInsufficientPrivilege) return error;
  Error refused{ErrorCode::permission,
                fmt::format("role {} may not read the trail: {}", escape_controls(role),
                            refusal_in(error.what())),
                fmt::format("Ask the owner of schema pcx or a superuser to run: {}",
                            escape_controls(reader_grants(role)))};
  return refused.because("rights").with_sqlstate(error.sqlstate()).with_detail(error.detail());
}

void with_reader_rights(db::Database& database, const std::function<void()>& read) {
  try {
    read();
  } catch (const Error& error) {
    if (error.sqlstate() != kInsufficientPrivilege) throw;
    const db::Result rows = database.query(sql::read_reader);
    throw about_reading(error, rows.one()["role"].as<std::string>());
  }
}

}  // namespace pcx::audit
