#include "keyring/made_files.h"

#include <system_error>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"

namespace pcx::keyring {

namespace {

std::string shown(const std::vector<std::filesystem::path>& paths) {
  std::vector<std::string> names;
  for (const auto& path : paths) names.push_back(escape_controls(path.native()));
  return join(names, ", ");
}

Error with_hint(const Error& error, const std::string& more) {
  Error told{error.code(), error.what(), error.hint().empty() ? more : error.hint() + " " + more};
  return told.at(error.location())
      .because(error.reason())
      .with_sqlstate(error.sqlstate())
      .with_detail(error.detail());
}

}  // namespace

std::vector<std::filesystem::path> MadeFiles::paths() const {
  auto all = keks_;
  all.insert(all.end(), paths_.begin(), paths_.end());
  return all;
}

void MadeFiles::take_back() {
  try {
    throw;
  } catch (const Error& error) {
    if (error.reason() == "in_doubt" && !paths().empty()) {
      throw with_hint(error, fmt::format("Keep {} until {}.", shown(paths()), words_.told_by));
    }
    std::vector<std::filesystem::path> left;
    for (const auto& path : paths_) {
      std::error_code failure;
      std::filesystem::remove(path, failure);
      if (failure) left.push_back(path);
    }
    std::vector<std::string> hints;
    if (!left.empty()) {
      hints.push_back(fmt::format("Remove {}: {}.", shown(left), words_.worth_nothing));
    }
    if (!keks_.empty()) {
      hints.push_back(fmt::format("{} stays: the same command takes the key in it.", shown(keks_)));
    }
    if (hints.empty()) throw;
    throw with_hint(error, join(hints, " "));
  }
}

}  // namespace pcx::keyring
