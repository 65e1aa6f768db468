// Checkpoints in the database (table pcx.checkpoint). Columns are for finding them: what counts is
// in the signed note.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "audit/seal_point.h"
#include "db/database.h"

namespace pcx::audit {

struct CheckpointRow {
  std::int32_t epoch = 0;
  std::uint64_t size = 0;
  Time sealed_at{};
  std::uint64_t first_size = 0;  // leaves of the checkpoint before it
  Position last;
  std::int64_t max_seq = 0;  // of all its leaves
  std::string note;
};

// The newest, of one epoch or of all; std::nullopt when there is none.
std::optional<CheckpointRow> newest_checkpoint(db::Transaction& tx,
                                               std::optional<std::int32_t> epoch = std::nullopt);

void insert_checkpoint(db::Transaction& tx, const CheckpointRow& row);

// In order: epochs, then sizes, then times; those behind `after` (std::nullopt: all), a thousand at
// most. None: there are no more.
std::vector<CheckpointRow> list_checkpoints(db::Transaction& tx,
                                            const std::optional<CheckpointRow>& after);

// Notes that may tell of a change of keys (audit/seal_point.h), the oldest first.
std::vector<std::string> list_key_changes(db::Transaction& tx);

}  // namespace pcx::audit
