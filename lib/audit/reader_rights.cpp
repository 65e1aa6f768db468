#include "audit/reader_rights.h"

#include <fmt/format.h>

#include "audit/sql.h"
#include "core/text.h"
#include "db/identifier.h"

namespace pcx::audit {

namespace {

constexpr std::string_view kInsufficientPrivilege = "42501";
constexpr std::string_view kByPolicy = "query would be affected by row-level security";

// "audit.query: permission denied for schema pcx" without the name of the statement.
std::string_view refusal_in(std::string_view message) {
  for (const std::string_view beginning : {std::string_view{"permission denied"}, kByPolicy}) {
    const std::size_t at = message.find(beginning);
    if (at != std::string_view::npos) return message.substr(at);
  }
  return message;
}

bool is_by_policy(const Error& error) { return refusal_in(error.what()).starts_with(kByPolicy); }

Error refused(const Error& error, const std::string& role, std::string_view deed,
              const std::string& statements) {
  Error told{
      ErrorCode::permission,
      fmt::format("role {} may not {} the trail: {}", escape_controls(role), deed,
                  refusal_in(error.what())),
      is_by_policy(error)
          ? "A policy hides rows from this role. '\\d+' of the table in psql shows it; connect "
            "as a superuser, or as a role with BYPASSRLS, to see all of them."
          : fmt::format("Ask the owner of schema pcx or a superuser to run: {}",
                        escape_controls(statements))};
  return told.because("rights").with_sqlstate(error.sqlstate()).with_detail(error.detail());
}

}  // namespace

std::string reader_grants(const std::string& role) {
  const std::string name = db::quote_identifier(role);
  return fmt::format(
      "GRANT USAGE ON SCHEMA pcx TO {0}; GRANT SELECT ON pcx.change, pcx.change_default, "
      "pcx.ledger, pcx.ledger_default, pcx.audit_meta, pcx.checkpoint, pcx.tile, pcx.audit_epoch, "
      "pcx.audit_table, pcx.audit_lost, pcx.legal_hold TO {0}; GRANT SELECT ON public.audit_logs "
      "TO {0};",
      name);
}

Error about_reading(const Error& error, const std::string& role) {
  if (error.sqlstate() != kInsufficientPrivilege) return error;
  return refused(error, role, "read", reader_grants(role));
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

void with_sealer_rights(db::Database& database, const std::function<void()>& seal) {
  try {
    seal();
  } catch (const Error& error) {
    if (error.sqlstate() != kInsufficientPrivilege) throw;
    const auto role = database.query(sql::read_reader).one()["role"].as<std::string>();
    const db::Result owners = database.query(sql::read_trail_owner);
    const auto owner = owners.empty() ? "pcx_owner" : owners.one()["owner"].as<std::string>();
    throw refused(
        error, role, "seal",
        fmt::format("GRANT {} TO {};", db::quote_identifier(owner), db::quote_identifier(role)));
  }
}

}  // namespace pcx::audit
