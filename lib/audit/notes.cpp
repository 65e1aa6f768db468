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

std::int64_t number_at(const Document& details, std::string_view key) {
  const Document* const member = details.find(key);
  const Cell* const cell = member != nullptr && member->is_scalar() ? &member->scalar() : nullptr;
  const auto* const number = cell == nullptr ? nullptr : std::get_if<std::int64_t>(cell);
  return number == nullptr ? 0 : *number;
}

std::string text_at(const Document& details, std::string_view key) {
  const Document* const member = details.find(key);
  const std::string* const text = member == nullptr ? nullptr : member->text();
  return text == nullptr ? std::string{} : *text;
}

}  // namespace pcx::audit
