#include "audit/trigger_check.h"

#include <algorithm>

#include <fmt/format.h>

#include "audit/census.h"
#include "audit/notes.h"
#include "audit/sql.h"

namespace pcx::audit {

namespace {

const std::vector<std::string> kKinds = {"census", "install", "uninstall", "pause", "resume",
                                         "epoch",  "ddl",     "drop",      "retain"};

std::string without_quotes(std::string text) {
  std::erase(text, '"');
  return text;
}

// Whether DDL on `object` (an identity as event triggers name it) may have changed the item. What
// is done to a partitioned table is done to its partitions, too.
bool concerns(const std::string& object, const CensusItem& item) {
  const std::string name = without_quotes(item.name);
  const std::string relation = without_quotes(item.relation);
  const bool is_parent =
      (object == "pcx.change" || object == "pcx.ledger") && relation.starts_with(object + "_");
  if (item.kind == "trigger") {
    return object == relation || is_parent || object.ends_with(" on " + relation);
  }
  if (item.kind == "function") {
    return object.substr(0, object.find('(')) == name.substr(0, name.find('('));
  }
  return object == name || object == relation;
}

bool explains(const TrailNote& note, const CensusItem& item) {
  if (note.kind == "ddl" || note.kind == "drop")
    return concerns(without_quotes(text_at(note.details, "object")), item);
  if (note.kind == "retain") return item.kind == "partition" || item.relation.starts_with("pcx.");
  if (note.kind == "pause" || note.kind == "resume") {
    const std::string relation = without_quotes(text_at(note.details, "relation"));
    return item.kind == "trigger" &&
           (relation.empty() || relation == without_quotes(item.relation));
  }
  return note.kind != "census";
}

class Check {
 public:
  explicit Check(TriggerCheck& result) : result_(result) {}

  void take(db::Transaction& tx, const TrailNote& note) {
    if (note.epoch != epoch_) {
      epoch_ = note.epoch;
      census_.clear();
      since_.clear();
      has_census_ = false;
    }
    if (note.kind != "census") {
      since_.push_back(note);
      return;
    }
    Census after = census_;
    apply_census_note(after, note.details);
    if (has_census_) compare_with(after, size_before(tx, note.position));
    census_ = std::move(after);
    has_census_ = true;
    since_.clear();
  }

  void finish(const Census& live, std::int32_t newest_epoch, std::uint64_t newest_size) {
    if (!has_census_ || epoch_ != newest_epoch) return;
    const std::size_t before = result_.findings.size();
    compare_with(live, newest_size);
    if (result_.findings.size() > before) return;
    for (const auto& [key, item] : live) {
      if (item.kind == "partition" || item.kind == "function" || item.state == "A") continue;
      result_.findings.push_back(
          {.attack = Attack::gap,
           .severity = Finding::warning,
           .epoch = epoch_,
           .index = std::nullopt,
           .what = item.label() + " does not always fire, as the trail says"});
    }
  }

 private:
  static std::uint64_t size_before(db::Transaction& tx, const Position& position) {
    const db::Result rows = tx.query(
        sql::find_sealing_batch, {position.segment, std::to_string(position.xid), position.seq});
    if (rows.empty()) return 0;
    return static_cast<std::uint64_t>(rows.one()["first_size"].as<std::int64_t>());
  }

  void compare_with(const Census& after, std::uint64_t size) {
    const CensusChange change = compare(census_, after);
    for (const auto& [before, now] : change.changed) {
      if (before.kind == "partition") {
        if (!is_explained(before)) result_.replaced_partitions.insert(before.name);
        if (before.version == now.version) continue;  // a file of its own, as by VACUUM FULL
      }
      if (before.version == now.version && before.state == now.state &&
          before.digest == now.digest) {
        continue;  // its table was renamed
      }
      suspect(before, size, now.state == "D" ? "is disabled" : "was changed");
    }
    for (const CensusItem& gone : change.gone) {
      const bool is_back = std::ranges::any_of(change.added, [&](const CensusItem& added) {
        return added.kind == gone.kind && added.name == gone.name &&
               added.relation == gone.relation;
      });
      if (gone.kind == "partition" && !is_explained(gone)) {
        result_.replaced_partitions.insert(gone.name);
      }
      suspect(gone, size, is_back ? "was made anew" : "is gone");
    }
  }

  bool is_explained(const CensusItem& item) const {
    return std::ranges::any_of(since_, [&](const TrailNote& note) { return explains(note, item); });
  }

  void suspect(const CensusItem& item, std::uint64_t size, const char* what) {
    if (is_explained(item)) return;
    const bool is_partition =
        item.kind == "partition" || result_.replaced_partitions.contains(item.relation);
    result_.findings.push_back(
        {.attack = is_partition ? Attack::partition_restored : Attack::trigger_disabled,
         .severity = Finding::critical,
         .epoch = epoch_,
         .index = size,
         .is_exact = false,
         .what = fmt::format("{} {}, and no note in the trail says why", item.label(), what)});
  }

  TriggerCheck& result_;
  std::int32_t epoch_ = 0;
  Census census_;
  bool has_census_ = false;
  std::vector<TrailNote> since_;
};

}  // namespace

TriggerCheck check_triggers(db::Transaction& tx, std::int32_t newest_epoch,
                            std::uint64_t newest_size) {
  TriggerCheck result;
  Check check{result};
  for (const TrailNote& note : read_notes(tx, kKinds)) check.take(tx, note);
  check.finish(read_census(tx), newest_epoch, newest_size);
  return result;
}

}  // namespace pcx::audit
