// When all key-encryption keys are lost: what the private key in the safe opens, and the proof that
// it does.
#pragma once

#include <string>
#include <vector>

#include "core/document.h"
#include "keyring/keyring.h"

namespace pcx::keyring {

// Everything that is needed to open the data keys with the private key, with or without pcx: their
// public facts, and of each its wrap and the label of that. It needs the private key to be of use,
// and so may be kept anywhere.
//
//   {"pcx_recovery": 1, "exported_at", "generation",
//    "recovery_keys": [{"id", "public_key"}],
//    "keys": [{"id", "purpose", "format", "state", "check" (hex),
//              "wraps": [{"recovery_key", "label" (hex), "wrapped" (base64)}]}]}
Document export_recovery(const Keyring& keyring, Time now);

struct RecoveryTest {
  KekId kek = 0;                // the recovery key
  std::size_t opened = 0;       // wraps that open and give the key that the keyring has
  std::vector<KeyId> missing;   // there is no wrap
  std::vector<KeyId> unopened;  // it does not open
  std::vector<KeyId> other;     // it opens, and is another key
  bool passed() const { return missing.empty() && unopened.empty() && other.empty(); }
};

// Opens the wrap of every data key that is not destroyed with the private key, and compares.
// Throws Error{crypto} for what is no private key, and with reason "other_kek" for one that belongs
// to no recovery key of this keyring.
RecoveryTest test_recovery(const Keyring& keyring, const Secret& private_pem);

}  // namespace pcx::keyring
