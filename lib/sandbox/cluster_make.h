// A new data folder: initdb under a temporary name, renamed when it is whole.
#pragma once

#include <filesystem>
#include <vector>

#include "core/clock.h"
#include "core/interrupt.h"
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

// Removes them; an initdb that still works in one is killed first, with the server that it runs:
// else it would go on filling the folder. Throws Error{busy} when one does not die.
void remove_unfinished_data_folders(const State& state, Clock& clock);

// REQUIRES: the socket folder and the password file exist, the data folder does not.
// Removes the leftovers of earlier attempts first.
//
// Throws Error{io} when the disk is full, Error{cannot_create} with initdb's last words otherwise,
// and what a requested stop throws; nothing is left behind then.
void make_data_folder(const Programs& programs, const Layout& layout, const State& state,
                      const Account& account, Random& random, Clock& clock,
                      Interrupt* interrupt = nullptr);

}  // namespace pcx::sandbox
