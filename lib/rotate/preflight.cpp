#include "rotate/preflight.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"

namespace pcx::rotate {

namespace {

using Obstacles = std::vector<Obstacle>;

void add(Obstacles& found, std::string message, std::string hint) {
  found.push_back({true, std::move(message), std::move(hint)});
}

void tell(Obstacles& found, std::string message, std::string hint) {
  found.push_back({false, std::move(message), std::move(hint)});
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
  if (column.is_indexed) {
    tell(
        found, fmt::format("{} is indexed", name),
        "Each row gets a new entry in every index. An index of ciphertext finds nothing: drop it.");
  }
}

void look_at_triggers(const Heap& heap, Triggers triggers, Obstacles& found) {
  if (heap.triggers.empty() || triggers != Triggers::refuse) return;
  add(found,
      fmt::format("{} has triggers that fire for an UPDATE: {}", heap.name(),
                  join(heap.triggers, ", ")),
      "Decide with --triggers fire (they run for each row) or --triggers skip.");
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
