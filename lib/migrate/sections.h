// Single files with both directions: "-- migrate:up" ... "-- migrate:down" ... (dbmate's notation).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "migrate/migration.h"

namespace pcx::migrate {

// Only white space and comments may stand before "-- migrate:up". The down part may be missing.
// Throws Error{data} with the line for a missing, doubled or misplaced marker, and for marker
// options
// ("transaction:false"), which pcx does not know.
std::pair<Script, std::optional<Script>> split_sections(const std::string& text,
                                                        const std::filesystem::path& file);

}  // namespace pcx::migrate
