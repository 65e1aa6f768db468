// What becomes of a data key after it was made.
#pragma once

#include <chrono>

#include "keyring/change.h"

namespace pcx::keyring {

// How long a key lies retired before it may be destroyed: so long somebody may still find a value
// that needs it.
inline constexpr std::chrono::hours kDestroyDelay{24 * 30};

// The key seals from now on; the one that did so for its purpose only opens. Whatever must be true
// of the columns before that (their fences) is the caller's, who asks require_activatable() first.
//
// Throws Error{not_found}, Error{conflict} with reason "key_state", here with "compromised", too,
// and as change_keyring(); the same is true of all functions here.
struct Activated {
  DataKey key;
  std::optional<KeyId> replaced;
};
Activated activate_key(const ChangeTools& tools, KeyId id);
void require_activatable(const Keyring& keyring, KeyId id);

// decrypt_only -> retired: nothing is opened with it any more; and back. Whether it is still needed
// is for the caller to find out.
DataKey retire_key(const ChangeTools& tools, KeyId id);
DataKey reopen_key(const ChangeTools& tools, KeyId id);

// Deletes all its wraps: what it sealed can never be opened again, but with an older backup of the
// keyring. Throws Error{conflict} with reason "destroy_delay" for a key that was retired less than
// `delay` ago; one that is pending has sealed nothing, and goes at once.
DataKey destroy_key(const ChangeTools& tools, KeyId id, std::chrono::milliseconds delay);
void require_destroyable(const DataKey& key, Time now, std::chrono::milliseconds delay);

// Somebody else may know it. Its state stays: replacing it is a rotation. Throws Error{conflict}
// with reason "key_state" for a destroyed key.
DataKey mark_compromised(const ChangeTools& tools, KeyId id);

}  // namespace pcx::keyring
