// The order in which Prisma applies folders: JavaScript's localeCompare of their names. It is that
// of bytes while all names begin with 14 digits, and another one for 1_a, 2_b, 10_c or for letters
// in both cases.
//
// Source: Prisma, packages/migrate, listMigrations; the root collation of Unicode's CLDR, which
// localeCompare has for all but a few languages, for ASCII.
#pragma once

#include <string_view>

namespace pcx::migrate {

// Beyond ASCII, where the whole of Unicode's table would be needed: after all of it, by bytes.
bool is_before_in_prisma(std::string_view name, std::string_view other);

}  // namespace pcx::migrate
