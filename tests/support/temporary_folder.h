// A folder that disappears with its owner.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace pcx::testing {

class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  const std::filesystem::path& path() const { return path_; }
  // Writes a file into it, making the folders of its name, with `mode` as for chmod(2), and returns
  // its path.
  std::filesystem::path write(const std::string& name, std::string_view content,
                              unsigned mode = 0644) const;

 private:
  std::filesystem::path path_;
};

}  // namespace pcx::testing
