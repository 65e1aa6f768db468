#include "sandbox/layout.h"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"

namespace pcx::sandbox {

namespace {

std::optional<std::filesystem::path> absolute_folder(const Environment& environment,
                                                     std::string_view name) {
  const auto value = environment.get(name);
  if (!value || !value->starts_with('/')) return std::nullopt;
  return std::filesystem::path{*value};
}

Layout layout_in(const std::filesystem::path& folder) {
  std::filesystem::path normal = folder.lexically_normal();
  if (!normal.has_filename()) normal = normal.parent_path();  // "sandbox/" is "sandbox"
  return {normal};
}

void check_characters(const std::string& dir) {
  const bool fits =
      !dir.empty() && std::none_of(dir.begin(), dir.end(), [](unsigned char character) {
        return character < 0x20 || character == 0x7f;
      });
  if (fits) return;
  throw Error{ErrorCode::usage,
              fmt::format("'{}' cannot be the folder of a sandbox", escape_controls(dir)),
              "Name a folder without control characters."};
}

}  // namespace

std::optional<Layout> default_layout(const Environment& environment) {
  if (const auto state_home = absolute_folder(environment, "XDG_STATE_HOME")) {
    return layout_in(*state_home / "pcx/sandbox");
  }
  if (const auto home = absolute_folder(environment, "HOME")) {
    return layout_in(*home / ".local/state/pcx/sandbox");
  }
  return std::nullopt;
}

Layout find_layout(const std::optional<std::string>& dir, const Environment& environment) {
  if (dir) {
    check_characters(*dir);
    return layout_in(std::filesystem::absolute(*dir));
  }
  const auto layout = default_layout(environment);
  if (layout) return *layout;
  throw Error{ErrorCode::config, "neither XDG_STATE_HOME nor HOME names a folder",
              "Set HOME, or name the sandbox's folder with --dir."};
}

void require_outside(const Layout& layout, const std::filesystem::path& path) {
  std::error_code unreadable;  // then nothing can be written there either
  const auto inner = std::filesystem::weakly_canonical(std::filesystem::absolute(path), unreadable);
  const auto outer = std::filesystem::weakly_canonical(layout.folder, unreadable);
  const auto [left, rest] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  if (unreadable || left != outer.end()) return;
  throw Error{ErrorCode::conflict,
              fmt::format("{} lies in the sandbox's own folder", escape_controls(path.native())),
              "Name a folder elsewhere."}
      .because("sandbox_folder");
}

}  // namespace pcx::sandbox
