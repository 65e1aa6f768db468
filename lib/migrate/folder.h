// A folder of migrations, in one of three layouts, found out by looking:
//
//   prisma    <timestamp>_<name>/migration.sql (+ down.sql, which Prisma ignores)
//   pairs     <version>_<name>.up.sql and .down.sql (golang-migrate's)
//   sections  <version>_<name>.sql with "-- migrate:up" and "-- migrate:down" (dbmate's)
//
// What is hidden, and the files migration_lock.toml and *.md, are passed over; anything else is an
// error, since a migration that is silently not seen is worse.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "migrate/migration.h"

namespace pcx::migrate {

enum class Layout { empty, prisma, pairs, sections };

struct Folder {
  std::filesystem::path path;
  Layout layout = Layout::empty;
  // In the order in which they are applied: Prisma's by name (migrate/name_order.h), the others by
  // version number, then name.
  std::vector<Migration> migrations;
};

std::string to_string(Layout layout);

// The order of names in a folder of this layout: see Folder::migrations. Names without a version,
// which only a ledger can have where versions are asked for, come first.
bool sorts_before(Layout layout, const std::string& name, const std::string& other);

// Throws Error{not_found}, Error{permission} or Error{io} when the folder or a file cannot be read,
// and Error{data} for: a folder without migration.sql, invalid UTF-8, a byte order
// mark, a NUL byte, one version twice, two layouts mixed, another tool's folder, or a lock file
// that names another database.
Folder read_folder(const std::filesystem::path& path);

}  // namespace pcx::migrate
