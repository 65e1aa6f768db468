#include "audit/notes.h"

#include "audit/sql.h"
#include "audit/xid.h"
#include "core/error.h"
#include "core/json.h"

namespace pcx::audit {

namespace {

// The server's own numbers may be larger than pcx reads, and pcx never writes such a note.
Document details_in(std::string_view text) {
  try {
    return parse_json(text, "pcx.audit_meta");
  } catch (const Error& error) {
    if (error.code() != ErrorCode::data) throw;
    return Document::object();
  }
}

}  // namespace

std::vector<TrailNote> read_notes(db::Transaction& tx, const std::vector<std::string>& kinds,
                                  std::optional<std::int32_t> epoch) {
  std::vector<TrailNote> notes;
  const db::Result rows = tx.query(sql::read_notes, {kinds, epoch});
  for (const db::Row& row : rows) {
    notes.push_back(
        {.epoch = row["epoch"].as<int>(),
         .position = {row["segment"].as<int>(), xid_in(row["xid"].as<std::string_view>()),
                      row["seq"].as<std::int64_t>()},
         .kind = row["kind"].as<std::string>(),
         .at = Time{std::chrono::microseconds{row["at_us"].as<std::int64_t>()}},
         .by = row["db_user"].as<std::string>(),
         .details = details_in(row["details"].as<std::string_view>())});
  }
  return notes;
}

}  // namespace pcx::audit
