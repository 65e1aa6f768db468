#include "keyring/made_files.h"

#include <system_error>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"

namespace pcx::keyring {

namespace {

std::string shown(const std::filesystem::path& path) { return escape_controls(path.native()); }

Error with_hint(const Error& error, const std::string& more) {
  Error told{error.code(), error.what(), error.hint().empty() ? more : error.hint() + " " + more};
  return told.at(error.location())
      .because(error.reason())
      .with_sqlstate(error.sqlstate())
      .with_detail(error.detail());
}

}  // namespace

void MadeFiles::take_back() {
  std::string left;
  try {
    throw;
  } catch (const Error& error) {
    const bool is_in_doubt = error.reason() == "in_doubt";
    for (const auto& path : paths_) {
      std::error_code failure;
      if (!is_in_doubt) std::filesystem::remove(path, failure);
      if (is_in_doubt || failure) left += (left.empty() ? "" : ", ") + shown(path);
    }
    if (left.empty()) throw;
    throw with_hint(
        error, is_in_doubt ? fmt::format("Keep {} until 'pcx key status' shows whether the "
                                         "keyring was changed.",
                                         left)
                           : fmt::format("Remove {}: what is in it belongs to no keyring.", left));
  }
}

}  // namespace pcx::keyring
