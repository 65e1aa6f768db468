// Files of tests/data.
#pragma once

#include <filesystem>
#include <string>

#include "core/document.h"

namespace pcx::testing {

std::filesystem::path data_path(const std::string& name);
// A JSON file of tests/data, parsed. Throws when it is missing: a test without data must fail.
Document data_json(const std::string& name);

}  // namespace pcx::testing
