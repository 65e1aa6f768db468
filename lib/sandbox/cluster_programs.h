// PostgreSQL's own programs, of which Debian keeps one set a major version, outside PATH.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/environment.h"
#include "core/subprocess.h"

namespace pcx::sandbox {

struct Programs {
  std::filesystem::path folder;  // holds initdb, pg_ctl, postgres
  std::string version;           // "15.20"
  int major = 0;                 // 15

  std::filesystem::path path(std::string_view name) const { return folder / name; }
};

// Where Debian's packages put a server's programs: <root>/<major version>/bin.
inline constexpr const char* kDebianServers = "/usr/lib/postgresql";

// The set of $PCX_POSTGRES_BIN when that is set; else the newest of the one that `pg_config
// --bindir` names and those of <debian_root>/*/bin, of 15 or later. With `major`, one of that
// version: a data folder belongs to one major version.
//
// Throws Error{not_found} with the package to install, Error{config} when $PCX_POSTGRES_BIN is no
// such set, or (reason "server_version") when all there are, are older than 15; Error{conflict}
// (reason "server_version") when there are programs, but none of `major`. All name what was found.
Programs find_programs(const Environment& environment, std::optional<int> major = {},
                       const std::filesystem::path& debian_root = kDebianServers);

// What PostgreSQL's programs get to see of the environment: a path and a plain locale, so that
// neither PGDATA, PGOPTIONS nor a foreign language of messages reaches them.
std::vector<std::pair<std::string, std::string>> plain_environment();

}  // namespace pcx::sandbox
