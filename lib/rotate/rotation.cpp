#include "rotate/rotation.h"

#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "core/log.h"
#include "core/time.h"
#include "rotate/sql.h"

namespace pcx::rotate {

namespace {

// "pcxr": the class of the shards' advisory locks. Persistent.
constexpr int kLockClass = 0x70637872;

const char* to_string(Plaintext plaintext) {
  return plaintext == Plaintext::leave ? "leave" : "seal";
}

[[noreturn]] void throw_superseded(const Rotation& rotation) {
  throw Error{ErrorCode::conflict,
              fmt::format("rotation {} to key {} was ended: another key was activated meanwhile",
                          rotation.id, rotation.target_key),
              "Run pcx key rotate again: it goes to the key that is active now."}
      .because("superseded");
}

// A text[] as a text, for arrays of arrays.
std::string array_literal(const std::vector<std::string>& texts) {
  return *db::Param{texts}.text();
}

}  // namespace

const char* to_string(Mode mode) noexcept { return mode == Mode::online ? "online" : "offline"; }

std::optional<Rotation> find_rotation(db::Database& database) {
  if (!database.query(sql::rotation_exists).one()["found"].as<bool>()) return std::nullopt;
  const db::Result rows = database.query(sql::find_rotation);
  if (rows.empty()) return std::nullopt;
  const db::Row row = rows.one();
  const auto started_at = parse_rfc3339(row["started_at"].as<std::string>());
  return Rotation{
      .id = row["id"].as<std::int64_t>(),
      .target_key = row["target_key"].as<int>(),
      .mode = row["mode"].as<std::string_view>() == "online" ? Mode::online : Mode::offline,
      .plaintext =
          row["plaintext"].as<std::string_view>() == "seal" ? Plaintext::seal : Plaintext::leave,
      .is_paused = row["is_paused"].as<bool>(),
      .started_at = started_at.value_or(Time{})};
}

Rotation insert_rotation(db::Transaction& tx, const Rotation& wanted,
                         const std::vector<Heap>& heaps) {
  Rotation rotation = wanted;
  try {
    const db::Result rows =
        tx.query(sql::insert_rotation,
                 {wanted.target_key, to_string(wanted.mode), to_string(wanted.plaintext)});
    if (rows.empty()) {
      throw Error{ErrorCode::conflict,
                  fmt::format("key {} is not the active one any more", wanted.target_key),
                  "Run the command again: it goes to the key that is."}
          .because("superseded");
    }
    rotation.id = rows.one()["id"].as<std::int64_t>();
  } catch (const Error& error) {
    if (error.sqlstate() != "23505") throw;
    throw Error{ErrorCode::conflict, "another rotation was begun at the same moment",
                "Run the command again: it joins that one."}
        .because("rotation_unfinished");
  }
  for (const Heap& heap : heaps) {
    if (heap.blocks == 0) continue;
    tx.query(sql::insert_shards,
             {rotation.id, std::int64_t{heap.target.relation}, heap.blocks, kShardBlocks});
  }
  return rotation;
}

void set_paused(db::Transaction& tx, const Rotation& rotation, bool is_paused) {
  tx.query(sql::pause_rotation, {rotation.id, is_paused});
}

bool is_paused(db::Database& database, const Rotation& rotation) {
  return database.query(sql::read_rotation_state, {rotation.id}).one()["paused"].as<bool>();
}

void require_current(db::Database& database, const Rotation& rotation) {
  const db::Result rows = database.query(sql::read_rotation_state, {rotation.id});
  if (rows.one()["superseded"].as<bool>()) throw_superseded(rotation);
}

void hold_rotation(db::Transaction& tx, const Rotation& rotation) {
  if (tx.query(sql::lock_rotation, {rotation.id}).empty()) throw_superseded(rotation);
}

std::optional<Superseded> supersede_rotation(db::Transaction& tx, KeyId key) {
  const db::Result rows = tx.query(sql::supersede_rotation, {key});
  if (rows.empty()) return std::nullopt;
  const db::Row row = rows.one();
  return Superseded{row["id"].as<std::int64_t>(), row["target_key"].as<int>(),
                    row["seals"].as<std::int64_t>()};
}

void finish_rotation(db::Transaction& tx, const Rotation& rotation, bool is_complete) {
  tx.query(sql::finish_rotation, {rotation.id, is_complete ? "complete" : "findings"});
}

bool ended_with_findings(db::Database& database, const Rotation& rotation) {
  const db::Result rows = database.query(sql::read_rotation_state, {rotation.id});
  return rows.one()["has_findings"].as<bool>();
}

RotationProgress read_progress(db::Database& database, const Rotation& rotation) {
  const db::Result rows = database.query(sql::sum_shards, {rotation.id});
  const db::Row row = rows.one();
  return {.shards = row["shards"].as<int>(),
          .open_shards = row["open"].as<int>(),
          .blocks_done = row["blocks_done"].as<std::int64_t>(),
          .blocks = row["blocks"].as<std::int64_t>(),
          .rows_read = row["rows_read"].as<std::int64_t>(),
          .rows_written = row["rows_written"].as<std::int64_t>(),
          .misses = row["misses"].as<std::int64_t>(),
          .seals = row["seals"].as<std::int64_t>()};
}

std::optional<ClaimedShard> ClaimedShard::take(db::Database& database, const Rotation& rotation,
                                               const std::string& worker) {
  for (const db::Row open : database.query(sql::open_shards, {rotation.id})) {
    const int id = open["id"].as<int>();
    const db::Result tried = database.query(sql::try_shard_lock, {kLockClass, id});
    if (!tried.one()["locked"].as<bool>()) continue;
    ClaimedShard claimed{database, {.id = id}};  // releases the lock when somebody finished it
    const db::Result rows = database.query(sql::claim_shard, {id, worker});
    if (rows.empty()) continue;
    const db::Row row = rows.one();
    claimed.shard_.relation = static_cast<std::uint32_t>(row["relation"].as<std::int64_t>());
    claimed.shard_.blocks = {row["next_block"].as<std::int64_t>(),
                             row["block_to"].as<std::int64_t>()};
    return claimed;
  }
  return std::nullopt;
}

ClaimedShard::ClaimedShard(ClaimedShard&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)), shard_(other.shard_) {}

