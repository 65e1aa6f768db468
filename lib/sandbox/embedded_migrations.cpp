#include "sandbox/embedded_migrations.h"

#include <system_error>

#include <fmt/format.h>

#include "core/error.h"
#include "core/file.h"
#include "core/text.h"
#include "sandbox/migrations_files.h"

namespace pcx::sandbox {

namespace {

namespace fs = std::filesystem;

void make_folder(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (!failed) return;
  throw Error{
      ErrorCode::cannot_create,
      fmt::format("cannot make {}: {}", escape_controls(folder.native()), failed.message())};
}

void require_empty(const fs::path& folder) {
  std::error_code failed;
  const bool empty = fs::is_empty(folder, failed);
  if (failed) {
    throw Error{
        ErrorCode::cannot_create,
        fmt::format("cannot look into {}: {}", escape_controls(folder.native()), failed.message())};
  }
  if (empty) return;
  throw Error{ErrorCode::conflict, fmt::format("{} is not empty", escape_controls(folder.native())),
              "Name a folder that does not exist, or an empty one."}
      .because("not_empty");
}

}  // namespace

std::vector<EmbeddedMigration> embedded_migrations() {
  std::vector<EmbeddedMigration> migrations;
  for (const EmbeddedFile& file : migrations_files()) {
    const std::size_t slash = file.path.find('/');
    if (slash == std::string_view::npos) continue;  // migration_lock.toml
    const std::string_view name = file.path.substr(0, slash);
    if (migrations.empty() || migrations.back().name != name) migrations.push_back({name, {}, {}});
    const bool is_down = file.path.substr(slash + 1) == "down.sql";
    (is_down ? migrations.back().down_sql : migrations.back().migration_sql) = file.bytes;
  }
  return migrations;
}

int write_migrations(const fs::path& folder) {
  make_folder(folder);
  require_empty(folder);
  int written = 0;
  for (const EmbeddedFile& file : migrations_files()) {
    const fs::path path = folder / file.path;
    make_folder(path.parent_path());
    write_file_atomically(path, file.bytes);
    ++written;
  }
  return written;
}

}  // namespace pcx::sandbox
