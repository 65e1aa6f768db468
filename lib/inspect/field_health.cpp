#include "inspect/field_health.h"

#include <algorithm>

#include "inspect/quarantine_counts.h"
#include "inspect/sql.h"
#include "rotate/catalog.h"
#include "rotate/fence.h"

namespace pcx::inspect {

namespace {

std::optional<UnfinishedRotation> read_unfinished(db::Database& database) {
  const db::Result rows = database.query(sql::unfinished_rotation);
  if (rows.empty()) return std::nullopt;
  const db::Row row = rows.one();
  return UnfinishedRotation{.id = row["id"].as<std::int64_t>(),
                            .target_key = row["target_key"].as<std::int32_t>(),
                            .is_paused = row["paused"].as<bool>(),
                            .idle = std::chrono::milliseconds{row["idle_ms"].as<std::int64_t>()}};
}

// Whichever keys it admits: while one key takes another's place there are two.
bool has_fence(db::Database& database, const rotate::Cell& cell) {
  const auto fences = rotate::read_fences(database, cell);
  return std::any_of(fences.begin(), fences.end(), [&](const rotate::Fence& fence) {
    return rotate::is_fenced({fence}, cell, fence.keys);
  });
}

void look_at_fields(db::Database& database, const std::vector<fields::Field>& fields,
                    FieldHealth& health) {
  const bool are_fenced = database.query(sql::last_is_complete).one()["found"].as<bool>();
  for (const rotate::Heap& heap : rotate::read_heaps(database, fields).heaps) {
    if (heap.name() != heap.root) continue;  // partitions and heirs have their parent's
    for (std::size_t i = 0; i < heap.columns.size(); ++i) {
      if (!heap.columns[i].exists) continue;
      ++health.fields;
      const rotate::Cell& cell = heap.target.cells[i];
      if (are_fenced && !has_fence(database, cell)) {
        health.unfenced.push_back(fields::to_string(cell.field));
      }
    }
  }
}

}  // namespace

std::optional<FieldHealth> read_field_health(db::Database& database,
                                             const std::vector<fields::Field>& fields) {
  if (!database.query(sql::quarantine_exists).one()["found"].as<bool>()) return std::nullopt;
  FieldHealth health;
  for (const QuarantineCount& count : count_quarantine(database)) {
    health.quarantined += count.values;
  }
  health.unfinished = read_unfinished(database);
  look_at_fields(database, fields, health);
  return health;
}

}  // namespace pcx::inspect
