// The trail as it grows: rows below the horizon, in their order, a batch at a time. A transaction
// that commits late has its rows behind the horizon until then, so none is passed over, and none
// comes before another that was told already.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "audit/event_stream.h"
#include "audit/expression.h"
#include "db/database.h"

namespace pcx::audit {

inline constexpr std::int64_t kFollowRowsMax = 1000;  // of one batch

class Follower {
 public:
  // Begins behind `position`. Times of `expression` are resolved (audit/calendar.h).
  Follower(TrailFilter filter, Expression expression, Position position)
      : filter_(filter), expression_(std::move(expression)), position_(position) {}

  // Visits what fits of the next kFollowRowsMax rows; false when there were fewer: the rest is not
  // there yet. Throws what the server answers, and what `visit` throws.
  bool next(db::Database& database, const std::function<void(const TrailEvent&)>& visit);

  const Position& position() const { return position_; }  // what is up to there was visited

 private:
  TrailFilter filter_;
  Expression expression_;
  Position position_;
};

// Where the newest `rows` rows begin: behind that place. {} when there are not as many.
Position newest_start(db::Database& database, std::int64_t rows);

}  // namespace pcx::audit
