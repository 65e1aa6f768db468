#include "migrate/state.h"

#include <algorithm>
#include <map>
#include <utility>

namespace pcx::migrate {

namespace {

// The rows of each name that count, the one that decides first: a failed one before an applied one,
// since it blocks everything.
std::map<std::string, std::vector<LedgerRow>> rows_that_count(const Ledger& ledger) {
  std::map<std::string, std::vector<LedgerRow>> counting;
  for (const auto& row : ledger.rows) {
    if (!row.counts()) continue;
    auto& rows = counting[row.name];
    rows.insert(row.is_failed() ? rows.begin() : rows.end(), row);
  }
  return counting;
}

State state_of(const Migration* file, const LedgerRow& row) {
  if (row.is_failed()) return State::failed;
  if (file == nullptr) return State::missing;
  return matches_checksum(*file, row.checksum) ? State::applied : State::edited;
}

Entry to_entry(const std::string& name, const Migration* file, std::vector<LedgerRow> rows) {
  Entry entry{name, state_of(file, rows.front()), file, std::move(rows.front())};
  rows.erase(rows.begin());
  entry.other_rows = std::move(rows);
  return entry;
}

// Puts names that only the ledger knows among the others, before the first that sorts after them.
void insert_sorted(std::vector<Entry>& entries, Entry entry, Layout layout) {
  const auto after = std::find_if(entries.begin(), entries.end(), [&](const Entry& other) {
    return sorts_before(layout, entry.name, other.name);
  });
  entries.insert(after, std::move(entry));
}

void find_out_of_order(std::vector<Entry>& entries) {
  bool newer_is_applied = false;
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (entry->state != State::pending) {
      newer_is_applied = true;
    } else if (newer_is_applied) {
      entry->state = State::out_of_order;
    }
  }
}

// A failed row of which pcx knows what is done; with its file, and no other failed row beside it.
void find_unfinished(std::vector<Entry>& entries, const StepRecords& records) {
  for (Entry& entry : entries) {
    if (entry.state != State::failed || entry.file == nullptr || !entry.row) continue;
    const auto known = records.find(entry.row->id);
    const bool others = std::any_of(entry.other_rows.begin(), entry.other_rows.end(),
                                    [](const LedgerRow& row) { return row.is_failed(); });
    if (known == records.end() || others) continue;
    entry.state = State::unfinished;
    entry.steps = known->second;
  }
}

}  // namespace

std::string to_string(State state) {
  switch (state) {
    case State::applied: return "applied";
    case State::pending: return "pending";
    case State::out_of_order: return "out_of_order";
    case State::edited: return "edited";
    case State::missing: return "missing";
    case State::failed: return "failed";
    case State::unfinished: return "unfinished";
  }
  return "pending";
}

std::vector<Entry> compare(const Folder& folder, const Ledger& ledger, const StepRecords& records) {
  auto counting = rows_that_count(ledger);
  std::vector<Entry> entries;
  entries.reserve(folder.migrations.size() + counting.size());
  for (const auto& file : folder.migrations) {
    const auto row = counting.find(file.name);
    if (row == counting.end()) {
      entries.push_back({file.name, State::pending, &file, std::nullopt});
    } else {
      entries.push_back(to_entry(file.name, &file, std::move(row->second)));
      counting.erase(row);
    }
  }
  for (auto& [name, rows] : counting) {
    insert_sorted(entries, to_entry(name, nullptr, std::move(rows)), folder.layout);
  }
  find_out_of_order(entries);
  find_unfinished(entries, records);
  return entries;
}

}  // namespace pcx::migrate
