// What the commands of `pcx key` share: where the key-encryption keys come from, and an opened
// keyring.
#pragma once

#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/context.h"
#include "keyring/change.h"
#include "keyring/keyring.h"

namespace pcx::cli {

// --kek, which every command that opens the keyring has.
Opt kek_option();
// --recovery-key, for those that put another key-encryption key in the place of lost ones.
Opt recovery_key_option();

// ID of a data key or of a key-encryption key.
Arg id_argument(std::string_view help, std::string_view dynamic);
// Throws Error{usage} for what is no such number.
std::int32_t id_in(const Values& values, std::string_view name);
std::optional<std::int32_t> optional_id_in(const Values& values, std::string_view name);

std::vector<keyring::KekSource> named_keks(const Values& values);
keyring::KekTools kek_tools(Context& context);
keyring::Keyring open_keyring(Context& context, const Values& values);

// The journal's entry of a deed, with what was agreed to.
std::function<db::Query(const db::Deed&)> journal_of(Context& context);

// Everything for one change of the keyring: its key-encryption keys are had, and schema pcx is
// current. Throws as load_keks() does.
class KeyringChange {
 public:
  KeyringChange(Context& context, const Values& values);
  const keyring::Rows& rows() const { return rows_; }  // before the change, not verified
  keyring::ChangeTools tools();
  // To look at before something is decided or asked. Throws as Keyring does.
  keyring::Keyring look() const;

 private:
  Context& context_;
  keyring::Rows rows_;
  keyring::Keks keks_;
  std::optional<Secret> recovery_pem_;
};

// The members of the group, one function a file.
std::vector<Cmd> key_life_commands();     // init, import, create, activate, compromised, destroy
std::vector<Cmd> key_kek_commands();      // kek add, rotate, remove
std::vector<Cmd> key_recover_commands();  // recover export, test
std::vector<Cmd> key_value_commands();    // keyfile, open, seal
std::vector<Cmd> key_rotate_commands();   // rotate, pause, resume
std::vector<Cmd> key_fields_commands();
std::vector<Cmd> key_verify_commands();
std::vector<Cmd> key_discover_commands();
std::vector<Cmd> key_retire_commands();

}  // namespace pcx::cli
