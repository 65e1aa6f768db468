// A new data folder: initdb under a temporary name, renamed when it is whole.
#pragma once

#include <filesystem>
#include <vector>

#include "core/random.h"
#include "sandbox/cluster_account.h"
#include "sandbox/cluster_programs.h"
#include "sandbox/cluster_state.h"
#include "sandbox/layout.h"

namespace pcx::sandbox {

// What an interrupted attempt left: "data.new-0123456789ab" beside the data folder. Each attempt
// has a name of its own, since the initdb of a killed pcx may still be running and clears away what
// it made when it fails.
std::vector<std::filesystem::path> unfinished_data_folders(const State& state);

// REQUIRES: the socket folder and the password file exist, the data folder does not.
// Removes the leftovers of earlier attempts first.
//
// Throws Error{io} when the disk is full, Error{cannot_create} with initdb's last words otherwise;
// nothing is left behind then.
void make_data_folder(const Programs& programs, const Layout& layout, const State& state,
                      const Account& account, Random& random);

}  // namespace pcx::sandbox
