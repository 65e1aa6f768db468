#include "migrate/folder.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "core/file.h"
#include "core/text.h"
#include "migrate/name_order.h"
#include "migrate/sections.h"

namespace pcx::migrate {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMigrationsMax = 100'000;

std::string shown(const fs::path& path) { return escape_controls(path.native()); }

// What a listing found, by layout. Sorted, so that messages do not depend on the file system.
struct Listing {
  std::vector<fs::path> prisma;    // folders
  std::vector<fs::path> pairs;     // *.up.sql, *.down.sql
  std::vector<fs::path> sections;  // other *.sql
  std::vector<fs::path> unknown;
};

// Files by which other tools' folders are recognised.
std::optional<std::string_view> foreign_tool(const fs::path& path) {
  const std::string name = path.filename().string();
  if (name == "sqitch.plan" || name == "sqitch.conf") return "sqitch";
  if (name == "atlas.sum") return "Atlas";
  if (name == "alembic.ini" || name == "env.py") return "Alembic";
  if (name == "schema.rb" || name.ends_with(".rb")) return "Rails";
  if (name.starts_with("db.changelog") || name.starts_with("changelog.")) return "Liquibase";
  const bool sql = name.ends_with(".sql");
  const bool flyway_prefix =
      name.size() > 1 && (name[0] == 'V' || name[0] == 'U') && name[1] >= '0' && name[1] <= '9';
  const bool flyway = flyway_prefix || name.starts_with("R__");
  if (sql && flyway && name.find("__") != std::string::npos) return "Flyway";
  return std::nullopt;
}

[[noreturn]] void throw_foreign(const fs::path& file, std::string_view tool) {
  throw Error{ErrorCode::data,
              fmt::format("{} belongs to a {} folder", shown(file.filename()), tool),
              "Name a folder in Prisma's layout (<timestamp>_<name>/migration.sql), or in pairs of "
              "<version>_<name>.up.sql and .down.sql, with --dir."}
      .at({shown(file)})
      .because("other_tool");
}

void sort_into(Listing& listing, const fs::directory_entry& entry) {
  const fs::path& path = entry.path();
  const std::string name = path.filename().string();
  if (name.starts_with(".")) return;
  const bool is_folder = entry.is_directory();
  if (!is_folder && (name == "migration_lock.toml" || name.ends_with(".md"))) return;
  if (const auto tool = foreign_tool(path)) throw_foreign(path, *tool);
  if (is_folder) {
    listing.prisma.push_back(path);
  } else if (name.ends_with(".up.sql") || name.ends_with(".down.sql")) {
    listing.pairs.push_back(path);
  } else if (name.ends_with(".sql")) {
    listing.sections.push_back(path);
  } else {
    listing.unknown.push_back(path);
  }
}

[[noreturn]] void throw_unreadable(const fs::path& path, const std::error_code& reason) {
  const std::string what =
      fmt::format("cannot read folder {}: {}", shown(path), std::strerror(reason.value()));
  if (reason == std::errc::no_such_file_or_directory) {
    throw Error{ErrorCode::not_found, what,
                "Name the folder with --dir, or begin one with: pcx migrate new NAME"};
  }
  if (reason == std::errc::permission_denied) {
    throw Error{ErrorCode::permission, what, "Give this user the right to read it."};
  }
  const bool not_a_folder = reason == std::errc::not_a_directory;
  throw Error{not_a_folder ? ErrorCode::data : ErrorCode::io, what,
              not_a_folder ? "It is a file. Name the folder of the migrations with --dir."
                           : "Check the disk and its mount, then run the command again."};
}

Listing list_folder(const fs::path& path) {
  std::error_code failed;
  std::vector<fs::directory_entry> entries;
  for (fs::directory_iterator at{path, failed}; !failed && at != fs::directory_iterator{};
       at.increment(failed)) {
    if (entries.size() == kMigrationsMax) {
      throw Error{ErrorCode::data,
                  fmt::format("{} holds more than {} entries", shown(path), kMigrationsMax)};
    }
    entries.push_back(*at);
  }
  if (failed) throw_unreadable(path, failed);
  std::sort(entries.begin(), entries.end());
  Listing listing;
  for (const auto& entry : entries) sort_into(listing, entry);
  return listing;
}

// The layout of a listing. Throws when two are mixed, or nothing is a migration.
Layout layout_of(const Listing& listing, const fs::path& path) {
  const int kinds = (listing.prisma.empty() ? 0 : 1) + (listing.pairs.empty() ? 0 : 1) +
                    (listing.sections.empty() ? 0 : 1);
  if (kinds > 1) {
    throw Error{ErrorCode::data, fmt::format("{} mixes two layouts of migrations", shown(path)),
                "Keep one: folders with migration.sql, pairs of .up.sql and .down.sql, or single "
                "files with -- migrate:up."};
  }
  if (!listing.unknown.empty()) {
    throw Error{ErrorCode::data,
                fmt::format("{} is no migration", shown(listing.unknown.front().filename())),
                "Move it elsewhere, or name the right folder with --dir."}
        .at({shown(listing.unknown.front())});
  }
  if (!listing.prisma.empty()) return Layout::prisma;
  if (!listing.pairs.empty()) return Layout::pairs;
  return listing.sections.empty() ? Layout::empty : Layout::sections;
}

void check_text(const std::string& text, const fs::path& file) {
  if (text.starts_with("\xef\xbb\xbf")) {
    throw Error{ErrorCode::data, "file starts with a byte order mark",
                "Save it as UTF-8 without one."}
        .at({shown(file), 1, 1});
  }
  const auto place_of = [&](std::size_t offset) {
    const auto [line, column] = line_column_at(text, offset);
    return Location{shown(file), line, column};
  };
  if (const auto invalid = find_invalid_utf8(text)) {
    throw Error{ErrorCode::data,
                fmt::format("byte 0x{:02x} is not valid UTF-8",
                            static_cast<unsigned>(static_cast<unsigned char>(text[*invalid]))),
                "Save the file as UTF-8."}
        .at(place_of(*invalid));
  }
  const auto zero = text.find('\0');
  if (zero != std::string::npos) {
    throw Error{ErrorCode::data, "file holds a NUL byte", "It is no text; restore the file."}.at(
        place_of(zero));
  }
}

std::string read_sql(const fs::path& file) {
  std::string text = read_file(file);
  check_text(text, file);
  return text;
}

// Of any length: a file's name has at most 255 bytes, and the ledger's column takes as many
// characters.
void check_name(const std::string& name, const fs::path& file) {
  if (const auto invalid = find_invalid_utf8(name)) {
    throw Error{ErrorCode::data, "name is not valid UTF-8", "Rename it."}.at({shown(file)});
  }
}

Migration read_prisma(const fs::path& folder) {
  const std::string name = folder.filename().string();
  check_name(name, folder);
  const fs::path up_file = folder / "migration.sql";
  std::error_code failed;
  if (!fs::exists(up_file, failed)) {
    if (failed) throw_unreadable(folder, failed);
    throw Error{ErrorCode::data,
                fmt::format("migration {} has no migration.sql (Prisma's P3015)", shown(name)),
                "Write the file, or delete the folder if nothing was applied from it."}
        .at({shown(folder)})
        .because("no_migration_sql");
  }
  std::string text = read_sql(up_file);
  Migration migration = with_checksums(name, text);
  migration.up = {std::move(text), up_file};
  const fs::path down_file = folder / "down.sql";
  if (fs::exists(down_file, failed)) migration.down = Script{read_sql(down_file), down_file};
  return migration;
}

Migration read_sections(const fs::path& file) {
  const std::string name = file.stem().string();
  check_name(name, file);
  const std::string text = read_sql(file);
  Migration migration = with_checksums(name, text);
  auto [up, down] = split_sections(text, file);
  migration.up = std::move(up);
  migration.down = std::move(down);
  return migration;
}

std::vector<Migration> read_pairs(const std::vector<fs::path>& files) {
  std::map<std::string, std::pair<fs::path, fs::path>> pairs;
  for (const auto& file : files) {
    const std::string name = file.filename().string();
    const bool up = name.ends_with(".up.sql");
    const std::string stem = name.substr(0, name.size() - (up ? 7 : 9));
    (up ? pairs[stem].first : pairs[stem].second) = file;
  }
  std::vector<Migration> migrations;
  for (const auto& [name, pair] : pairs) {
    if (pair.first.empty()) {
      throw Error{ErrorCode::data, fmt::format("{}.down.sql has no {}.up.sql", name, name),
                  "Restore the up file, or remove the down file."}
          .at({shown(pair.second)})
          .because("no_migration_sql");
    }
    check_name(name, pair.first);
    std::string text = read_sql(pair.first);
    Migration migration = with_checksums(name, text);
    migration.up = {std::move(text), pair.first};
    if (!pair.second.empty()) migration.down = Script{read_sql(pair.second), pair.second};
    migrations.push_back(std::move(migration));
  }
  return migrations;
}

// The digits before the first underscore, without leading zeros; empty when there are none.
std::string version_of(const std::string& name) {
  const std::size_t digits = name.find_first_not_of("0123456789");
  if (digits == 0 || (digits != std::string::npos && name[digits] != '_')) return "";
  const std::string version = name.substr(0, digits);
  const std::size_t significant = version.find_first_not_of('0');
  return significant == std::string::npos ? "0" : version.substr(significant);
}

// By number, whatever its length, then by name: 2_b comes before 10_a.
bool is_lower_version(const std::string& name, const std::string& other) {
  const std::string left = version_of(name);
  const std::string right = version_of(other);
  if (left.size() != right.size()) return left.size() < right.size();
  return std::tie(left, name) < std::tie(right, other);
}

void sort_by_version(std::vector<Migration>& migrations) {
  for (const auto& migration : migrations) {
    if (!version_of(migration.name).empty()) continue;
    throw Error{ErrorCode::data, fmt::format("{} does not start with a version", migration.name),
                "Name it <digits>_<name>, so that the order is clear."}
        .at({shown(migration.up.file)});
  }
  std::sort(migrations.begin(), migrations.end(), [](const Migration& a, const Migration& b) {
    return is_lower_version(a.name, b.name);
  });
  for (std::size_t i = 1; i < migrations.size(); ++i) {
    if (version_of(migrations[i - 1].name) != version_of(migrations[i].name)) continue;
    throw Error{
        ErrorCode::data,
        fmt::format("{} and {} have the same version", migrations[i - 1].name, migrations[i].name),
        "Give one of them another number."}
        .at({shown(migrations[i].up.file)});
  }
}

// Prisma's lock file names the database its migrations are for (P3019). A missing one is fine.
void check_lock_file(const fs::path& folder) {
  const fs::path file = folder / "migration_lock.toml";
  std::error_code failed;
  if (!fs::exists(file, failed)) return;
  int number = 0;
  for (const auto& line : split(read_file(file), '\n')) {
    ++number;
    if (!line.starts_with("provider")) continue;
    const auto quote = line.find('"');
    const auto end = line.find('"', quote + 1);
    if (quote == std::string::npos || end == std::string::npos) return;
    const std::string provider = line.substr(quote + 1, end - quote - 1);
    if (provider == "postgresql" || provider == "postgres") return;
    throw Error{ErrorCode::data,
                fmt::format("migrations are for {}, not for postgresql (Prisma's P3019)",
                            escape_controls(provider)),
                "Name the folder of the PostgreSQL migrations with --dir."}
        .at({shown(file), number, 1})
        .because("other_provider");
  }
}

}  // namespace

