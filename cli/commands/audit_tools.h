// What the commands of `pcx audit` share.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "audit/note_key.h"
#include "cli/command.h"
#include "cli/context.h"

namespace pcx::cli {

// --signing-key, of commands that sign.
Opt signing_key_option();
// --verifier-key, of commands that believe signatures.
Opt verifier_key_option();

// --every, of commands that go on: how long they pause. Throws Error{usage} below 100 ms, which
// would be nothing but load.
std::chrono::milliseconds pause_in(const Values& values);

// Where the signing key is: the option (a flag, PCX_AUDIT_SIGNING_KEY or the configuration), else
// systemd's credential, else the file of the sandbox whose server `database` is a session on.
// `database`: nullptr for commands without one; no transaction of it is open. std::nullopt when
// none of them names a file.
std::optional<std::filesystem::path> find_signing_key(Context& context, const Values& values,
                                                      db::Database* database);

// Throws Error{not_found} with reason "no_signing_key", and as audit::read_signing_key_file().
audit::SigningKey open_signing_key(Context& context, const Values& values);

// REQUIRES: no transaction of `database` is open.
//
// Whose signatures are believed: those of the option (flags, or the configuration's list, each a
// verifier key), else the one that belongs to the signing key.
//
// Throws Error{usage} or Error{config}, as the key was given, for a text that is no verifier key,
// Error{not_found} with reason "no_verifier_key", and as audit::read_signing_key_file().
std::vector<audit::VerifierKey> verifier_keys(Context& context, const Values& values,
                                              db::Database* database);

// The file where `pcx audit install` makes the key of a sandbox; std::nullopt elsewhere.
std::optional<std::filesystem::path> sandbox_signing_key_file(Context& context,
                                                              db::Database& database);

// The checkpoints of a file that 'pcx audit anchor' wrote. Throws Error{data} when it holds none,
// and as read_file().
std::vector<std::string> notes_in_file(const std::filesystem::path& file);

// The journal's entry of a deed, as a part of `tx`.
void record_audit(Context& context, db::Transaction& tx, const db::Deed& deed);

// The members of the group, one function a file.
std::vector<Cmd> audit_coverage_commands();
std::vector<Cmd> audit_export_commands();
std::vector<Cmd> audit_install_commands();  // install, uninstall
std::vector<Cmd> audit_keygen_commands();
std::vector<Cmd> audit_query_commands();
std::vector<Cmd> audit_seal_commands();  // seal, anchor, key rotate
std::vector<Cmd> audit_tail_commands();
std::vector<Cmd> audit_verify_commands();  // verify
std::vector<Cmd> audit_status_commands();  // pause, resume, status
std::vector<Cmd> audit_retain_commands();  // retain, hold
std::vector<Cmd> audit_seal_commands();    // seal, anchor, key rotate
std::vector<Cmd> audit_show_commands();
std::vector<Cmd> audit_stats_commands();
std::vector<Cmd> audit_status_commands();  // pause, resume, status
std::vector<Cmd> audit_tail_commands();
std::vector<Cmd> audit_verify_commands();

}  // namespace pcx::cli
