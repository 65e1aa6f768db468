// New, empty migrations.
#pragma once

#include <filesystem>
#include <string>

#include "core/clock.h"
#include "migrate/folder.h"

namespace pcx::migrate {

// Makes an empty migration in the layout of the folder (Prisma's when it is empty or absent), named
// "<UTC time, 14 digits>_<name>", later than every existing one. `name` is lowered; everything but
// letters, digits and underscores becomes "_". Returns the files made.
//
// Throws Error{usage} for a name without a letter or digit or one that gets too long,
// Error{cannot_create} when the files cannot be made.
std::vector<std::filesystem::path> create_draft(const std::filesystem::path& folder,
                                                const std::string& name, const Clock& clock);

}  // namespace pcx::migrate
