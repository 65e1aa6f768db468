// How the keys of a database stand, in a few numbers: for somebody who looks whether all is well.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apikey/plain_fence.h"
#include "core/document.h"
#include "db/database.h"

namespace pcx::apikey {

struct Health {
  std::int64_t unplaced = 0;      // rows of api_keys that hold no placeholder
  std::int64_t keys = 0;          // of pcx; the rest is 0 where there are none
  std::int64_t expiring = 0;      // taken now, and not any more at the time that was asked for
  std::int64_t placeholders = 0;  // that name no key of pcx: nobody can present a key for them
  std::int64_t rowless = 0;       // keys of pcx whose row in api_keys is gone
  std::int64_t unmarked = 0;      // revoked, and still active in api_keys
  std::vector<std::string> unmarked_first;  // lookup ids of the first five
  std::int64_t unopenable = 0;              // under a pepper that is retired or destroyed
  FenceState fence = FenceState::absent;
};

// std::nullopt without the application's table. Without keys of pcx the fence is not looked at.
std::optional<Health> read_health(db::Database& database, Time now, std::chrono::hours ahead);

}  // namespace pcx::apikey
