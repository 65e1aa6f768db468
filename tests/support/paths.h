// Where the tests find things. Only paths.cpp is compiled with absolute paths: every other file
// then gives the same object in every clone, which the compiler cache knows from the one before.
#pragma once

#include <filesystem>

namespace pcx::testing {

std::filesystem::path source_folder();  // of the repository
std::filesystem::path pcx_binary();     // the one under test
std::filesystem::path test_cache();     // may be made, filled and removed at will

}  // namespace pcx::testing
