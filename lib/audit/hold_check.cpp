#include "audit/hold_check.h"

#include <map>
#include <set>

#include <fmt/format.h>

#include "audit/hold.h"
#include "audit/notes.h"
#include "core/time.h"

namespace pcx::audit {

namespace {

std::string text_of(const std::optional<Time>& time) { return time ? to_rfc3339_us(*time) : ""; }

bool is_as_placed(const Hold& hold, const Document& details) {
  const HoldFilter& filter = hold.filter;
  return hold.reason == text_at(details, "reason") && hold.placed_by == text_at(details, "by") &&
         filter.tenant.value_or("") == text_at(details, "tenant") &&
         filter.relation.value_or("") == text_at(details, "relation") &&
         filter.row.value_or("") == text_at(details, "row") &&
         filter.actor.value_or("") == text_at(details, "actor") &&
         text_of(filter.since) == text_at(details, "since") &&
         text_of(filter.until) == text_at(details, "until");
}

class Check {
 public:
  explicit Check(db::Transaction& tx) {
    for (Hold& hold : read_holds(tx, Which::all)) holds_.emplace(hold.id, std::move(hold));
    for (TrailNote& note : read_notes(tx, {"hold", "release"})) {
      const std::int64_t id = number_at(note.details, "id");
      if (note.kind == "release") {
        released_.insert(id);
      } else {
        placed_.emplace(id, std::move(note));
      }
    }
  }

  std::vector<TrailFinding> run() {
    for (const auto& [id, note] : placed_) compare(id, note);
    for (const auto& [id, hold] : holds_) {
      if (!placed_.contains(id))
        report(Attack::row_inserted, 0, id, "was placed without a note in the trail");
    }
    return std::move(findings_);
  }

 private:
  void compare(std::int64_t id, const TrailNote& note) {
    const auto hold = holds_.find(id);
    if (hold == holds_.end()) {
      report(Attack::row_deleted, note.epoch, id, "is gone");
    } else if (!is_as_placed(hold->second, note.details)) {
      report(Attack::row_altered, note.epoch, id, "is not what was placed");
    } else if (hold->second.released_at.has_value() != released_.contains(id)) {
      report(Attack::row_altered, note.epoch, id,
             released_.contains(id) ? "was released, and is in force again"
                                    : "was released, and no note in the trail says so");
    }
  }

  void report(Attack attack, std::int32_t epoch, std::int64_t id, const char* what) {
    findings_.push_back({.attack = attack,
                         .severity = Finding::critical,
                         .epoch = epoch,
                         .index = std::nullopt,
                         .what = fmt::format("legal hold {} {}", id, what)});
  }

  std::map<std::int64_t, Hold> holds_;
  std::map<std::int64_t, TrailNote> placed_;
  std::set<std::int64_t> released_;
  std::vector<TrailFinding> findings_;
};

}  // namespace

std::vector<TrailFinding> check_holds(db::Transaction& tx) { return Check{tx}.run(); }

}  // namespace pcx::audit
