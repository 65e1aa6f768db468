// The sandbox's own folder: claimed, opened as far as the server needs, and taken away.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "core/clock.h"
#include "sandbox/cluster_account.h"
#include "sandbox/cluster_state.h"
#include "sandbox/layout.h"

namespace pcx::sandbox {

// Makes the folder (0700), or makes sure that the one that is there may be used.
//
// Throws Error{conflict} (reason "foreign_folder") when it holds other files and no sandbox,
// Error{permission} when it belongs to another user, Error{cannot_create} when it is no folder.
void claim_folder(const Layout& layout);

// Sets the folder's mode: 0700; 0711 when the data of a server with another account lies in it.
// That account must pass through; the files beside the data folder stay 0600.
void open_folder_to(const Layout& layout, const State& state, const Account& account);

// Everything that exists and belongs to the sandbox, the folder itself last.
std::vector<std::filesystem::path> find_belongings(const Layout& layout,
                                                   const std::optional<State>& state);
// Removes them: the data first and the state file late, so that an interrupted removal can be
// repeated. The folder stays when somebody else's files lie in it.
void remove_belongings(const Layout& layout, const std::optional<State>& state, Clock& clock);

// The disk space of the files below, in bytes; std::nullopt when there is no such folder. Files
// that vanish meanwhile count as nothing.
std::optional<std::int64_t> bytes_below(const std::filesystem::path& folder);

}  // namespace pcx::sandbox
