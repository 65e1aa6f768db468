#include "db/schema.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "db/advisory_lock.h"
#include "db/identifier.h"
#include "db/query.h"
#include "db/schema_steps.h"
#include "db/script.h"
#include "db/sql.h"

namespace pcx::db {
namespace {

// The bytes of "pcxschem". Persistent.
constexpr AdvisoryKey kUpgradeKey{0x706378736368656d, "pcx schema upgrade"};
constexpr std::string_view kOwner = "pcx_owner";

// Roles belong to the whole server: another database's upgrade may make it at the same moment.
constexpr std::string_view kCreateOwner =
    "DO $$ BEGIN CREATE ROLE pcx_owner NOLOGIN;\n"
    "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$";

int newest_step() { return kSchemaSteps[std::size(kSchemaSteps) - 1].number; }

int newest_of(const Result& steps) {
  int newest = 0;
  for (const Row step : steps) newest = std::max(newest, step["number"].as<int>());
  return newest;
}

SchemaState compare(int installed, int newest) {
  if (installed > newest) return SchemaState::newer;
  return installed < newest ? SchemaState::outdated : SchemaState::current;
}

using Ask = std::function<Result(const Statement&)>;

SchemaStatus read_facts(const Ask& ask) {
  const Result rows = ask(sql::read_schema_state);
  const Row row = rows.one();
  SchemaStatus status{.newest_step = newest_step(),
                      .journal_writable = row["journal_writable"].as<bool>(),
                      .journal_readable = row["journal_readable"].as<bool>()};
  if (!row["schema_exists"].as<bool>()) return status;
  if (!row["readable"].as<bool>()) {
    status.state = SchemaState::not_readable;
    return status;
  }
  if (row["table_exists"].as<bool>()) {
    status.installed_step = newest_of(ask(sql::read_steps));
  }
  status.state = compare(status.installed_step, status.newest_step);
  return status;
}

SchemaStatus read_status(const Ask& ask) {
  SchemaStatus status = read_facts(ask);
  if (status.state != SchemaState::current) {
    status.may_create = ask(sql::may_create_schema).one()["may_create"].as<bool>();
  }
  return status;
}

struct OwnerFacts {
  bool may_make_roles;
  bool is_member;  // of pcx_owner
  bool owner_exists;
  std::string own_role;
  std::optional<std::string> schema_owner;
};

OwnerFacts read_owner_facts(Transaction& tx) {
  const Result rows = tx.query(sql::read_owner_facts);
  const Row row = rows.one();
  return {.may_make_roles = row["may_make_roles"].as<bool>(),
          .is_member = row["is_member"].as<bool>(),
          .owner_exists = row["owner_exists"].as<bool>(),
          .own_role = row["own_role"].as<std::string>(),
          .schema_owner = nullable<std::string>(row["schema_owner"])};
}

// The role that shall own a new schema: pcx_owner where this role is a member or can become one.
std::string prepare_owner(Transaction& tx, const OwnerFacts& facts) {
  if (facts.is_member) return std::string{kOwner};
  if (!facts.may_make_roles) return facts.own_role;
  if (!facts.owner_exists) run_script(tx, kCreateOwner, "pcx_owner");
  Query grant{"db.grant_owner"};
  tx.query(grant.sql("GRANT pcx_owner TO ").identifier(facts.own_role));
  return std::string{kOwner};
}

// Makes the schema where it is missing, and becomes its owner for the rest of the transaction.
void enter_schema(Transaction& tx) {
  const OwnerFacts facts = read_owner_facts(tx);
  const std::string owner = facts.schema_owner ? *facts.schema_owner : prepare_owner(tx, facts);
  if (!facts.schema_owner) {
    Query create{"db.create_schema"};
    tx.query(create.sql("CREATE SCHEMA pcx AUTHORIZATION ").identifier(owner));
  }
  if (owner == facts.own_role) return;
  Query become{"db.set_role"};
  tx.query(become.sql("SET LOCAL ROLE ").identifier(owner));
}

std::vector<std::string> apply_steps(Transaction& tx, int installed) {
  std::vector<std::string> applied;
  for (const SchemaStep& step : kSchemaSteps) {
    if (step.number <= installed) continue;
    run_script(tx, step.sql, std::string{step.file});
    tx.query(sql::insert_schema_step, {step.number, step.name, kPcxVersion});
    applied.emplace_back(step.name);
  }
  return applied;
}

void require_upgradable(const SchemaStatus& status, Database& database) {
  if (status.state == SchemaState::newer) {
    throw Error{ErrorCode::config,
                fmt::format("schema pcx is at step {}, this pcx knows only {}",
                            status.installed_step, status.newest_step),
                "Install the pcx that last used this database, or a newer one."};
  }
  if (status.may_create) return;
  const Result rows = database.query({"db.current_user", "SELECT current_user::text AS name"});
  throw Error{
      ErrorCode::permission, "this role may not create or upgrade schema pcx",
      "Ask a superuser to run: " + join(grants_for(rows.one()["name"].as<std::string>()), " ")};
}

}  // namespace

SchemaStatus read_schema_status(Database& database) {
  return read_status([&](const Statement& statement) { return database.query(statement); });
}

std::vector<std::string> upgrade_schema(Database& database) {
  const SchemaStatus before = read_schema_status(database);
  if (before.state == SchemaState::current) return {};
  require_upgradable(before, database);

  Transaction tx = database.begin();
  tx.query(sql::wait_for_schema_lock, {kUpgradeKey.number});
  enter_schema(tx);
  // Somebody else may have done it while this session waited for the lock; and who was no owner
  // until now may not have been allowed to see it.
  const SchemaStatus now = read_status([&](const Statement& asked) { return tx.query(asked); });
  if (now.state == SchemaState::current) return {};
  require_upgradable(now, database);
  std::vector<std::string> applied = apply_steps(tx, now.installed_step);
  tx.commit();
  return applied;
}

std::vector<std::string> grants_for(const std::string& role) {
  return {"CREATE ROLE pcx_owner NOLOGIN;", "GRANT pcx_owner TO " + quote_identifier(role) + ";",
          "CREATE SCHEMA IF NOT EXISTS pcx AUTHORIZATION pcx_owner;"};
}

}  // namespace pcx::db
