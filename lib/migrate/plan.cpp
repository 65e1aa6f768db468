#include "migrate/plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "db/shown_log.h"

namespace pcx::migrate {

namespace {

// To resolve what is unfinished would throw away what is known of it.
Error hidden(const Entry& entry) {
  return Error{
      ErrorCode::critical,
      fmt::format("migration {} did not finish (Prisma's P3009), and whether pcx began it in "
                  "steps this role cannot see (tables pcx.migration_run and "
                  "pcx.migration_step)",
                  entry.name),
      "Look at pcx migrate status as a role that may read schema pcx. Where it says "
      "unfinished, pcx migrate up goes on with it as that role; pcx migrate resolve is only "
      "for what it calls failed."};
}

Error unresolved(const Entry& entry) {
  return Error{
      ErrorCode::critical,
      fmt::format("migration {} was started and did not finish (Prisma's P3009)", entry.name),
      fmt::format("Look at what it left in the database. Then either undo that and run: pcx "
                  "migrate resolve --rolled-back {0}, or finish it by hand and run: pcx "
                  "migrate resolve --applied {0}",
                  entry.name)};
}

void refuse_failed(const std::vector<Entry>& entries) {
  const auto failed = std::find_if(entries.begin(), entries.end(),
                                   [](const Entry& entry) { return entry.state == State::failed; });
  if (failed == entries.end()) return;
  Error error = failed->hides_steps ? hidden(*failed) : unresolved(*failed);
  if (failed->row && failed->row->logs) error.with_detail(db::shown_log(*failed->row->logs));
  throw error.because("failed");
}

void refuse_unfinished(const std::vector<Entry>& entries) {
  const auto begun = std::find_if(entries.begin(), entries.end(), [](const Entry& entry) {
    return entry.state == State::unfinished;
  });
  if (begun == entries.end()) return;
  throw Error{ErrorCode::conflict,
              fmt::format("migration {} was begun and is not finished", begun->name),
              "To go on with it run: pcx migrate up"}
      .because("unfinished");
}

[[noreturn]] void refuse_state(const Entry& entry) {
  switch (entry.state) {
    case State::edited:
      throw Error{ErrorCode::conflict,
                  fmt::format("migration {} changed after it was applied", entry.name),
                  "Undo the edit and write a new migration instead, or accept it with "
                  "--allow-edited."}
          .at({entry.file->up.file.native()})
          .because("edited");
    case State::missing:
      throw Error{
          ErrorCode::conflict,
          fmt::format("migration {} was applied, and the folder does not have it", entry.name),
          "Restore it from version control, or accept it with --allow-missing."}
          .because("missing");
    default:
      throw Error{ErrorCode::conflict,
                  fmt::format("migration {} is older than the newest applied one", entry.name),
                  "Give it a newer timestamp, or apply it late with --allow-out-of-order."}
          .at({entry.file->up.file.native()})
          .because("out_of_order");
  }
}

bool is_allowed(State state, const Allowed& allowed) {
  switch (state) {
    case State::edited: return allowed.edited;
    case State::missing: return allowed.missing;
    case State::out_of_order: return allowed.out_of_order;
    default: return true;
  }
}

bool is_to_apply(const Entry& entry) {
  return entry.state == State::pending || entry.state == State::out_of_order ||
         entry.state == State::unfinished;
}

// True when `name` is `wanted`, or starts with it as its version ("20260101" of "20260101_init").
bool means(const std::string& name, const std::string& wanted) {
  if (name == wanted) return true;
  return name.starts_with(wanted) && name.size() > wanted.size() && name[wanted.size()] == '_';
}

std::size_t index_of(const std::vector<Entry>& entries, const std::string& name) {
  return static_cast<std::size_t>(&find_entry(entries, name) - entries.data());
}

// Whoever edits a migration edits its down script with it; what was applied is not undone by that.
void refuse_edited_down(const Entry& entry) {
  throw Error{ErrorCode::conflict,
              fmt::format("migration {} changed after it was applied, and its down script may not "
                          "fit what was applied",
                          entry.name),
              "Restore the files from version control, or accept them with --allow-edited."}
      .at({entry.file->up.file.native()})
      .because("edited");
}

DownStep to_down_step(const Entry& entry, const Allowed& allowed) {
  if (entry.file == nullptr) {
    throw Error{ErrorCode::conflict,
                fmt::format("migration {} cannot be reverted: its file is gone", entry.name),
                "Restore it from version control."}
        .because("missing");
  }
  if (!entry.file->down) {
    throw Error{ErrorCode::conflict, fmt::format("migration {} has no down script", entry.name),
                "Write its down.sql, or go forward with a new migration."}
        .at({entry.file->up.file.native()})
        .because("no_down");
  }
  const bool is_edited = entry.state == State::edited;
  if (is_edited && !allowed.edited) refuse_edited_down(entry);
  std::vector<std::string> row_ids = {entry.row->id};
  for (const auto& row : entry.other_rows) row_ids.push_back(row.id);
  return {entry.file, std::move(row_ids), is_edited};
}

}  // namespace

const std::string* find_name(const std::vector<std::string>& names, const std::string& wanted) {
  const std::string* found = nullptr;
  for (const auto& name : names) {
    if (name == wanted) return &name;
    if (!means(name, wanted)) continue;
    if (found != nullptr && *found != name) {
      throw Error{ErrorCode::usage, fmt::format("{} means both {} and {}", wanted, *found, name),
                  "Give the whole name."};
    }
    found = &name;
  }
  return found;
}

const Entry& find_entry(const std::vector<Entry>& entries, const std::string& name,
                        std::string_view prisma_code) {
  std::vector<std::string> names;
  for (const auto& entry : entries) names.push_back(entry.name);
  if (const auto* found = find_name(names, name))
    return entries[static_cast<std::size_t>(found - names.data())];
  const auto suggestion = nearest(name, names);
  const std::string known_as =
      prisma_code.empty() ? "" : fmt::format(" (Prisma's {})", prisma_code);
  throw Error{
      ErrorCode::not_found,
      fmt::format("no migration is called {}{}", escape_controls(name), known_as),
      suggestion ? fmt::format("Did you mean {}?", *suggestion) : "pcx migrate status lists them."};
}

UpPlan plan_up(const std::vector<Entry>& entries, const Extent& extent, const Allowed& allowed) {
  refuse_failed(entries);
  const std::size_t end = extent.to ? index_of(entries, *extent.to) + 1 : entries.size();
  for (const auto& entry : entries) {
    if (!is_allowed(entry.state, allowed)) refuse_state(entry);
  }
  UpPlan plan;
  for (std::size_t i = 0; i < end; ++i) {
    const bool full = extent.steps && plan.steps.size() >= static_cast<std::size_t>(*extent.steps);
    if (full) break;
    if (!is_to_apply(entries[i])) continue;
    plan.steps.push_back(entries[i].file);
    if (entries[i].state != State::unfinished) continue;
    plan.unfinished.emplace(entries[i].name, Unfinished{entries[i].row->id, entries[i].steps});
  }
  return plan;
}

DownPlan plan_down(const std::vector<Entry>& entries, const Extent& extent,
                   const Allowed& allowed) {
  refuse_failed(entries);
  refuse_unfinished(entries);
  const std::size_t begin = extent.to ? index_of(entries, *extent.to) + 1 : 0;
  const auto limit = extent.steps.value_or(extent.to ? INT64_MAX : 1);
  DownPlan plan;
  for (std::size_t i = entries.size(); i > begin; --i) {
    if (static_cast<std::int64_t>(plan.steps.size()) >= limit) break;
    if (entries[i - 1].row) plan.steps.push_back(to_down_step(entries[i - 1], allowed));
  }
  return plan;
}

UpPlan plan_baseline(const std::vector<Entry>& entries, const std::string& to) {
  refuse_failed(entries);
  refuse_unfinished(entries);
  const std::size_t end = index_of(entries, to) + 1;
  UpPlan plan;
  for (std::size_t i = 0; i < end; ++i) {
    if (is_to_apply(entries[i])) plan.steps.push_back(entries[i].file);
  }
  if (plan.steps.empty()) {
    throw Error{ErrorCode::conflict,
                fmt::format("every migration up to {} is already recorded as applied (Prisma's "
                            "P3008)",
                            entries[end - 1].name),
                "There is nothing to record. Apply what is newer with: pcx migrate up"}
        .because("already_applied");
  }
  return plan;
}

}  // namespace pcx::migrate
