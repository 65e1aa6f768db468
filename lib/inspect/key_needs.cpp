#include "inspect/key_needs.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "inspect/key_mark.h"
#include "inspect/quarantine_counts.h"
#include "inspect/relations.h"
#include "inspect/scan.h"
#include "rotate/fence.h"
#include "rotate/rotation.h"

namespace pcx::inspect {

using keyring::Format;
using keyring::Purpose;

namespace {

using Needs = std::vector<KeyNeed>;

// An application that writes enc:v1 names no key: a CHECK cannot tell one from another, and every
// value is opened instead.
bool is_offline(const NeedsJob& job) {
  const keyring::DataKey* const active = job.keyring.active(Purpose::field);
  return active != nullptr && active->format == Format::v1;
}

void look_at_state(db::Database& database, const NeedsJob& job, Needs& needs) {
  if (job.key.state == keyring::KeyState::active) needs.push_back({.need = Need::active});
  if (const auto rotation = rotate::find_rotation(database)) {
    needs.push_back(
        {.need = Need::rotation, .note = fmt::format("to key {}", rotation->target_key)});
  }
}

// The keys that a fence may admit: all of format v2 but this one.
std::vector<KeyId> others_than(const NeedsJob& job) {
  std::vector<KeyId> others;
  for (const auto& row : job.keyring.rows().keys) {
    const bool names_itself = row.key.purpose == Purpose::field && row.key.format == Format::v2;
    if (names_itself && row.key.id != job.key.id) others.push_back(row.key.id);
  }
  return others;
}

void look_at_fences(db::Database& database, const NeedsJob& job, Needs& needs) {
  if (is_offline(job)) return;
  const auto others = others_than(job);
  std::vector<std::string> seen;  // fields: their partitions have the same fences
  for (const rotate::Heap& heap : job.heaps.heaps) {
    for (const rotate::Cell& cell : heap.target.cells) {
      const std::string name = fields::to_string(cell.field);
      if (std::find(seen.begin(), seen.end(), name) != seen.end()) continue;
      seen.push_back(name);
      if (rotate::is_fenced(rotate::read_fences(database, cell), cell, others)) continue;
      needs.push_back({.need = Need::no_fence, .place = name});
    }
  }
}

void look_at_quarantine(db::Database& database, const NeedsJob& job, Needs& needs) {
  const bool names_none = job.key.format != Format::v2;
  for (const QuarantineCount& count : count_quarantine_for(database, job.key.id, names_none)) {
    needs.push_back({Need::quarantined, count.field, count.values, count.kind});
  }
}

// Whether values of fields are opened one by one, and not searched by how they begin. Only when
// they name no key: otherwise a value that names it is one, whether it opens or not.
bool are_only_opened(const NeedsJob& job) {
  return is_offline(job) && job.key.format != Format::v2;
}

// Values that opening them did not tell the key of.
std::int64_t undecided(const FieldTally& field) {
  return field.count(fields::Kind::malformed) + field.count(fields::Kind::ambiguous) +
         field.count(fields::Kind::unbound);
}

void look_at_values(db::Database& database, const NeedsJob& job, Needs& needs) {
  const Verification verification = verify(database, job.verify);
  for (const NotVerified& skipped : verification.not_verified) {
    if (skipped.is_absent) continue;
    needs.push_back({.need = Need::not_looked_at, .place = skipped.place, .note = skipped.why});
  }
  for (const FieldTally& field : verification.fields) {
    const std::string place = field.heap == field.field.substr(0, field.heap.size())
                                  ? field.field
                                  : fmt::format("{} in {}", field.field, field.heap);
    const auto opened = field.keys.find({job.key.id, job.key.format});
    if (opened != field.keys.end()) {
      needs.push_back({.need = Need::opens, .place = place, .count = opened->second});
    }
    if (const auto twice = field.count(fields::Kind::double_encrypted); twice > 0) {
      needs.push_back({.need = Need::sealed_twice, .place = place, .count = twice});
    }
    if (const auto count = undecided(field); count > 0 && are_only_opened(job)) {
      needs.push_back({.need = Need::mentions, .place = place, .count = count});
    }
  }
}

// Registered cells of a table that look_at_values() has told all about.
std::vector<rotate::Cell> known_cells(const NeedsJob& job, const Relation& relation) {
  if (!are_only_opened(job)) return {};
  const auto& heaps = job.heaps.heaps;
  const auto heap = std::find_if(heaps.begin(), heaps.end(), [&](const rotate::Heap& candidate) {
    return candidate.target.relation == relation.oid;
  });
  return heap == heaps.end() ? std::vector<rotate::Cell>{} : heap->target.cells;
}

void look_at_relation(db::Database& database, const NeedsJob& job, const Relation& relation,
                      Needs& needs) {
  if (const std::string why = relation.why_hidden(); !why.empty()) {
    needs.push_back({.need = Need::not_looked_at, .place = relation.name(), .note = why});
    return;
  }
  const KeyMark mark{job.key.id, job.key.format};
  const db::Result counted =
      scan(database, mentions_query(relation, mark, known_cells(job, relation)));
  const db::Row row = counted.one();
  for (std::size_t i = 0; i < relation.columns.size(); ++i) {
    const auto count = row[i].as<std::int64_t>();
    if (count == 0) continue;
    needs.push_back({.need = Need::mentions,
                     .place = relation.name() + "." + relation.columns[i].name,
                     .count = count});
  }
}

}  // namespace

const char* to_string(Need need) noexcept {
  switch (need) {
    case Need::active: return "active";
    case Need::rotation: return "rotation";
    case Need::no_fence: return "no_fence";
    case Need::opens: return "opens";
    case Need::mentions: return "mentions";
    case Need::quarantined: return "quarantined";
    case Need::sealed_twice: return "sealed_twice";
    case Need::not_looked_at: return "not_looked_at";
    case Need::digests: return "digests";
  }
  return "unknown";
}

const char* explain(Need need) noexcept {
  switch (need) {
    case Need::active: return "the key is active";
    case Need::rotation: return "a rotation is not finished";
    case Need::no_fence: return "no valid CHECK constraint keeps its values out";
    case Need::opens: return "opened by it";
    case Need::mentions: return "with a text that it may have sealed";
    case Need::quarantined: return "in quarantine that may need it";
    case Need::sealed_twice: return "with an encrypted value inside, which may need it";
    case Need::not_looked_at: return "it cannot be looked at";
    case Need::digests: return "with a digest under it";
  }
  return "unknown";
}

namespace {

const char* counted_in(Need need) {
  if (need == Need::mentions) return "row";
  return need == Need::digests ? "API key" : "value";
}

}  // namespace

std::string KeyNeed::described() const {
  std::string text = place.empty() ? "" : place + ": ";
  if (count > 0) text += counted(count, counted_in(need)) + " ";
  text += explain(need);
  return note.empty() ? text : fmt::format("{} ({})", text, note);
}

std::vector<KeyNeed> find_needs(db::Database& database, const NeedsJob& job) {
  Needs needs;
  look_at_state(database, job, needs);
  look_at_fences(database, job, needs);
  look_at_quarantine(database, job, needs);
  look_at_values(database, job, needs);
  const auto relations = read_relations(database, Captured::include);
  std::int64_t done = 0;
  for (const Relation& relation : relations) {
    job.verify.interrupt.throw_if_requested();
    job.on_table(relation.name(), done++, static_cast<std::int64_t>(relations.size()));
    look_at_relation(database, job, relation, needs);
  }
  return needs;
}

}  // namespace pcx::inspect