std::string to_string(Layout layout) {
  switch (layout) {
    case Layout::empty: return "empty";
    case Layout::prisma: return "prisma";
    case Layout::pairs: return "pairs";
    case Layout::sections: return "sections";
  }
  return "empty";
}

bool sorts_before(Layout layout, const std::string& name, const std::string& other) {
  const bool by_version = layout == Layout::pairs || layout == Layout::sections;
  return by_version ? is_lower_version(name, other) : is_before_in_prisma(name, other);
}

Folder read_folder(const fs::path& path) {
  const Listing listing = list_folder(path);
  Folder folder{path, layout_of(listing, path), {}};
  check_lock_file(path);
  folder.migrations.reserve(listing.prisma.size() + listing.sections.size());
  for (const auto& each : listing.prisma) folder.migrations.push_back(read_prisma(each));
  std::sort(folder.migrations.begin(), folder.migrations.end(),
            [](const auto& a, const auto& b) { return is_before_in_prisma(a.name, b.name); });
  for (const auto& each : listing.sections) folder.migrations.push_back(read_sections(each));
  if (folder.layout == Layout::pairs) folder.migrations = read_pairs(listing.pairs);
  if (folder.layout != Layout::prisma) sort_by_version(folder.migrations);
  return folder;
}

}  // namespace pcx::migrate
