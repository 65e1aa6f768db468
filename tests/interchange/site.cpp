#include "tests/interchange/site.h"

#include <chrono>
#include <stdexcept>
#include <thread>

#include "crypto/digest.h"
#include "db/target.h"
#include "tests/support/shell.h"

namespace pcx::interchange {
namespace {

constexpr std::chrono::seconds kPatience{20};

// A row of the ledger in one word, then its checksum and its name. What is none of the states in
// which Prisma leaves a row is shown as it is.
constexpr char kRows[] = R"(
SELECT migration_name, checksum,
       CASE
         WHEN id !~ '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
           THEN 'id:' || id
         WHEN finished_at < started_at THEN 'finished-before-it-started'
         WHEN finished_at IS NULL AND applied_steps_count <> 0 THEN 'unfinished-with-steps'
         WHEN finished_at IS NULL AND rolled_back_at IS NOT NULL THEN 'rolled_back'
         WHEN finished_at IS NULL AND logs IS NULL THEN 'started'
         WHEN finished_at IS NULL AND logs <> '' THEN 'failed'
         WHEN finished_at IS NULL THEN 'unfinished-with-empty-logs'
         WHEN applied_steps_count = 1 AND logs IS NULL AND rolled_back_at IS NULL THEN 'applied'
         WHEN applied_steps_count = 1 AND logs IS NULL THEN 'undone'
         WHEN applied_steps_count = 0 AND logs = '' AND started_at = finished_at
              AND rolled_back_at IS NULL THEN 'marked'
         ELSE format('steps:%s,logs:%s', applied_steps_count, coalesce(logs, 'NULL'))
       END AS state
  FROM "%"._prisma_migrations
 ORDER BY started_at, migration_name)";

constexpr char kApplied[] = R"(
SELECT migration_name
  FROM "%"._prisma_migrations
 WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL)";

std::string with(std::string text, const std::string& name) {
  return text.replace(text.find("\"%\"") + 1, 1, name);
}

}  // namespace

Site::Site(testing::Postgres& server)
    : server_(server),
      name_(server.fresh_database()),
      session_(db::parse_target(server.url(name_)), {.application_name = "by hand"}) {
  run("SET search_path TO DEFAULT");
}

std::string Site::url(const std::string& schema) const {
  return "postgresql://postgres@localhost/" + name_ + "?host=" + server_.folder().string() +
         "&port=" + std::to_string(server_.port()) + "&schema=" + schema;
}

void Site::run(const std::string& statement) {
  session_.query(db::Statement{"by_hand", statement});
}

void Site::hold(const std::string& key) {
  holder_.emplace(db::parse_target(server_.url(name_)), db::ConnectOptions{});
  holder_->query(db::Statement{"hold", "SELECT pg_advisory_lock(" + key + ")"});
}

void Site::wait_until(const std::string& condition) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  const std::string question = "SELECT " + condition + " AS answer";
  while (!session_.query(db::Statement{"wait", question}).one()["answer"].as<bool>()) {
    if (std::chrono::steady_clock::now() > until) throw std::runtime_error{"never: " + condition};
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
}

void Site::wait_for_sleep() {
  wait_until(
      "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() "
      "AND state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%pg_sleep%')");
}

void Site::wait_for_end_of_prisma() {
  wait_until(
      "NOT EXISTS (SELECT FROM pg_stat_activity "
      "WHERE datname = current_database() AND application_name ^@ 'prisma ' "
      "AND wait_event_type IS DISTINCT FROM 'Lock')");
}

// Whoever waited for the lock gets it now, sees that nobody is there any more, and ends.
void Site::release() {
  holder_.reset();
  wait_until(
      "NOT EXISTS (SELECT FROM pg_stat_activity "
      "WHERE datname = current_database() AND pid <> pg_backend_pid() "
      "AND wait_event_type = 'Lock')");
}

void Site::end_sessions() {
  run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
      "WHERE datname = current_database() AND pid <> pg_backend_pid()");
  wait_until(
      "NOT EXISTS (SELECT FROM pg_stat_activity "
      "WHERE datname = current_database() AND pid <> pg_backend_pid())");
}

std::string Site::rows(const std::string& schema, const MigrationFolder& folder) {
  std::string text;
  for (const auto& row : session_.query(db::Statement{"rows", with(kRows, schema)})) {
    const auto name = row["migration_name"].as<std::string>();
    const auto state = row["state"].as<std::string>();
    const auto script = folder.script(name);
    const bool fits = script && crypto::sha256_hex(*script) == row["checksum"].as<std::string>();
    const bool counts = state == "applied" || state == "marked";
    text += (text.empty() ? "" : "; ") + name + " " + state + (counts && !fits ? "*" : "");
  }
  return text;
}

std::map<std::string, std::string> Site::applied_scripts(const std::string& schema,
                                                         const MigrationFolder& folder) {
  std::map<std::string, std::string> scripts;
  for (const auto& row : session_.query(db::Statement{"applied", with(kApplied, schema)})) {
    const auto name = row["migration_name"].as<std::string>();
    scripts[name] = folder.script(name).value();
  }
  return scripts;
}

// Newer versions mark each dump with a random word, in \restrict and \unrestrict.
std::string Site::dump() const {
  const testing::Ran ran = testing::Shell{}.run(
      (testing::postgres_programs() / "pg_dump").string() +
      " --schema-only --exclude-schema=pcx --dbname='" + server_.url(name_) +
      "' > dump && grep --invert-match --extended-regexp '^.(un)?restrict ' dump");
  if (ran.exit != 0) throw std::runtime_error{"pg_dump: " + ran.err};
  return ran.out;
}

}  // namespace pcx::interchange
