#include "tests/support/data.h"

#include "core/file.h"
#include "core/json.h"
#include "tests/support/paths.h"

namespace pcx::testing {

std::filesystem::path data_path(const std::string& name) {
  return source_folder() / "tests/data" / name;
}

Document data_json(const std::string& name) { return parse_json(read_file(data_path(name)), name); }

}  // namespace pcx::testing
