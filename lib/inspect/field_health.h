// What rotations left behind, for `pcx doctor`: asks schema pcx and the catalog, scans no table and
// needs no key.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/database.h"
#include "fields/field.h"

namespace pcx::inspect {

struct UnfinishedRotation {
  std::int64_t id = 0;
  std::int32_t target_key = 0;
  bool is_paused = false;
  // Since it was paused, else since a worker did something for it. By the server's clock.
  std::chrono::milliseconds idle{0};
};

struct FieldHealth {
  std::int64_t fields = 0;       // that are there
  std::int64_t quarantined = 0;  // values
  std::optional<UnfinishedRotation> unfinished;
  // Fields without a valid fence though the last rotation was complete: registered since, on a
  // table that the rotation's role does not own, or somebody dropped the fence.
  std::vector<std::string> unfenced;
};

// std::nullopt: nothing was ever rotated, since there is no schema pcx that could tell.
std::optional<FieldHealth> read_field_health(db::Database& database,
                                             const std::vector<fields::Field>& fields);

}  // namespace pcx::inspect
