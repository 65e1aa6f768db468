#include "cli/build_info.h"

#include <utf8proc.h>

#include <fmt/format.h>

#include "core/text.h"

namespace pcx::cli {

const std::string_view kVersion = PCX_VERSION;
const std::string_view kReleaseDate = PCX_RELEASE_DATE;

std::string version_line() { return fmt::format("pcx {}\n", kVersion); }

Document build_info() {
  Document libraries = Document::object();
  libraries.set("fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100,
                                   FMT_VERSION % 100));
  libraries.set("utf8proc", utf8proc_version());
  for (const std::string& package : split(PCX_PACKAGES, ',')) {  // "libpq 15.20"
    const auto blank = package.rfind(' ');
    libraries.set(package.substr(0, blank), package.substr(blank + 1));
  }
  Document info = Document::object();
  info.set("version", std::string{kVersion});
  info.set("released", std::string{kReleaseDate});
  info.set("build_type", PCX_BUILD_TYPE);
  info.set("compiler", fmt::format("{} {}", PCX_COMPILER, __VERSION__));
  info.set("libraries", std::move(libraries));
  return info;
}

}  // namespace pcx::cli
