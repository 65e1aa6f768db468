// By what a value is known that a key may have sealed, and the search for such values in every
// text of a table. Pure.
#pragma once

#include <vector>

#include "crypto/enc_v2.h"
#include "db/query.h"
#include "inspect/relations.h"
#include "keyring/data_key.h"
#include "rotate/target.h"

namespace pcx::inspect {

// A key of format v2 is named by its values; of the others every value of the format may be its.
struct KeyMark {
  crypto::KeyId id = 0;
  keyring::Format format = keyring::Format::v2;
};

// For each column of the relation the number of rows that hold such a value anywhere: as a whole,
// inside another text, at any path of a JSON value, also as the hexadecimal form of bytes.
//
// Cells of `known`, which belong to this relation, are left out: something else is known of them.
db::Query mentions_query(const Relation& relation, const KeyMark& mark,
                         const std::vector<rotate::Cell>& known);

}  // namespace pcx::inspect
