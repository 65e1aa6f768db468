#include "keyring/change.h"

#include <utility>

#include "core/error.h"
#include "keyring/store.h"

namespace pcx::keyring {

namespace {

Rows lock_existing(db::Transaction& tx) {
  if (auto rows = lock_rows(tx)) return std::move(*rows);
  throw Error{ErrorCode::conflict, "the keyring is gone", "To see what is there: pcx key status"};
}

Opener choose_opener(const ChangeTools& tools, const Rows& rows) {
  if (tools.recovery_pem != nullptr) return opener_of(*tools.recovery_pem, rows);
  return opener_of(tools.keks, rows);
}

// Those that still are rows.
Keks all_of(const Keks& old, const Keks& added, const Rows& rows) {
  Keks all;
  for (const Keks* some : {&old, &added}) {
    for (const auto& [id, key] : some->keys) {
      if (find_kek(rows, id) != nullptr) all.keys.insert_or_assign(id, key.clone());
    }
  }
  return all;
}

}  // namespace

Secret rows_key(const Keyring& keyring) { return keyring.unwrap(rows_key_of(keyring.rows()).key); }

Keyring open_with_each_of(const Keks& keks, const Rows& rows) {
  std::optional<Keyring> opened;
  for (const auto& [id, key] : keks.keys) {
    Keyring keyring{rows, Opener{id, key.clone()}};
    if (!opened) opened.emplace(std::move(keyring));
  }
  if (opened) return std::move(*opened);
  throw Error{ErrorCode::conflict, "none of the key-encryption keys that would be left can be had",
              "Nothing was changed: make sure that one of them opens the keyring, with 'pcx key "
              "status --kek SOURCE', then run the command again with that."}
      .because("kek_missing");
}

Keyring change_keyring(const ChangeTools& tools, const Edit& edit, const Keks& new_keks) {
  db::Transaction tx = tools.database.begin();
  Rows before = lock_existing(tx);
  Opener opener = choose_opener(tools, before);
  const Keyring now{std::move(before), std::move(opener)};
  Draft draft{now, now.rows(), tools.clock.wall_now(), tx};
  db::Deed deed = edit(draft);
  deed.details.set("opened_with", now.opener().kek());
  deed.details.set("generation", ++draft.rows.generation);
  seal_rows(draft.rows, rows_key(now));
  write_changes(tx, now.rows(), draft.rows);
  Keyring after = open_with_each_of(all_of(tools.keks, new_keks, draft.rows), read_rows_again(tx));
  tx.commit_after({tools.journal(deed)});
  return after;
}

}  // namespace pcx::keyring
