// Fences: CHECK constraints that admit values under some keys only, besides NULL and ''. A valid
// one is the database's own proof that no row needs another key.
//
//   CHECK (column IS NULL OR column = '' OR column ^@ 'enc:v2:7:')
//
// Its name tells the column and the keys: "pcx_sealed_diagnosis_k7". The column may be renamed, and
// the fence then has the old name: whose it is, is known by what it looks at. A name alone proves
// nothing: what is called like one, and looks at other columns or admits something else, is none.
// Of a copy, rows that do not match are free.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/interrupt.h"
#include "db/database.h"
#include "fields/field.h"
#include "rotate/target.h"

namespace pcx::rotate {

struct Fence {
  std::string name;
  bool is_valid = false;
  std::vector<crypto::KeyId> keys;   // that it admits
  std::vector<std::string> columns;  // that it looks at, in alphabetical order
  std::string definition;            // the server's own words
};

// Of the table that was registered; its partitions and heirs have the same.
std::vector<Fence> read_fences(db::Database& database, const Cell& cell);

// Whether one of them is valid, is what pcx makes for its keys, and admits no other key than
// `keys`.
bool is_fenced(const std::vector<Fence>& fences, const Cell& cell,
               const std::vector<crypto::KeyId>& keys);

struct FenceTools {
  db::Database& database;
  Clock& clock;
  const Interrupt& interrupt;
  // In each transaction that adds or drops fences, before: throws when they are not this one's to
  // change any more.
  std::function<void(db::Transaction& tx)> require_right = [](db::Transaction&) {};
};

// Puts fences for `keys` in place of all there are around some fields of one table, with one scan.
// Each lock is tried for a moment, again and again, so that nobody waits behind it. The old ones
// stay until the new ones are valid.
//
// Returns for each cell whether it is fenced now: not when rows under another key are there. Then
// no fence was added, and the old ones stay.
// REQUIRES: the cells belong to one table
// Throws Error{permission} for who does not own the table, Error{busy} when a lock was not to be
// had for minutes, and Error{conflict} with reason "fence_name" when something else has the name.
std::vector<bool> replace_fences(const FenceTools& tools, const std::vector<Cell>& cells,
                                 const std::vector<crypto::KeyId>& keys);

// Takes fences away that were added and are not valid, as after a kill in between: they refuse
// every change of a row that breaks them, whatever is changed. Throws as replace_fences().
void drop_unproven_fences(const FenceTools& tools, const std::vector<Cell>& cells);

// Before values are sealed with a key: every fence that refuses it comes to admit it besides those
// that it admits already. The tables whose fences were
// replaced. Throws as replace_fences(), and Error{conflict} with reason "fence" for a fence that
// was added and never valid, with rows that break it.
std::vector<std::string> admit_key(const FenceTools& tools,
                                   const std::vector<fields::Field>& fields, crypto::KeyId key);

}  // namespace pcx::rotate
