#include "audit/retained.h"

#include <algorithm>

#include "audit/notes.h"
#include "audit/retain_note.h"

namespace pcx::audit {

namespace {

std::optional<RetainNote> signed_note(const TrailNote& note, const TrustedKeys& keys) {
  const auto opened = open_note(text_at(note.details, "signature"), keys.keys());
  const auto* const known = std::get_if<Note>(&opened);
  return known == nullptr ? std::nullopt : parse_retain(known->text);
}

RetainedPart part_of(const RetainNote& note) {
  const auto from = static_cast<std::uint64_t>(note.from_index);
  // An empty range ends before it begins, also at 0.
  const bool is_empty = note.to_index < note.from_index;
  RetainedPart part{.from = is_empty ? from + 1 : from,
                    .to = is_empty ? from : static_cast<std::uint64_t>(note.to_index),
                    .before = {},
                    .dropped = static_cast<std::uint64_t>(note.dropped),
                    .digest = note.digest};
  for (const std::int64_t index : note.before) {
    part.before.push_back(static_cast<std::uint64_t>(index));
  }
  return part;
}

}  // namespace

Retained read_retained(db::Transaction& tx, const TrustedKeys& keys,
                       const std::vector<Epoch>& epochs) {
  Retained retained;
  for (const TrailNote& note : read_notes(tx, {"retain"})) {
    const auto known = signed_note(note, keys);
    if (!known) continue;
    const auto epoch = std::ranges::find(epochs, known->origin, &Epoch::origin);
    if (epoch == epochs.end()) continue;
    retained.parts[epoch->number].push_back(part_of(*known));
    retained.months.push_back({epoch->number, known->month, known->dropped});
  }
  return retained;
}

}  // namespace pcx::audit
