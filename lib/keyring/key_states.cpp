#include "keyring/key_states.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.h"
#include "core/time.h"

namespace pcx::keyring {

namespace {

DataKey& require_in(Draft& draft, KeyId id) {
  draft.now.require(id);
  return find_key(draft.rows, id)->key;
}

db::Deed deed_of(const char* action, const DataKey& key, KeyState before) {
  Document details = Document::object();
  details.set("purpose", to_string(key.purpose));
  details.set("format", to_string(key.format));
  details.set("from", to_string(before));
  details.set("to", to_string(key.state));
  return {action, std::to_string(key.id), std::move(details)};
}

// One key, one step.
template <typename Enter>
DataKey take_step(const ChangeTools& tools, KeyId id, KeyState to, const char* action,
                  Enter enter) {
  DataKey result;
  change_keyring(tools, [&](Draft& draft) {
    DataKey& key = require_in(draft, id);
    const KeyState before = key.state;
    require_may_become(key, to);
    key.state = to;
    enter(draft, key);
    result = key;
    return deed_of(action, key, before);
  });
  return result;
}

}  // namespace

void require_activatable(const Keyring& keyring, KeyId id) {
  const DataKey& key = keyring.require(id);
  require_may_become(key, KeyState::active);
  if (!key.compromised) return;
  throw Error{ErrorCode::conflict,
              fmt::format("key {} is compromised and cannot become active", id),
              "Destroy it and make another one: pcx help key destroy"}
      .because("compromised");
}

Activated activate_key(const ChangeTools& tools, KeyId id) {
  Activated activated;
  change_keyring(tools, [&](Draft& draft) {
    require_activatable(draft.now, id);
    DataKey& key = require_in(draft, id);
    key.state = KeyState::active;
    key.activated_at = draft.time;
    activated.key = key;
    db::Deed deed = deed_of("key.activate", key, KeyState::pending);
    if (const DataKey* old = draft.now.active(key.purpose)) {
      activated.replaced = old->id;
      find_key(draft.rows, old->id)->key.state = KeyState::decrypt_only;
      deed.details.set("replaced", old->id);
    }
    return deed;
  });
  return activated;
}

DataKey retire_key(const ChangeTools& tools, KeyId id) {
  return take_step(tools, id, KeyState::retired, "key.retire",
                   [](Draft& draft, DataKey& key) { key.retired_at = draft.time; });
}

DataKey reopen_key(const ChangeTools& tools, KeyId id) {
  // An active key becomes decrypt_only, too, but only when another one takes its place.
  return take_step(tools, id, KeyState::decrypt_only, "key.reopen", [&](Draft& draft, DataKey&) {
    const DataKey& before = draft.now.require(id);
    if (before.state != KeyState::retired) {
      throw Error{ErrorCode::conflict,
                  fmt::format("key {} is {}, not retired", id, to_string(before.state)),
                  "Only a retired key can come back."}
          .because("key_state");
    }
  });
}

void require_destroyable(const DataKey& key, Time now, std::chrono::milliseconds delay) {
  require_may_become(key, KeyState::destroyed);
  if (key.state != KeyState::retired || *key.retired_at + delay <= now) return;
  throw Error{ErrorCode::conflict,
              fmt::format("key {} was retired at {}, less than {} ago", key.id,
                          to_rfc3339(*key.retired_at), to_short_text(delay)),
              fmt::format("It can be destroyed from {} on; a shorter --delay has to be given.",
                          to_rfc3339(*key.retired_at + delay))}
      .because("destroy_delay");
}

DataKey destroy_key(const ChangeTools& tools, KeyId id, std::chrono::milliseconds delay) {
  return take_step(tools, id, KeyState::destroyed, "key.destroy", [&](Draft& draft, DataKey& key) {
    require_destroyable(draft.now.require(id), draft.time, delay);
    key.destroyed_at = draft.time;
    std::erase_if(draft.rows.wraps, [&](const WrapRow& wrap) { return wrap.key == id; });
  });
}

DataKey mark_compromised(const ChangeTools& tools, KeyId id) {
  DataKey result;
  change_keyring(tools, [&](Draft& draft) {
    DataKey& key = require_in(draft, id);
    if (key.state == KeyState::destroyed) {
      throw Error{ErrorCode::conflict, fmt::format("key {} is destroyed", id),
                  "Nothing is left of it that could be known."}
          .because("key_state");
    }
    key.compromised = true;
    result = key;
    return deed_of("key.compromised", key, key.state);
  });
  return result;
}

}  // namespace pcx::keyring