ClaimedShard::~ClaimedShard() {
  if (database_ == nullptr) return;
  try {
    database_->query(sql::release_shard_lock, {kLockClass, shard_.id});
  } catch (const Error& error) {
    log::debug(
        fmt::format("the lock of shard {} ends with its session: {}", shard_.id, error.what()));
  }
}

db::Query progress_query(const Shard& shard, const WindowReport& report) {
  return {sql::save_progress,
          {shard.id, report.blocks.to, report.rows_read, report.written.rows, report.written.misses,
           report.seals}};
}

void quarantine(db::Database& database, const Target& target,
                const std::vector<Finding>& findings) {
  if (findings.empty()) return;
  std::vector<std::string> columns, members, keys, kinds, refusals, named;
  for (const Finding& finding : findings) {
    const fields::Field& field = target.cells[finding.cell].field;
    columns.push_back(field.column);
    members.push_back(field.member);
    keys.push_back(array_literal(finding.key));
    const bool is_refused = !finding.refused_with.empty();
    kinds.emplace_back(is_refused ? "refused" : fields::to_string(finding.kind));
    const bool is_malformed = finding.refusal != crypto::Refusal::none;
    refusals.push_back(is_malformed ? crypto::to_string(finding.refusal) : finding.refused_with);
    named.push_back(std::to_string(finding.named));
  }
  database.query(sql::quarantine,
                 {target.schema, target.table, columns, members, keys, kinds, refusals, named});
}

void clear_quarantine(db::Database& database, const Target& target, const std::string& instant) {
  database.query(sql::clear_quarantine, {target.schema, target.table, instant});
}

std::int64_t forget_elsewhere(db::Transaction& tx, const std::vector<Heap>& heaps) {
  std::vector<std::string> schemas, tables, columns, members;
  for (const Heap& heap : heaps) {
    for (std::size_t i = 0; i < heap.target.cells.size(); ++i) {
      if (!heap.columns[i].exists) continue;
      schemas.push_back(heap.target.schema);
      tables.push_back(heap.target.table);
      columns.push_back(heap.target.cells[i].field.column);
      members.push_back(heap.target.cells[i].field.member);
    }
  }
  const db::Result gone = tx.query(sql::forget_elsewhere, {schemas, tables, columns, members});
  return gone.one()["n"].as<std::int64_t>();
}

std::vector<std::int64_t> count_quarantine(db::Database& database, const Target& target) {
  std::vector<std::int64_t> counts(target.cells.size());
  for (const db::Row row : database.query(sql::count_quarantine, {target.schema, target.table})) {
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const fields::Field& field = target.cells[i].field;
      const bool is_of_cell = row["column_name"].as<std::string_view>() == field.column &&
                              row["member"].as<std::string_view>() == field.member;
      if (is_of_cell) counts[i] = row["n"].as<std::int64_t>();
    }
  }
  return counts;
}

std::string server_time(db::Database& database) {
  return database.query(sql::server_time).one()["now"].as<std::string>();
}

}  // namespace pcx::rotate
