// Which database a command is for.
#pragma once

#include <string>

#include "cli/command.h"
#include "core/config.h"
#include "core/environment.h"
#include "db/target.h"

namespace pcx::cli {

struct ChosenTarget {
  db::Target target;
  std::string origin;       // "--database-url", "PCX_DATABASE_URL", "/etc/pcx/config.yaml:2:8",
                            // "libpq's defaults", "the running sandbox"
  bool is_named = true;     // false: neither a URL nor libpq's variables name one
  bool is_sandbox = false;  // nobody named it, so pcx says that it is used
};

// --database-url, PCX_DATABASE_URL, DATABASE_URL, the key database.url, then libpq's own variables;
// the running sandbox only when none of PGHOST, PGHOSTADDR, PGSERVICE and PGDATABASE is set either.
// `url` is the resolved option --database-url.
//
// Throws Error{usage} for a password in the flag, Error{permission} for one in a configuration file
// that others may read, and what parse_target() throws.
ChosenTarget choose_target(const Values::Entry& url, const Environment& environment,
                           const Config& config);

}  // namespace pcx::cli
