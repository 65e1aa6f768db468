// Single files with both directions: "-- migrate:up" ... "-- migrate:down" ... (dbmate's notation).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "migrate/migration.h"

namespace pcx::migrate {

// Only white space and comments may stand before "-- migrate:up". The down part may be missing.
// Throws Error{data} with the line for a missing, doubled or misplaced marker, for marker options
// ("transaction:false"), which pcx does not know, and for a comment that is meant for pcx before
// it.
std::pair<Script, std::optional<Script>> split_sections(const std::string& text,
                                                        const std::filesystem::path& file);

}  // namespace pcx::migrate
