// The folder of one sandbox: what lies in it, and where it is by default.
//
//   sandbox.json            0600  which cluster this is (cluster_state.h)
//   lock                    0600  flock(2): one command at a time
//   field_encryption_key    0600  the FIELD_ENCRYPTION_KEY that the sample rows are sealed with
//   audit_signing_key       0600  that `pcx audit install` makes for the trail
//   password                0600  of the role postgres, for TCP (`up --port`)
//   config.yaml             0600  for PCX_CONFIG: tenants with their time zones, database
//   data/                   0700  PostgreSQL's data folder; elsewhere when root's folder cannot be
//                                 reached by the server's user
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "core/environment.h"

namespace pcx::sandbox {

// Where data folders live that cannot lie in the sandbox's own folder.
inline constexpr const char* kSharedDataRoot = "/var/lib/pcx";

struct Layout {
  std::filesystem::path folder;  // absolute, lexically normal

  std::filesystem::path state_file() const { return folder / "sandbox.json"; }
  std::filesystem::path lock_file() const { return folder / "lock"; }
  std::filesystem::path key_file() const { return folder / "field_encryption_key"; }
  std::filesystem::path signing_key_file() const { return folder / "audit_signing_key"; }
  std::filesystem::path password_file() const { return folder / "password"; }
  std::filesystem::path config_file() const { return folder / "config.yaml"; }
  std::filesystem::path data_folder() const { return folder / "data"; }
};

// $XDG_STATE_HOME/pcx/sandbox, or ~/.local/state/pcx/sandbox when the variable is unset, empty or
// not absolute (XDG Base Directory Specification 0.8). std::nullopt without a home.
std::optional<Layout> default_layout(const Environment& environment);

// The folder that `dir` (--dir) names, relative to the working folder, or the default one.
//
// Throws Error{usage} for an empty name or one with control characters (PostgreSQL's lock files
// hold paths as lines), Error{config} when there is no `dir` and no home.
Layout find_layout(const std::optional<std::string>& dir, const Environment& environment);

// Throws Error{conflict} with reason "sandbox_folder" when `path` is the sandbox's folder or lies
// in it, links followed: what is written there is in the way of `up`, and `destroy` does not know
// it.
void require_outside(const Layout& layout, const std::filesystem::path& path);

}  // namespace pcx::sandbox
