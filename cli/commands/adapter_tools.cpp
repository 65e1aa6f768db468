#include "cli/commands/adapter_tools.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "core/error.h"

namespace pcx::cli {

Opt language_option() {
  return {.name = "--lang",
          .type = Type::choice,
          .metavar = "LANG",
          .help = "language of the module",
          .choices = {"ts"},
          .fallback = "ts"};
}

Outcome print_module(std::span<const EmbeddedFile> files, const Values& values) {
  const std::string extension = "." + values.text("--lang");
  const auto module = std::find_if(files.begin(), files.end(), [&](const EmbeddedFile& file) {
    return file.path.ends_with(extension);
  });
  if (module == files.end()) {
    throw Error{ErrorCode::internal, fmt::format("no adapter for {}", values.text("--lang"))};
  }
  return {PlainText{std::string{module->bytes}}};
}

}  // namespace pcx::cli
