#include "tests/support/temporary_folder.h"

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <sys/stat.h>
#include <system_error>

namespace pcx::testing {

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "pcx-test-XXXXXX").native();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"no temporary folder: " + name};
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;  // a leftover folder is no reason to fail a test
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path TemporaryFolder::write(const std::string& name, std::string_view content,
                                             unsigned mode) const {
  const auto file = path_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream{file, std::ios::binary} << content;
  if (::chmod(file.c_str(), mode) != 0) throw std::runtime_error{"cannot write " + file.native()};
  return file;
}

}  // namespace pcx::testing
