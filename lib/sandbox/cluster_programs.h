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

// The set of $PCX_POSTGRES_BIN when that is set; else the one that `pg_config --bindir` names, else
// those of /usr/lib/postgresql/*/bin, newest first. With `major`, the first of that version: a data
// folder belongs to one major version.
//
// Throws Error{not_found} with the package to install, Error{config} when $PCX_POSTGRES_BIN is no
// such set, Error{conflict} when there are programs, but none of `major`.
Programs find_programs(const Environment& environment, std::optional<int> major = {});

// What PostgreSQL's programs get to see of the environment: a path and a plain locale, so that
// neither PGDATA, PGOPTIONS nor a foreign language of messages reaches them.
std::vector<std::pair<std::string, std::string>> plain_environment();

}  // namespace pcx::sandbox
