#include "audit/notes.h"

#include <charconv>

#include "audit/sql.h"
#include "core/json.h"

namespace pcx::audit {

std::vector<TrailNote> read_notes(db::Transaction& tx, const std::vector<std::string>& kinds,
                                  std::optional<std::int32_t> epoch) {
  std::vector<TrailNote> notes;
  const db::Result rows = tx.query(sql::read_notes, {kinds, epoch});
  for (const db::Row& row : rows) {
    TrailNote note{
        .epoch = row["epoch"].as<int>(),
        .position = {.segment = row["segment"].as<int>(), .seq = row["seq"].as<std::int64_t>()},
        .kind = row["kind"].as<std::string>(),
        .details = parse_json(row["details"].as<std::string_view>(), "pcx.audit_meta")};
    const auto xid = row["xid"].as<std::string_view>();
    std::from_chars(xid.data(), xid.data() + xid.size(), note.position.xid);
    notes.push_back(std::move(note));
  }
  return notes;
}

}  // namespace pcx::audit
