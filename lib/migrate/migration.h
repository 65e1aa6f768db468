// One migration as the folder holds it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace pcx::migrate {

// SQL of one direction, and where it stands.
struct Script {
  std::string text;
  std::filesystem::path file;
  int line_offset = 0;  // lines of the file before `text` (single files with two sections)
};

struct Migration {
  std::string name;      // "20260101120000_init": the ledger's migration_name
  std::string checksum;  // lower-case hex SHA-256 of the bytes of the file that holds `up`
  // The same after CRLF -> LF and LF -> CRLF: a file that only changed its line ends is not edited.
  std::vector<std::string> tolerated_checksums;
  Script up;
  std::optional<Script> down;
};

// True when `recorded`, from a ledger row, means this file: equal to its checksum, to one with
// other line ends, or to its short form (old engines printed bytes without zero padding,
// prisma-engines#1887).
bool matches_checksum(const Migration& migration, const std::string& recorded);

// A Migration without scripts from the bytes of its file: checksum and the tolerated ones.
Migration with_checksums(std::string name, const std::string& bytes);

}  // namespace pcx::migrate
