#include "rotate/preflight.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "core/text.h"
#include "db/identifier.h"

namespace pcx::rotate {

namespace {

using Obstacles = std::vector<Obstacle>;

void add(Obstacles& found, std::string message, std::string hint) {
  found.push_back({true, std::move(message), std::move(hint)});
}

// Once, though a column may have several fields.
void tell(Obstacles& found, const std::string& message, std::string hint) {
  const bool is_told = std::any_of(found.begin(), found.end(), [&](const Obstacle& obstacle) {
    return obstacle.message == message;
  });
  if (!is_told) found.push_back({false, message, std::move(hint)});
}

void look_at_kind(const Heap& heap, Obstacles& found) {
  if (heap.kind == HeapKind::foreign) {
    add(found, fmt::format("{} is a foreign table", heap.name()),
        "Rotate it on the server that has its rows.");
  } else if (heap.kind == HeapKind::view) {
    add(found, fmt::format("{} is a view", heap.name()), "Register the tables below it instead.");
  }
}

void look_at_rights(const Heap& heap, Obstacles& found) {
  if (!heap.may_read) {
    add(found, fmt::format("this role may not read {}", heap.name()),
        fmt::format("GRANT SELECT, UPDATE ON {} to it.", heap.name()));
  }
  const bool may_update = std::any_of(heap.columns.begin(), heap.columns.end(),
                                      [](const ColumnFacts& column) { return column.may_update; });
  if (may_update && !heap.may_lock) {
    add(found, fmt::format("this role may update columns of {}, and not lock it", heap.name()),
        fmt::format("GRANT UPDATE ON {} to it: on the table, not on columns.", heap.name()));
  }
  if (heap.row_security) {
    add(found, fmt::format("row level security hides rows of {} from this role", heap.name()),
        "Use a role with BYPASSRLS: rows that it cannot see would keep the old key.");
  }
}

void look_at_key(const Heap& heap, Obstacles& found) {
  const auto& key = heap.target.key;
  if (key.empty()) {
    add(found, fmt::format("{} has no primary key", heap.name()),
        "Add one: without it a row cannot be told from others while it is written.");
    return;
  }
  for (const Cell& cell : heap.target.cells) {
    const bool by_key = !cell.field.copy && cell.field.bind == fields::Bind::row;
    if (!by_key || key.size() == 1) continue;
    add(found,
        fmt::format("{} is bound to its row, and the primary key of {} has {} columns",
                    fields::to_string(cell.field), heap.name(), key.size()),
        "Register it with `bind: column`, or give the table a key of one column.");
  }
}

// The longest plaintext, in bytes, that is sure to fit into so many characters when it is sealed.
// Below 1: none. crypto/enc_v2.h and crypto/enc_v1.h have the lengths.
int plaintext_room(int characters) {
  constexpr int kKeyDigits = std::numeric_limits<crypto::KeyId>::digits10 + 1;
  const int v2 = (characters - 8 - kKeyDigits) * 3 / 4 - 28;
  const int v1 = (characters - 49) / 4 * 3;
  return std::min(v1, v2);
}

void look_at_length(const Heap& heap, const fields::Field& field, const ColumnFacts& column,
                    Obstacles& found) {
  constexpr int kShortestSealed = 8 + 1 + 39;  // enc:v2 of one byte, under a key of one digit
  if (column.length_max == 0) return;
  const std::string what = fmt::format("{}.{} has room for {}", heap.name(), field.column,
                                       counted(column.length_max, "character"));
  const std::string remedy = fmt::format(
      "ALTER TABLE {} ALTER {} TYPE text; of a varchar it rewrites nothing.",
      db::quote_identifier(field.schema, field.table), db::quote_identifier(field.column));
  if (column.length_max < kShortestSealed) {
    add(found, what + ": no sealed text fits", remedy);
    return;
  }
  tell(found,
       fmt::format("{}: values of more than {} may not fit when they are sealed", what,
                   counted(std::max(plaintext_room(column.length_max), 0), "byte")),
       "Those are left as they are (refused, 22001). " + remedy);
}

void look_at_constraints(const Heap& heap, const fields::Field& field, const ColumnFacts& column,
                         Obstacles& found) {
  const std::string name = heap.name() + "." + field.column;
  const auto& key = heap.target.key;
  const bool is_key = std::any_of(
      key.begin(), key.end(), [&](const KeyColumn& of_key) { return of_key.name == field.column; });
  if (is_key) {
    add(found, fmt::format("{} is in the primary key", name),
        "Give the table another one: a row has to keep its key while its values are sealed anew.");
  } else if (column.is_unique) {
    tell(
        found, fmt::format("{} is unique", name),
        "That keeps no two rows from having the same value: sealed twice it is two texts. Drop the "
        "constraint, or let a digest of the value be unique.");
  } else if (column.is_indexed) {
    tell(
        found, fmt::format("{} is indexed", name),
        "Each row gets a new entry in every index. An index of ciphertext finds nothing: drop it.");
  }
  if (column.checks.empty()) return;
  tell(found, fmt::format("{} has a CHECK constraint: {}", name, join(column.checks, ", ")),
       "See that it admits sealed texts: a row that it refuses is left as it is (refused, 23514).");
}

void look_at_column(const Heap& heap, std::size_t cell, Obstacles& found) {
  const fields::Field& field = heap.target.cells[cell].field;
  const ColumnFacts& column = heap.columns[cell];
  const std::string name = heap.name() + "." + field.column;
  if (!column.exists) {
    add(found, fmt::format("{} is registered and not there", name),
        "Register the fields anew: pcx key fields --save.");
    return;
  }
  if (!column.is_text() && !column.is_json()) {
    add(found, fmt::format("{} is of type {}", name, column.type),
        "Sealed values are texts: use a column of type text, varchar or jsonb.");
  } else if (!field.member.empty() && !column.is_json()) {
    add(found, fmt::format("{} has no members: it is of type {}", name, column.type),
        "Register the column without `member`, or make it jsonb.");
  }
  if (column.is_generated) {
    add(found, fmt::format("{} is generated", name), "Register the columns that it is made of.");
  } else if (!column.may_update) {
    add(found, fmt::format("this role may not update {}", name),
        fmt::format("GRANT UPDATE ON {} to it.", heap.name()));
  }
  look_at_length(heap, field, column, found);
  look_at_constraints(heap, field, column, found);
}

void look_at_triggers(const Heap& heap, Triggers triggers, Obstacles& found) {
  if (triggers == Triggers::refuse && !heap.triggers.empty()) {
    add(found,
        fmt::format("{} has triggers that fire for an UPDATE: {}", heap.name(),
                    join(heap.triggers, ", ")),
        "Decide with --triggers fire (they run for each row) or --triggers skip.");
  }
  if (triggers == Triggers::skip && !heap.unskipped_triggers.empty()) {
    add(found,
        fmt::format("{} has triggers that --triggers skip lets fire: {}", heap.name(),
                    join(heap.unskipped_triggers, ", ")),
        "They are ENABLE ALWAYS or ENABLE REPLICA. Change that for the time of the rotation (ALTER "
        "TABLE ... DISABLE TRIGGER), or let all others run with --triggers fire.");
  }
}

void look_at_trail_rights(const Heap& heap, Obstacles& found) {
  if (!heap.may_reseal) {
    add(found, fmt::format("{} is audited, and this role may not tell the trail", heap.name()),
        fmt::format("GRANT {} TO it, or run this as a superuser.",
                    db::quote_identifier(heap.trail_owner)));
  }
  if (heap.target.trail == TrailRole::part && !heap.trail_may_write) {
    add(found,
        fmt::format("{} is part of the audit trail, and the trail's owner may not write it",
                    heap.name()),
        fmt::format("GRANT SELECT, UPDATE ON {} TO {};",
                    db::quote_identifier(heap.target.schema, heap.target.table),
                    db::quote_identifier(heap.trail_owner)));
  }
}

// Theirs could change more of a row than its encrypted values: pcx.audit_reseal() refuses.
void look_at_trail_triggers(const Heap& heap, Triggers triggers, Obstacles& found) {
  if (triggers != Triggers::fire || heap.triggers.empty()) return;
  if (heap.target.trail != TrailRole::part) return;
  add(found,
      fmt::format("{} is part of the audit trail, and has triggers of others: {}", heap.name(),
                  join(heap.triggers, ", ")),
      "Use --triggers skip, or disable them for the time of the rotation.");
}

// What the trail has in plain stays there for years: no rotation reaches it.
void look_at_trail(const Heap& heap, Obstacles& found) {
  if (heap.target.trail == TrailRole::none) return;
  look_at_trail_rights(heap, found);
  for (std::size_t cell = 0; cell < heap.columns.size(); ++cell) {
    const std::string& column = heap.target.cells[cell].field.column;
    if (heap.target.trail == TrailRole::part &&
        (heap.name() != "audit_logs" || column != "changes")) {
      add(found, fmt::format("{}.{} is part of the audit trail", heap.name(), column),
          "Of the trail only audit_logs.changes is resealed. Register no other field of it.");
    } else if (heap.columns[cell].is_trailed) {
      add(found, fmt::format("the audit trail keeps values of {}.{}", heap.name(), column),
          "Run pcx audit install again, so that it keeps digests of registered fields.");
    }
  }
}

}  // namespace

Obstacles find_obstacles(const Heaps& heaps, Triggers triggers) {
  Obstacles found;
  for (const fields::Field& field : heaps.missing) {
    add(found, fmt::format("the table of {} is not there", fields::to_string(field)),
        "Register the fields anew: pcx key fields --save.");
  }
  for (const Heap& heap : heaps.heaps) {
    look_at_kind(heap, found);
    if (heap.kind != HeapKind::table) continue;
    look_at_rights(heap, found);
    look_at_key(heap, found);
    look_at_triggers(heap, triggers, found);
    look_at_trail(heap, found);
    look_at_trail_triggers(heap, triggers, found);
    for (std::size_t cell = 0; cell < heap.columns.size(); ++cell) {
      look_at_column(heap, cell, found);
    }
  }
  return found;
}

std::vector<Heap> rotatable(const Heaps& heaps) {
  std::vector<Heap> ready;
  for (const Heap& heap : heaps.heaps) {
    if (heap.kind == HeapKind::table) ready.push_back(heap);
  }
  return ready;
}

}  // namespace pcx::rotate
