#include "keyring/kek_changes.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "core/error.h"
#include "core/file.h"
#include "keyring/made_files.h"
#include "keyring/make_keys.h"
#include "keyring/store.h"
#include "keyring/wrapped_key.h"

namespace pcx::keyring {

namespace {

namespace fs = std::filesystem;

const KekRow& require_kek(const Rows& rows, KekId id) {
  if (const KekRow* kek = find_kek(rows, id)) return *kek;
  throw Error{ErrorCode::not_found, fmt::format("there is no key-encryption key {}", id),
              "To see which there are, run: pcx key status"};
}

bool is_recovery(const KekRow& kek) { return kek.kind == KekKind::recovery; }

db::Deed deed_of(const char* action, const KekChange& change) {
  Document details = Document::object();
  details.set("provider", to_string(change.kek.kind));
  details.set("location", is_recovery(change.kek) ? "" : change.kek.location);
  details.set("keys", static_cast<std::int64_t>(change.keys));
  return {action, std::to_string(change.kek.id), std::move(details)};
}

// Puts every data key that is not destroyed under it.
std::size_t wrap_all(Draft& draft, const KekRow& kek, const Keks& keks) {
  std::size_t count = 0;
  for (const KeyRow& row : draft.now.rows().keys) {
    if (row.key.state == KeyState::destroyed) continue;
    const Secret secret = draft.now.unwrap(row.key);
    draft.rows.wraps.push_back({row.key.id, kek.id, wrap_under(kek, keks, row.key, secret)});
    ++count;
  }
  draft.rows.keks.push_back(kek);
  return count;
}

void drop_kek(Rows& rows, KekId id) {
  std::erase_if(rows.wraps, [&](const WrapRow& wrap) { return wrap.kek == id; });
  std::erase_if(rows.keks, [&](const KekRow& kek) { return kek.id == id; });
}

void require_new(const Rows& rows, const Secret& key) {
  for (const KekRow& kek : rows.keks) {
    if (!fits(rows, kek, key)) continue;
    throw Error{ErrorCode::conflict,
                fmt::format("this is key-encryption key {} of the keyring already", kek.id),
                "Name a file that does not exist yet, or another key."}
        .because("kek_exists");
  }
}

// A key-encryption key that is about to become a row.
struct Newcomer {
  const KekSource& source;
  const KekTools& tools;
  MadeFiles& files;
  std::optional<Kek> kek = std::nullopt;  // where a file has to be made: none before the edit
  Keks keks = {};                         // filled by the edit, once it has an id
  KekRow row = {};
};

bool is_file_missing(const KekSource& source) {
  return source.provider == KekSource::Provider::file &&
         !fs::exists(fs::symlink_status(source.location));
}

// A command may take its time, and a file that is there may be refused: before the keyring is
// locked. A new file stays whatever comes of it: as late as can be.
Newcomer make_newcomer(const KekSource& source, const KekTools& tools, MadeFiles& files) {
  Newcomer newcomer{source, tools, files};
  if (!is_file_missing(source)) newcomer.kek = make_kek(source, tools);
  return newcomer;
}

void make_file(Newcomer& newcomer) {
  const bool makes_file = is_file_missing(newcomer.source);  // somebody may have made it meanwhile
  newcomer.kek = make_kek(newcomer.source, newcomer.tools);
  if (makes_file) newcomer.files.add_kek(newcomer.source.location);
}

std::size_t let_in(Newcomer& newcomer, Draft& draft) {
  if (!newcomer.kek) make_file(newcomer);
  const Kek& kek = *newcomer.kek;
  require_new(draft.now.rows(), kek.key);
  newcomer.row = {.id = next_kek_id(draft.tx),
                  .kind = kind_of(newcomer.source.provider),
                  .location = newcomer.source.location,
                  .wrapped = kek.wrapped,
                  .check = key_check(kek.key),
                  .created_at = draft.time};
  newcomer.keks.keys.emplace(newcomer.row.id, kek.key.clone());
  return wrap_all(draft, newcomer.row, newcomer.keks);
}

}  // namespace

KekChange add_kek(const ChangeTools& tools, const KekSource& source, const KekTools& kek_tools) {
  MadeFiles files;
  return files.keep_if_committed([&] {
    Newcomer newcomer = make_newcomer(source, kek_tools, files);
    KekChange change;
    const auto edit = [&](Draft& draft) {
      change.keys = let_in(newcomer, draft);
      change.kek = newcomer.row;
      return deed_of("key.kek.add", change);
    };
    change_keyring(tools, edit, newcomer.keks);
    change.files = files.paths();
    return change;
  });
}

KekChange add_recovery_key(const ChangeTools& tools, const fs::path& file) {
  MadeFiles files;
  return files.keep_if_committed([&] {
    const auto pair = crypto::RsaPrivateKey::generate();
    KekChange change;
    change_keyring(tools, [&](Draft& draft) {
      change.kek = {.id = next_kek_id(draft.tx),
                    .kind = KekKind::recovery,
                    .location = pair.public_key().to_pem(),
                    .created_at = draft.time};
      change.keys = wrap_all(draft, change.kek, {});
      create_secret_file(file, pair.to_pem());
      files.add(file);
      return deed_of("key.kek.add", change);
    });
    change.files = files.paths();
    return change;
  });
}

KekChange rotate_kek(const ChangeTools& tools, KekId old, const KekSource& source,
                     const KekTools& kek_tools) {
  MadeFiles files;
  return files.keep_if_committed([&] {
    Newcomer newcomer = make_newcomer(source, kek_tools, files);
    KekChange change;
    const auto edit = [&](Draft& draft) {
      if (is_recovery(require_kek(draft.now.rows(), old))) {
        throw Error{
            ErrorCode::usage, fmt::format("key-encryption key {} is a recovery key", old),
            "Add another one with 'pcx key kek add --recovery FILE', then remove this one."};
      }
      change.keys = let_in(newcomer, draft);
      change.kek = newcomer.row;
      drop_kek(draft.rows, old);
      db::Deed deed = deed_of("key.kek.rotate", change);
      deed.details.set("replaced", old);
      return deed;
    };
    change_keyring(tools, edit, newcomer.keks);
    change.files = files.paths();
    return change;
  });
}

void require_removable(const Rows& rows, KekId id) {
  require_kek(rows, id);
  const auto others = std::count_if(rows.keks.begin(), rows.keks.end(),
                                    [&](const KekRow& kek) { return kek.id != id; });
  const auto for_daily_use =
      std::count_if(rows.keks.begin(), rows.keks.end(),
                    [&](const KekRow& kek) { return kek.id != id && !is_recovery(kek); });
  if (others >= static_cast<std::ptrdiff_t>(kWrapsMin) && for_daily_use > 0) return;
  throw Error{
      ErrorCode::conflict,
      for_daily_use == 0
          ? fmt::format("without key-encryption key {} only recovery keys would be left", id)
          : fmt::format("without key-encryption key {} fewer than {} would be left", id, kWrapsMin),
      "Add another one first: pcx help key kek add"}
      .because("too_few_keks");
}

KekChange remove_kek(const ChangeTools& tools, KekId id) {
  KekChange change;
  change_keyring(tools, [&](Draft& draft) {
    require_removable(draft.now.rows(), id);
    change.kek = require_kek(draft.now.rows(), id);
    drop_kek(draft.rows, id);
    return deed_of("key.kek.remove", change);
  });
  return change;
}

KekId only_kek(const Rows& rows) {
  std::vector<KekId> ids;
  for (const KekRow& kek : rows.keks) {
    if (!is_recovery(kek)) ids.push_back(kek.id);
  }
  if (ids.size() == 1) return ids.front();
  throw Error{ErrorCode::usage,
              fmt::format("the keyring has {} key-encryption keys that could be meant", ids.size()),
              "Say which one with --replaces ID; 'pcx key status' lists them."};
}

}  // namespace pcx::keyring
