// Checks of the database. Without a connection all but the first are skipped.
#include <fmt/format.h>

#include "cli/context.h"
#include "cli/doctor.h"
#include "core/text.h"
#include "core/time.h"
#include "db/identifier.h"
#include "db/role_rights.h"
#include "db/schema.h"

namespace pcx::cli {

namespace {

constexpr int kOldestVersion = 140000;  // client_connection_check_interval is of PostgreSQL 14
constexpr std::chrono::milliseconds kSkewMax{2'000};

Checked check_connection(Patient& patient) {
  if (!patient.names_database()) {
    return {Health::skip, "no database is named", "See 'pcx help connection'."};
  }
  if (db::Database* database = patient.database()) return {Health::ok, database->described(), {}};
  const Error& mistake = *patient.database_mistake();
  return {Health::fail, mistake.what(), mistake.hint()};
}

Checked check_server_version(Patient& patient) {
  if (patient.database()->server_version() >= kOldestVersion) {
    return {Health::ok, fmt::format("PostgreSQL {}", patient.facts().version), {}};
  }
  return {Health::fail, fmt::format("PostgreSQL {} is too old", patient.facts().version),
          "pcx needs PostgreSQL 14 or newer."};
}

Checked check_pooler(Patient& patient) {
  switch (patient.database()->path()) {
    case db::Path::direct: return {Health::ok, "no pooler between", {}};
    case db::Path::session_pooler: return {Health::ok, "a session pooler is between", {}};
    case db::Path::transaction_pooler: break;
  }
  return {Health::warn, "a transaction pooler is between",
          "Commands that take locks refuse it with exit status 76. Name the server itself for "
          "them."};
}

Checked check_primary(Patient& patient) {
  if (!patient.facts().in_recovery) return {Health::ok, "a primary", {}};
  return {Health::warn, "a standby, which takes no writes", "Name the primary to change anything."};
}

// The schema is there, and what this role may do in it is not all.
Checked judge_rights(const db::SchemaStatus& status, const std::string& role) {
  const std::string name = db::quote_identifier(role);
  if (status.journal_writable) {
    return {Health::ok, "this role may write the journal, and not see the steps of schema pcx", {}};
  }
  if (status.state == db::SchemaState::current) {
    return {Health::warn, "this role may not write table pcx.journal",
            fmt::format("A superuser can run: GRANT INSERT ON pcx.journal TO {};", name)};
  }
  const std::string remedy =
      status.may_create
          ? fmt::format("ALTER ROLE {} INHERIT; it is a member of the schema's owner already.",
                        name)
          : join(db::grants_for(role), " ");
  return {Health::fail, "schema pcx exists, but this role may not use it",
          "A superuser can run: " + remedy};
}

Checked check_schema(Patient& patient) {
  const auto status = db::read_schema_status(*patient.database());
  const std::string grants =
      "A superuser can run: " + join(db::grants_for(patient.facts().role), " ");
  switch (status.state) {
    case db::SchemaState::current:
      if (!status.journal_writable) return judge_rights(status, patient.facts().role);
      return {Health::ok, fmt::format("schema pcx is at step {}", status.installed_step), {}};
    case db::SchemaState::outdated:
      return {
          Health::warn,
          fmt::format("schema pcx is at step {} of {}", status.installed_step, status.newest_step),
          status.may_create ? "The next command that changes something brings it up to date."
                            : "This role may not upgrade it. " + grants};
    case db::SchemaState::newer:
      return {Health::fail,
              fmt::format("schema pcx is at step {}, this pcx knows {}", status.installed_step,
                          status.newest_step),
              "Install a newer pcx."};
    case db::SchemaState::not_readable: return judge_rights(status, patient.facts().role);
    case db::SchemaState::absent: break;
  }
  if (!status.may_create) {
    return {Health::warn, "schema pcx is missing and this role may not create it", grants};
  }
  return {Health::ok, "schema pcx is made by the first command that changes something", {}};
}

Checked check_clock(Patient& patient) {
  patient.facts();
  const auto skew = patient.clock_skew();
  const auto apart = skew < skew.zero() ? -skew : skew;
  const std::string message =
      fmt::format("the server's clock is {} {} this machine's", to_short_text(apart),
                  skew < skew.zero() ? "behind" : "ahead of");
  if (apart <= kSkewMax) return {Health::ok, "within 2 s of this machine's", {}};
  return {Health::warn, message, "Let both follow the same time servers (NTP)."};
}

Checked check_rights(Patient& patient) {
  const auto rights = db::read_role_rights(*patient.database());
  std::vector<std::string> lacks;
  std::vector<std::string> grants;
  for (const auto& missing : db::missing_rights(rights)) {
    lacks.push_back(missing.what);
    grants.push_back(missing.grant);
  }
  if (lacks.empty()) return {Health::ok, fmt::format("role {} may migrate", rights.role), {}};
  return {Health::warn, fmt::format("role {} {}", rights.role, join(lacks, ", ")),
          fmt::format("Name a role that may, for migrations; or let a superuser run: {}",
                      join(grants, " "))};
}

}  // namespace

std::vector<Check> database_checks() {
  return {
      {"connection", check_connection},       {"server_version", connected<check_server_version>},
      {"pooler", connected<check_pooler>},    {"primary", connected<check_primary>},
      {"schema", connected<check_schema>},    {"role_rights", connected<check_rights>},
      {"clock_skew", connected<check_clock>},
  };
}

}  // namespace pcx::cli
