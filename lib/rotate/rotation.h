// A rotation and its shards, as the database keeps them: what makes it resumable, and lets several
// workers and machines share it. The truth is in the values themselves; this is where to look next.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/document.h"
#include "db/database.h"
#include "rotate/catalog.h"
#include "rotate/lane.h"

namespace pcx::rotate {

enum class Mode {
  online,   // beside an application that reads enc:v2
  offline,  // enc:v1 to enc:v1, without it
};
const char* to_string(Mode mode) noexcept;

struct Rotation {
  std::int64_t id = 0;
  KeyId target_key = 0;
  Mode mode = Mode::online;
  Plaintext plaintext = Plaintext::leave;
  bool is_paused = false;
  Time started_at{};
};

// Pages of a shard: 64 MB of heap, a second of work.
inline constexpr std::int64_t kShardBlocks = 8192;

// The one that is not finished. std::nullopt also without a schema pcx.
std::optional<Rotation> find_rotation(db::Database& database);
// Throws Error{conflict} with reason "rotation_unfinished" when there is one already, and with
// "superseded" when the key is not the active one any more.
Rotation insert_rotation(db::Transaction& tx, const Rotation& wanted,
                         const std::vector<Heap>& heaps);
void set_paused(db::Transaction& tx, const Rotation& rotation, bool is_paused);
bool is_paused(db::Database& database, const Rotation& rotation);
// Throws Error{conflict} with reason "superseded" when supersede_rotation() ended it.
void require_current(db::Database& database, const Rotation& rotation);
// The same, and keeps it from being ended for as long as the transaction lasts.
void hold_rotation(db::Transaction& tx, const Rotation& rotation);
void finish_rotation(db::Transaction& tx, const Rotation& rotation, bool is_complete);
// Whether finish_rotation() has entered that values were left.
bool ended_with_findings(db::Database& database, const Rotation& rotation);

struct Superseded {
  std::int64_t id = 0;
  KeyId target_key = 0;
  std::int64_t seals = 0;  // made with the target key so far
};
// Before `key` becomes the active one, in a transaction of its own: ends the rotation to another
// key. Its workers stop at their next look, and it puts up no fence any more: that would refuse
// what is sealed with `key`.
std::optional<Superseded> supersede_rotation(db::Transaction& tx, KeyId key);

struct RotationProgress {
  int shards = 0;
  int open_shards = 0;
  std::int64_t blocks_done = 0;
  std::int64_t blocks = 0;
  std::int64_t rows_read = 0;
  std::int64_t rows_written = 0;
  std::int64_t misses = 0;
  std::int64_t seals = 0;
};
RotationProgress read_progress(db::Database& database, const Rotation& rotation);

struct Shard {
  std::int32_t id = 0;
  std::uint32_t relation = 0;
  BlockRange blocks;  // what is left of it
};

// A shard that is this session's for as long as it lives: of one that dies, the next worker takes
// it over at once.
class ClaimedShard {
 public:
  // std::nullopt: all are finished, or other workers have them.
  static std::optional<ClaimedShard> take(db::Database& database, const Rotation& rotation,
                                          const std::string& worker);
  ClaimedShard(ClaimedShard&& other) noexcept;
  ClaimedShard& operator=(ClaimedShard&&) = delete;
  ~ClaimedShard();

  const Shard& shard() const { return shard_; }

 private:
  ClaimedShard(db::Database& database, const Shard& shard) : database_(&database), shard_(shard) {}

  db::Database* database_;  // nullptr: moved away
  Shard shard_;
};

// Everything before the end of the window is done.
db::Query progress_query(const Shard& shard, const WindowReport& report);

// Writes findings down, without their values. A row that was read several times may be among them
// several times: the last one counts.
void quarantine(db::Database& database, const Target& target, const std::vector<Finding>& findings);
// Forgets those of the table that were not found again since `instant`, a time of the server's.
void clear_quarantine(db::Database& database, const Target& target, const std::string& instant);
// When a rotation ends: forgets those of places that are no fields of `heaps`, since their table
// was dropped or renamed, or the field is not registered any more. How many it were.
std::int64_t forget_elsewhere(db::Transaction& tx, const std::vector<Heap>& heaps);
// How many there are, for each cell.
std::vector<std::int64_t> count_quarantine(db::Database& database, const Target& target);
std::string server_time(db::Database& database);

}  // namespace pcx::rotate
