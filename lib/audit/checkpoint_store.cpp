#include "audit/checkpoint_store.h"

#include "audit/sql.h"
#include "audit/xid.h"
#include "core/error.h"
#include "core/time.h"

namespace pcx::audit {

namespace {

constexpr std::int64_t kPage = 1000;

CheckpointRow to_row(const db::Row& row) {
  const auto sealed_at = parse_rfc3339(row["sealed_at"].as<std::string_view>());
  if (!sealed_at) throw Error{ErrorCode::data, "a checkpoint has a time that is none"};
  const auto xid = row["last_xid"].as<std::string_view>();
  CheckpointRow made{
      .epoch = row["epoch"].as<int>(),
      .size = static_cast<std::uint64_t>(row["size"].as<std::int64_t>()),
      .sealed_at = *sealed_at,
      .first_size = static_cast<std::uint64_t>(row["first_size"].as<std::int64_t>()),
      .last = {.segment = row["last_segment"].as<int>(), .seq = row["last_seq"].as<std::int64_t>()},
      .max_seq = row["max_seq"].as<std::int64_t>(),
      .note = row["note"].as<std::string>()};
  made.last.xid = xid_in(xid);
  return made;
}

std::int64_t signed_of(std::uint64_t number) { return static_cast<std::int64_t>(number); }

}  // namespace

std::optional<CheckpointRow> newest_checkpoint(db::Transaction& tx,
                                               std::optional<std::int32_t> epoch) {
  const db::Result rows = tx.query(sql::newest_checkpoint, {epoch});
  if (rows.empty()) return std::nullopt;
  return to_row(rows.one());
}

void insert_checkpoint(db::Transaction& tx, const CheckpointRow& row) {
  tx.query(sql::insert_checkpoint,
           {row.epoch, signed_of(row.size), to_rfc3339_us(row.sealed_at), signed_of(row.first_size),
            row.last.segment, std::to_string(row.last.xid), row.last.seq, row.max_seq, row.note});
}

std::vector<CheckpointRow> list_checkpoints(db::Transaction& tx,
                                            const std::optional<CheckpointRow>& after) {
  const CheckpointRow from = after.value_or(CheckpointRow{});
  const std::string time = after ? to_rfc3339_us(after->sealed_at) : "-infinity";
  std::vector<CheckpointRow> page;
  const db::Result rows =
      tx.query(sql::list_checkpoints, {from.epoch, signed_of(from.size), time, kPage});
  for (const db::Row& row : rows) page.push_back(to_row(row));
  return page;
}

std::vector<std::string> list_key_changes(db::Transaction& tx) {
  std::vector<std::string> notes;
  const db::Result rows = tx.query(sql::list_key_changes);
  for (const db::Row& row : rows) notes.push_back(row["note"].as<std::string>());
  return notes;
}

}  // namespace pcx::audit
