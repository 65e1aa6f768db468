// What the commands of `pcx apikey` share.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "apikey/key.h"
#include "apikey/pepper.h"
#include "apikey/review.h"
#include "apikey/token.h"
#include "cli/command.h"
#include "cli/context.h"

namespace pcx::cli {

// The peppers of the keyring that --kek opens (kek_option() of key_tools.h).
// Throws as keyring::open_keyring() and apikey::peppers_of().
std::vector<apikey::Pepper> open_peppers(Context& context, const Values& values);

// ID of keys, and what it completes to.
Arg key_id_argument(std::string_view name, std::string_view help, bool repeated = false);

// A lookup id as it was given. Throws Error{usage} for anything else; a whole key, which does not
// belong into a command line, is told from other mistakes; it is not repeated, and neither is any
// other text longer than an id.
std::string require_key_id(std::string_view text);

// Throws Error{not_found} with reason "no_such_key", naming `id`.
apikey::Key require_key(db::Transaction& tx, const std::string& id);

// After the commit that made the key: shows it on the terminal.
// Throws what the terminal does, naming the key as one that exists and nobody has.
void show_made_key(Prompt& prompt, const apikey::Token& token);

// Runs `commit` of a key that is only on the terminal, later. Where it is in doubt the error names
// the key. Throws as `commit`.
void commit_unseen(const std::string& id, const std::function<void()>& commit);

// Runs `work`, a transaction. When it ends because somebody has locked the keys `ids`, the error
// says who. Throws as `work`.
void with_holders_named(Context& context, const std::vector<std::string>& ids,
                        const std::function<void()>& work);

// apikey::mark_revoked(). Returns a sentence about rows that stayed locked; "" without any.
std::string mark_revoked(Context& context, db::Database& database,
                         const std::vector<std::string>& ids);

// "ann@desk", as pcx.apikey has it.
std::string doer(Context& context);

// The journal's entry of a deed, as a part of `tx`.
void record(Context& context, db::Transaction& tx, const db::Deed& deed);

// --owner, --scope, --created-before, --unused-for of `list` and `revoke`: see apikey/review.h.
// Throws Error{usage} for a scope or a time that is none.
std::vector<Opt> filter_options();
apikey::Filter filter_in(const Values& values, Time now);

// What is to come, or is past: "90d", "2027-01-31", "2027-01-31T12:00:00Z"; days begin in UTC.
// Throws Error{usage}, naming `option`.
enum class Direction { ahead, back };
Time instant_in(std::string_view option, const std::string& text, Time now, Direction direction);

// The members of the group, one function a file.
std::vector<Cmd> apikey_adopt_commands();
std::vector<Cmd> apikey_adapter_commands();
std::vector<Cmd> apikey_create_commands();  // create, rotate
std::vector<Cmd> apikey_list_commands();    // list, show
std::vector<Cmd> apikey_prune_commands();
std::vector<Cmd> apikey_revoke_commands();  // revoke
std::vector<Cmd> apikey_verify_commands();  // verify
std::vector<Cmd> apikey_set_commands();
std::vector<Cmd> apikey_scan_commands();
std::vector<Cmd> apikey_transfer_commands();  // export, import
std::vector<Cmd> apikey_usage_commands();

}  // namespace pcx::cli
