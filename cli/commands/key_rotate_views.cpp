#include "cli/commands/key_rotate_views.h"

#include <fmt/format.h>

#include "core/text.h"

namespace pcx::cli {

namespace {

// "1:02:03" or "2:03".
std::string clock_text(std::chrono::seconds duration) {
  const std::chrono::hh_mm_ss parts{duration};
  if (parts.hours().count() == 0) {
    return fmt::format("{}:{:02}", parts.minutes().count(), parts.seconds().count());
  }
  return fmt::format("{}:{:02}:{:02}", parts.hours().count(), parts.minutes().count(),
                     parts.seconds().count());
}

std::vector<std::string> places_left(const rotate::RotationReport& report) {
  std::vector<std::string> places;
  for (const auto& field : report.fields) {
    if (field.left > 0) places.push_back(fmt::format("{} in {}", field.left, field.field));
  }
  return places;
}

std::string summary_of(const rotate::RotationReport& report, const rotate::Rotation& rotation) {
  if (report.is_complete()) {
    return fmt::format("Done: every value is under key {}. {} written.{}", rotation.target_key,
                       counted(report.progress.rows_written + report.swept_rows, "row"),
                       rotation.mode == rotate::Mode::offline
                           ? " Prove it before the application starts: pcx key verify --full"
                           : "");
  }
  const auto places = places_left(report);
  if (places.empty()) {
    return fmt::format(
        "Another process ended the rotation to key {} with values left, and they are not there any "
        "more: run it again.",
        rotation.target_key);
  }
  return fmt::format(
      "Values are left that are not under key {}: {}. The table "
      "pcx.quarantine says which and why: mend them, then run it again.",
      rotation.target_key, join(places, ", "));
}

}  // namespace

void show_progress(Progress& progress, Eta& eta, const rotate::RotationProgress& now,
                   std::chrono::nanoseconds elapsed) {
  const auto left = eta.add(elapsed, now.blocks_done, now.blocks);
  const std::string what =
      left ? fmt::format("{} left", clock_text(*left)) : std::string{"time left unknown"};
  progress.update("rotating", what, now.blocks_done, now.blocks, "page");
}

Outcome show_rotation_plan(db::Database& database, const std::vector<rotate::Heap>& heaps,
                           const std::vector<rotate::Obstacle>& obstacles,
                           const fields::Registry& registry, const rotate::Rotation& wanted) {
  View view{.columns = {{"table", "TABLE"},
                        {"field", "FIELD"},
                        {"values_to_rotate", "TO ROTATE"},
                        {"values_done", "DONE"},
                        {"note", "NOTE"}},
            .rows = {},
            .summary = {}};
  std::int64_t total = 0;
  for (const auto& heap : heaps) {
    for (const auto& census : rotate::take_census(database, heap.target)) {
      const std::int64_t due = rotate::others_than(census, wanted.target_key);
      std::int64_t all = 0;
      for (const auto& count : census.counts) {
        const bool is_nothing =
            count.look == rotate::Look::null || count.look == rotate::Look::empty;
        if (!is_nothing) all += count.values;
      }
      total += due;
      view.rows.push_back(
          {heap.name(), to_string(heap.target.cells[census.cell].field), due, all - due, Cell{}});
    }
  }
  bool is_blocked = false;
  for (const auto& obstacle : obstacles) {
    is_blocked = is_blocked || obstacle.is_fatal;
    view.rows.push_back({Cell{}, Cell{}, Cell{}, Cell{}, obstacle.message + ". " + obstacle.hint});
  }
  for (const std::string& difference : registry.differences) {
    view.rows.push_back({Cell{}, Cell{}, Cell{}, Cell{}, difference});
  }
  view.summary = fmt::format("{} to look at for key {}, by the {}.{}", counted(total, "value"),
                             wanted.target_key, to_string(registry.origin),
                             is_blocked ? " Something is in the way." : "");
  return {std::move(view), total > 0 || is_blocked ? Finding::warning : Finding::ok};
}

Outcome show_rotation(const rotate::RotationReport& report, const rotate::Rotation& rotation) {
  View view{.columns = {{"table", "TABLE"},
                        {"field", "FIELD"},
                        {"values", "VALUES"},
                        {"left", "LEFT"},
                        {"fenced", "FENCED"},
                        {"note", "NOTE"}},
            .rows = {},
            .summary = summary_of(report, rotation)};
  for (const auto& field : report.fields) {
    view.rows.push_back({field.heap, field.field, field.values, field.left, field.is_fenced,
                         field.why_no_fence.empty() ? Cell{} : Cell{field.why_no_fence}});
  }
  return {std::move(view), report.is_complete() ? Finding::ok : Finding::warning};
}

Outcome show_paused(const rotate::Rotation& rotation, bool is_paused) {
  return {View{.columns = {{"rotation", "ROTATION"}, {"key", "KEY"}, {"paused", "PAUSED"}},
               .rows = {{rotation.id, std::int64_t{rotation.target_key}, is_paused}},
               .summary = is_paused ? "Its workers wait from their next look on, within a second."
                                    : "Its workers go on; none is started by this."}};
}

Document details_of(const rotate::RotationReport& report) {
  Document details = Document::object();
  details.set("rows_written", report.progress.rows_written + report.swept_rows);
  details.set("seals", report.seals());
  details.set("sweeps", report.sweeps);
  details.set("unopened", report.unopened);
  Document fields = Document::array();
  for (const auto& field : report.fields) {
    Document entry = Document::object();
    entry.set("table", field.heap);
    entry.set("field", field.field);
    entry.set("values", field.values);
    entry.set("left", field.left);
    entry.set("fenced", field.is_fenced);
    fields.add(std::move(entry));
  }
  details.set("fields", std::move(fields));
  return details;
}

}  // namespace pcx::cli
