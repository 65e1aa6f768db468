// Files that belong to a transaction: they are made before it commits, and when it does not, those
// that nobody else can have come to know are removed again.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

namespace pcx::keyring {

// How its errors go on, of whatever the transaction makes.
struct MadeWords {
  std::string_view told_by = "'pcx key status' shows whether the keyring was changed";
  std::string_view worth_nothing = "what is in it belongs to no keyring";
};

class MadeFiles {
 public:
  explicit MadeFiles(const MadeWords& words = {}) : words_(words) {}
  // Of this transaction alone: the private half of a recovery key.
  void add(const std::filesystem::path& path) { paths_.push_back(path); }
  // A key-encryption key. It is found under its name by others, too: another change of the keyring,
  // or another database's, may have read it and be about to commit with it. Nobody can tell, so
  // that it stays, and is taken by the next one.
  void add_kek(const std::filesystem::path& path) { keks_.push_back(path); }
  std::vector<std::filesystem::path> paths() const;  // key-encryption keys first

  // Runs `work`, which ends with the commit. When it throws, the files that were added are removed;
  // where that fails, where nobody knows whether the server committed, and of key-encryption keys
  // the error says that they are left.
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

  MadeWords words_;
  std::vector<std::filesystem::path> paths_;
  std::vector<std::filesystem::path> keks_;
};

}  // namespace pcx::keyring
