// Files that belong to a transaction: they are made before it commits, and removed again when it
// does not.
#pragma once

#include <filesystem>
#include <vector>

namespace pcx::keyring {

class MadeFiles {
 public:
  void add(const std::filesystem::path& path) { paths_.push_back(path); }
  const std::vector<std::filesystem::path>& paths() const { return paths_; }

  // Runs `work`, which ends with the commit. When it throws, the files that were added are removed;
  // where that fails, and where nobody knows whether the server committed, the error says that they
  // are left.
  template <typename Work>
  auto keep_if_committed(Work work) {
    try {
      return work();
    } catch (...) {
      take_back();
    }
  }

 private:
  [[noreturn]] void take_back();  // rethrows what is being handled

  std::vector<std::filesystem::path> paths_;
};

}  // namespace pcx::keyring
