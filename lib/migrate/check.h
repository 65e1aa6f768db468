// Whether a script may run as it is: a down script in one transaction, an up script also in steps.
#pragma once

#include "core/error.h"
#include "migrate/migration.h"
#include "migrate/statement.h"

namespace pcx::migrate {

// Of a down script. Throws Error{data} with the place of the first statement that cannot run inside
// a transaction, of transaction control, of COPY FROM STDIN, of a psql command or of a mark
// (mark.h). Returns what it found otherwise.
Analysis check_script(const Script& script);

// The same for a script that may run in steps: throws for COPY FROM STDIN, psql commands and
// unknown marks only.
Analysis check_foreign(const Script& script);

// Where a byte of the script stands in its file.
Location location_in(const Script& script, std::size_t byte_offset);

}  // namespace pcx::migrate
