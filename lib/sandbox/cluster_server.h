// The server process: its socket's folder, its start, its end.
#pragma once

#include <filesystem>
#include <optional>

#include "core/clock.h"
#include "core/interrupt.h"
#include "core/random.h"
#include "sandbox/cluster_account.h"
#include "sandbox/cluster_process.h"
#include "sandbox/cluster_programs.h"
#include "sandbox/cluster_state.h"

namespace pcx::sandbox {

std::filesystem::path server_log_of(const State& state);

// A name for the socket's folder in /tmp: short, since a socket's path has at most 107 bytes.
std::filesystem::path socket_folder_name(const Account& account, std::string_view id);

// Whether `folder` can be this sandbox's: it does not exist, or it is a real folder of `account`,
// mode 0700, and no server of another data folder uses it (a copied sandbox). A folder that
// somebody else made in /tmp is never used.
bool is_usable_socket_folder(const State& state, const Account& account);
// Makes it when it is not there. Throws Error{busy} when somebody else was faster.
void make_socket_folder(const State& state, const Account& account);
// Removes it when it is this account's; somebody else's is left alone.
void remove_socket_folder(const State& state, const Account& account);

// The server of this sandbox when it runs.
//
// Throws Error{conflict} (reason "foreign_server") when the one that runs on the data folder does
// not listen in this sandbox's socket folder: pcx sandbox did not start it.
std::optional<Postmaster> find_server(const State& state);

// Starts the server as a daemon of its own session and returns when it accepts connections.
// Returns true when it had died before and has recovered.
//
// REQUIRES: find_server() found none.
// Throws Error{busy} when children of a dead server do not end within 30 seconds, or it is not up
// after ten minutes; Error{io} for a full disk; Error{conflict} when the TCP port is taken;
// Error{unreachable} with the server's last words otherwise; what a requested stop throws, and then
// the server that was starting has ended.
bool start_server(const Programs& programs, const State& state, const Account& account,
                  Clock& clock, Interrupt* interrupt = nullptr);

// Waits for the pg_ctl that a killed pcx has left at starting the server, so that afterwards it
// runs or it does not. Throws Error{busy} after ten minutes, and what a requested stop throws.
void wait_for_other_start(const State& state, Clock& clock, Interrupt* interrupt = nullptr);

// As pg_ctl's modes: `fast` ends the sessions and puts everything on disk; `immediate` does not,
// the next start would have to recover, and works on a full disk, too.
enum class Shutdown { fast, immediate };

// Throws Error{busy} when the server has not ended after five minutes; what a requested stop
// throws: the server then goes on shutting down by itself.
void stop_server(const Postmaster& server, Shutdown mode, Clock& clock,
                 Interrupt* interrupt = nullptr);

}  // namespace pcx::sandbox
