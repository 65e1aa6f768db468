#include "cli/commands/key_field_tools.h"

namespace pcx::cli {

FieldPlaces read_field_places(Context& context, db::Database& database) {
  FieldPlaces places{.registry = fields::read_registry(database, context.config()), .heaps = {}};
  places.heaps = rotate::read_heaps(database, places.registry.fields);
  if (places.registry.origin == fields::Origin::profile) places.heaps.excuse_missing();
  return places;
}

FieldKeys::FieldKeys(const keyring::Keyring& keyring) {
  const auto openable = keyring.openable(keyring::Purpose::field);
  secrets_.reserve(openable.size());
  for (const keyring::DataKey* key : openable) {
    secrets_.push_back(keyring.open(key->id));
    keys_.push_back({key->id, key->format, &secrets_.back()});
  }
}

}  // namespace pcx::cli
