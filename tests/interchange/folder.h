// A folder of migrations in Prisma's layout, as the steps of scenarios.txt change it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "tests/interchange/scenario.h"

namespace pcx::interchange {

class MigrationFolder {
 public:
  // Makes it, with Prisma's lock file for PostgreSQL.
  explicit MigrationFolder(std::filesystem::path path);

  const std::filesystem::path& path() const { return path_; }
  // The bytes of a migration.sql; none when there is no such file.
  std::optional<std::string> script(const std::string& name) const;
  void write(const std::string& name, const std::string& script) const;

  // False when the step is none that changes a folder.
  bool change(const Step& step) const;

 private:
  std::filesystem::path path_;
};

}  // namespace pcx::interchange
