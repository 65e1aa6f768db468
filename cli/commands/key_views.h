// How keys look.
#pragma once

#include <string>

#include "cli/command.h"
#include "keyring/init.h"
#include "keyring/kek_changes.h"
#include "keyring/keyring.h"
#include "keyring/recovery.h"

namespace pcx::cli {

// A warning when a compromised key may still open values, or a key has sealed three quarters of
// what it may.
Outcome show_keyring(const keyring::Keyring& keyring, Time now);
Outcome show_no_keyring(const std::string& database);

Outcome show_init(const keyring::NewKeyring& made, const keyring::KekSource& source,
                  const std::string& recovery_file);
// One key, with a sentence of what was done.
Outcome show_key(const keyring::DataKey& key, const std::string& summary);
Outcome show_kek(const keyring::KekChange& change, const std::string& summary);
// A critical finding when it did not pass.
Outcome show_recovery_test(const keyring::RecoveryTest& test);

}  // namespace pcx::cli
