#include "tests/support/data.h"

#include "core/file.h"
#include "core/json.h"

namespace pcx::testing {

std::filesystem::path data_path(const std::string& name) {
  return std::filesystem::path{PCX_TEST_DATA} / name;
}

Document data_json(const std::string& name) { return parse_json(read_file(data_path(name)), name); }

}  // namespace pcx::testing
