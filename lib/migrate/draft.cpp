#include "migrate/draft.h"

#include <algorithm>
#include <cctype>
#include <system_error>

#include <fmt/format.h>

#include "core/document.h"
#include "core/error.h"
#include "core/file.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::migrate {

namespace {

// Prisma makes no longer ones (P3010), though it applies them.
constexpr std::size_t kNameCharactersMax = 200;

namespace fs = std::filesystem;

constexpr std::size_t kStampDigits = 14;

std::string to_slug(const std::string& name) {
  std::string slug;
  for (const char c : name) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (plain) slug += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (!plain && !slug.empty() && slug.back() != '_') slug += '_';
  }
  while (slug.ends_with('_')) slug.pop_back();
  if (slug.empty()) {
    throw Error{ErrorCode::usage, "name of the migration has no letter or digit",
                "Name what it does: pcx migrate new add_invoice_currency"};
  }
  return slug;
}

// "2026-01-31T23:59:59.123Z" -> "20260131235959".
std::string stamp_of(Time instant) {
  std::string digits;
  for (const char c : to_rfc3339(instant)) {
    if (digits.size() < kStampDigits && c >= '0' && c <= '9') digits += c;
  }
  return digits;
}

// Later than every migration there is: two drafts within one second keep their order.
std::string next_stamp(const Folder& folder, const Clock& clock) {
  Time instant = clock.wall_now();
  std::string newest;
  for (const auto& migration : folder.migrations) {
    const bool stamped = migration.name.find_first_not_of("0123456789") >= kStampDigits;
    if (stamped) newest = std::max(newest, migration.name);
  }
  constexpr int kTriesMax = 1'000;
  for (int tries = 0; tries < kTriesMax; ++tries, instant += std::chrono::seconds{1}) {
    if (stamp_of(instant) > newest.substr(0, kStampDigits)) return stamp_of(instant);
  }
  throw Error{ErrorCode::conflict,
              fmt::format("migration {} is dated in the future", escape_controls(newest)),
              "Rename it, or set the clock of this machine."}
      .because("out_of_order");
}

void make_folder(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (!failed) return;
  throw Error{
      ErrorCode::cannot_create,
      fmt::format("cannot make folder {}: {}", escape_controls(folder.native()), failed.message()),
      "Name a folder with --dir in a place where this user may write."};
}

constexpr std::string_view kUpText =
    "-- Write the SQL of this migration here. It runs in one transaction.\n";
constexpr std::string_view kDownText =
    "-- Write what undoes the migration here, or delete this file: without it there is no way "
    "back.\n";
constexpr std::string_view kDownSectionText =
    "-- Write what undoes the migration here, or delete this section: without it there is no way "
    "back.\n";

std::vector<fs::path> write_files(const std::vector<std::pair<fs::path, std::string>>& files) {
  std::vector<fs::path> made;
  for (const auto& [path, text] : files) {
    write_file_atomically(path, text);
    made.push_back(path);
  }
  return made;
}

}  // namespace

std::vector<fs::path> create_draft(const fs::path& path, const std::string& name,
                                   const Clock& clock) {
  const std::string slug = to_slug(name);
  if (slug.size() + kStampDigits + 1 > kNameCharactersMax) {
    throw Error{ErrorCode::usage,
                fmt::format("name of {} characters is too long for a migration (Prisma's P3010)",
                            name.size()),
                fmt::format("Use at most {} characters.", kNameCharactersMax - kStampDigits - 1)}
        .because("name_too_long");
  }
  make_folder(path);
  const Folder folder = read_folder(path);
  const std::string full = next_stamp(folder, clock) + "_" + slug;
  const std::string up{kUpText};
  const std::string down{kDownText};
  switch (folder.layout) {
    case Layout::pairs:
      return write_files({{path / (full + ".up.sql"), up}, {path / (full + ".down.sql"), down}});
    case Layout::sections:
      return write_files({{path / (full + ".sql"), "-- migrate:up\n" + up + "\n-- migrate:down\n" +
                                                       std::string{kDownSectionText}}});
    case Layout::empty:
    case Layout::prisma: break;
  }
  make_folder(path / full);
  return write_files({{path / full / "migration.sql", up}, {path / full / "down.sql", down}});
}

}  // namespace pcx::migrate
