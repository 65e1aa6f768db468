// A row of the trail as it comes out of the database, and its place in the order of everything.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "audit/leaf.h"
#include "audit/seal_point.h"
#include "db/binary_copy.h"

namespace pcx::audit {

// Segments of an epoch are two: 2n has what was there when epoch n began and no tree had, 2n + 1
// what was written while it lasted.
inline constexpr int tree_of_segment(int segment) noexcept { return segment / 2; }

struct TrailEvent {
  LeafSource source = LeafSource::change;
  Position position;
  std::int64_t at = 0;    // microseconds since 2000-01-01, as PostgreSQL counts
  db::BinaryRow columns;  // those of the record (audit/record.h), in their order
};

// Which source somebody asked for; nothing: all of them.
struct TrailFilter {
  std::optional<LeafSource> source;
  std::optional<std::int64_t> since;  // as TrailEvent::at: from then on
  std::optional<std::int64_t> until;  // before then
  bool operator==(const TrailFilter&) const = default;
};

// "app", "trigger", "meta": the words of --source and of exported rows.
std::string_view source_word(LeafSource source) noexcept;
std::optional<LeafSource> source_of_word(std::string_view word) noexcept;

}  // namespace pcx::audit
