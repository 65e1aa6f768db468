// What tells databases apart before anybody has connected.
#pragma once

#include <string>

#include "db/target.h"

namespace pcx::db {

// "host=... port=... dbname=... ", with libpq's defaults (PGHOST, ...) filled in, and what else the
// target says of a server (service, hostaddr). Never a secret.
std::string address_of(const Target& target);

}  // namespace pcx::db
