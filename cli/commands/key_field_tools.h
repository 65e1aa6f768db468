// What the commands share that look at the values of fields: where these are, and the keys that
// open them.
#pragma once

#include <span>
#include <vector>

#include "cli/context.h"
#include "core/secret.h"
#include "fields/reader.h"
#include "fields/registry.h"
#include "keyring/keyring.h"
#include "rotate/catalog.h"

namespace pcx::cli {

struct FieldPlaces {
  fields::Registry registry;
  // Fields of the built-in profile whose table is not there are no fields of this database.
  rotate::Heaps heaps;
};
FieldPlaces read_field_places(Context& context, db::Database& database);

// The field keys that may open, in memory for as long as this lives.
class FieldKeys {
 public:
  explicit FieldKeys(const keyring::Keyring& keyring);
  std::span<const fields::FieldKey> keys() const { return keys_; }

 private:
  std::vector<Secret> secrets_;
  std::vector<fields::FieldKey> keys_;
};

}  // namespace pcx::cli
