#include "keyring/init.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "core/file.h"
#include "core/text.h"
#include "crypto/ed25519.h"
#include "keyring/made_files.h"
#include "keyring/make_keys.h"
#include "keyring/store.h"
#include "keyring/wrapped_key.h"

namespace pcx::keyring {

namespace {

namespace fs = std::filesystem;

struct Materials {
  Kek kek;
  crypto::RsaPrivateKey recovery;
  Secret rows_key;
  Secret signing_key;
};

DataKey active_key(db::Transaction& tx, Purpose purpose, Time time, const Secret& secret) {
  return {.id = next_key_id(tx),
          .purpose = purpose,
          .state = KeyState::active,
          .created_at = time,
          .activated_at = time,
          .check = key_check(secret)};
}

struct Made {
  Rows rows;
  Keks keks;
  NewKeyring report;
};

Made make_rows(db::Transaction& tx, const KekSource& source, const Materials& materials,
               Time time) {
  Made made;
  Rows& rows = made.rows;
  rows.generation = 1;
  rows.keks.push_back({.id = next_kek_id(tx),
                       .kind = kind_of(source.provider),
                       .location = source.location,
                       .wrapped = materials.kek.wrapped,
                       .check = key_check(materials.kek.key),
                       .created_at = time});
  rows.keks.push_back({.id = next_kek_id(tx),
                       .kind = KekKind::recovery,
                       .location = materials.recovery.public_key().to_pem(),
                       .created_at = time});
  made.keks.keys.emplace(rows.keks.front().id, materials.kek.key.clone());
  const auto add = [&](Purpose purpose, const Secret& secret) {
    const DataKey key = active_key(tx, purpose, time, secret);
    add_key(rows, made.keks, key, secret);
    return key.id;
  };
  made.report.rows_key = add(Purpose::rows, materials.rows_key);
  made.report.signing_key = add(Purpose::signing, materials.signing_key);
  seal_rows(rows, materials.rows_key);
  return made;
}

db::Deed deed_of(const Made& made, const KekSource& source, const fs::path& recovery_file) {
  Document details = Document::object();
  details.set("kek", to_string(source));
  details.set("recovery_file", recovery_file.native());
  details.set("rows_key", made.report.rows_key);
  details.set("signing_key", made.report.signing_key);
  return {"key.init", "keyring", std::move(details)};
}

}  // namespace

void require_room_for_keyring(db::Database& database, const fs::path& recovery_file) {
  if (read_rows(database)) {
    throw Error{ErrorCode::conflict, fmt::format("{} has a keyring already", database.described()),
                "A database has one. To see it, run: pcx key status"}
        .because("keyring_exists");
  }
  if (!fs::exists(fs::symlink_status(recovery_file))) return;
  throw Error{
      ErrorCode::cannot_create,
      fmt::format("{} exists already", escape_controls(recovery_file.native())),
      "Name another file. When it is what a 'pcx key init' left that was killed, it belongs "
      "to no keyring, and can be removed."}
      .because("exists");
}

NewKeyring init_keyring(const InitTools& tools, const KekSource& source,
                        const fs::path& recovery_file) {
  require_room_for_keyring(tools.database, recovery_file);
  MadeFiles files;
  return files.keep_if_committed([&] {
    crypto::RsaPrivateKey recovery = tools.make_recovery();
    create_secret_file(recovery_file, recovery.to_pem());
    files.add(recovery_file);
    // Last, since it stays when something goes wrong behind it.
    const bool makes_file = source.provider == KekSource::Provider::file &&
                            !fs::exists(fs::symlink_status(source.location));
    Kek kek = make_kek(source, tools.kek);
    if (makes_file) files.add_kek(source.location);
    const Materials materials{std::move(kek), std::move(recovery), make_data_key(tools.random),
                              crypto::Ed25519Signer::make_key(tools.random)};
    db::Transaction tx = tools.database.begin();
    Made made = make_rows(tx, source, materials, tools.clock.wall_now());
    insert_rows(tx, made.rows);
    open_with_each_of(made.keks, read_rows_again(tx));
    tx.commit_after({tools.journal(deed_of(made, source, recovery_file))});
    made.report.files = files.paths();
    return made.report;
  });
}

}  // namespace pcx::keyring
