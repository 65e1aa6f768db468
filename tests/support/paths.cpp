#include "tests/support/paths.h"

namespace pcx::testing {

std::filesystem::path source_folder() { return PCX_SOURCE; }
std::filesystem::path pcx_binary() { return PCX_BINARY; }
std::filesystem::path test_cache() { return PCX_TEST_CACHE; }

}  // namespace pcx::testing
