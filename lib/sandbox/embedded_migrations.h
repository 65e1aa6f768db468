// The application's schema as a folder of migrations, kept inside the binary. Prisma's layout: a
// folder a migration with migration.sql and down.sql, and migration_lock.toml beside them.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

namespace pcx::sandbox {

struct EmbeddedMigration {
  std::string_view name;  // "20251006081500_core_practice"
  std::string_view migration_sql;
  std::string_view down_sql;  // takes exactly migration_sql back
};

// In the order in which they are applied. The views are valid as long as the program runs.
std::vector<EmbeddedMigration> embedded_migrations();

// Writes the folder as it is in the sources, and makes `folder` when it does not exist. Returns the
// number of files.
//
// Throws Error{conflict} with reason "not_empty" when anything is in `folder`, which then is left
// as it was; Error{cannot_create} or Error{io} when a file cannot be written.
int write_migrations(const std::filesystem::path& folder);

}  // namespace pcx::sandbox
