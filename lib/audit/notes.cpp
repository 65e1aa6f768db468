#include "audit/notes.h"

#include "audit/sql.h"
#include "audit/xid.h"
#include "core/json.h"

namespace pcx::audit {

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
         .details = parse_json(row["details"].as<std::string_view>(), "pcx.audit_meta")});
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
