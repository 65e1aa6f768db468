// The keyring as its rows, and the tags that make them tell the truth: whoever can write to the
// database can change a row, but not so that its tag still fits. Pure.
//
//   LP(x)             = length of x in 4 bytes, the highest first, then x
//   canonical(kek)    = "pcx-kek-row-1" LP(id) LP(provider) LP(location) LP(wrapped) LP(check)
//                       LP(created at)
//   canonical(wrap)   = "pcx-wrap-row-1" LP(key id) LP(KEK id) LP(wrapped)
//   tag of a row      = HMAC-SHA-256(rows key, canonical(row)); data keys: data_key.h
//   tag of the whole  = HMAC-SHA-256(rows key, "pcx-keyring-1" LP(generation) LP(canonical(row))
//                       of every row: KEKs by id, data keys by id, wraps by data key and KEK)
//
// The rows key is a data key (Purpose::rows) of the same keyring. The tag of the whole notices rows
// that were deleted or put back from another time; a keyring that was put back whole is an older
// keyring, and fits. How often a key has sealed is in no tag: it changes with every seal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/secret.h"
#include "keyring/data_key.h"
#include "keyring/kek_source.h"

namespace pcx::keyring {

using KekId = std::int32_t;

// Whose a key-encryption key is: as KekSource has it, or the public half of a private key that lies
// in a safe.
enum class KekKind { file, environment, command, recovery };
const char* to_string(KekKind kind) noexcept;  // "file", "env", "command", "recovery"
std::optional<KekKind> kek_kind_of(std::string_view name) noexcept;
KekKind kind_of(KekSource::Provider provider) noexcept;

struct KekRow {
  KekId id = 0;
  KekKind kind = KekKind::file;
  std::string location;  // of a recovery key: its public half as PEM
  std::string wrapped;   // what a command needs to give the key back
  std::string check;     // key_check() of it; "" for a recovery key
  Time created_at{};
  std::string tag;
};

struct KeyRow {
  DataKey key;
  std::int64_t seal_count = 0;  // values that pcx sealed with it
  std::string tag;
};

struct WrapRow {
  KeyId key = 0;
  KekId kek = 0;
  std::string wrapped;
};

struct Rows {
  std::int64_t generation = 0;  // number of changes
  std::string tag;
  std::vector<KekRow> keks;    // by id
  std::vector<KeyRow> keys;    // by id
  std::vector<WrapRow> wraps;  // by data key and KEK
};

// "file:/etc/pcx/kek", "recovery key 2": for people. Control characters are escaped.
std::string described(const KekRow& kek);
// REQUIRES: not a recovery key
KekSource source_of(const KekRow& kek);

std::string canonical(const KekRow& kek);
std::string canonical(const WrapRow& wrap);

// The only active key of Purpose::rows. Throws Error{crypto} with reason "tag" when there is none.
const KeyRow& rows_key_of(const Rows& rows);
// nullptr when there is none.
const KekRow* find_kek(const Rows& rows, KekId id);
KeyRow* find_key(Rows& rows, KeyId id);
const WrapRow* find_wrap(const Rows& rows, KeyId key, KekId kek);

// Puts the rows in order and makes all tags anew.
void seal_rows(Rows& rows, const Secret& rows_key);
// Throws Error{crypto} with reason "tag", naming the row, for the first tag that does not fit.
void verify_rows(const Rows& rows, const Secret& rows_key);

// What verify_rows() throws, for other ways of noticing: `row` is "row 3 of pcx.data_key".
Error tampered(const std::string& row, const std::string& what);

}  // namespace pcx::keyring
