// The database of a scenario: what is done to it by hand, and what is in it at the end.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "db/database.h"
#include "tests/interchange/folder.h"
#include "tests/support/postgres.h"

namespace pcx::interchange {

class Site {
 public:
  explicit Site(testing::Postgres& server);

  // For both tools. Prisma wants a name for the host, even where the socket's folder counts.
  std::string url(const std::string& schema) const;

  void run(const std::string& statement);

  // Another session has the advisory lock, until release().
  void hold(const std::string& key);
  void release();

  // Until a session of a tool runs pg_sleep.
  void wait_for_sleep();
  // Until the server has ended every session of Prisma that does not wait for somebody else's lock:
  // it holds the advisory lock until then, which is after Prisma's answer.
  void wait_for_end_of_prisma();
  // Ends the sessions of tools that are gone, and waits for their end.
  void end_sessions();

  // The ledger in its own order: "1_clinic applied; 2_pet rolled_back; ...". The words are
  // explained in scenarios.txt.
  std::string rows(const std::string& schema, const MigrationFolder& folder);

  // The migrations that count as applied, with their files.
  std::map<std::string, std::string> applied_scripts(const std::string& schema,
                                                     const MigrationFolder& folder);

  // `pg_dump --schema-only` of all but schema pcx.
  std::string dump() const;

 private:
  void wait_until(const std::string& condition);

  testing::Postgres& server_;
  std::string name_;
  db::Database session_;
  std::optional<db::Database> holder_;
};

}  // namespace pcx::interchange
