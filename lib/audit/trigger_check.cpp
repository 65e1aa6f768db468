#include "audit/trigger_check.h"

#include <algorithm>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "audit/census.h"
#include "audit/notes.h"
#include "audit/shipped_functions.h"
#include "audit/sql.h"
#include "core/error.h"
#include "core/time.h"

namespace pcx::audit {

namespace {

const std::vector<std::string> kKinds = {"census", "install", "uninstall", "pause", "resume",
                                         "epoch",  "ddl",     "drop",      "retain"};

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

bool names_event_trigger(const TrailNote& note, const std::string& name) {
  const Document* const names = note.details.find("event_triggers");
  return names != nullptr && names->is_array() &&
         std::ranges::any_of(names->items(), [&](const Document& item) {
           return item.text() != nullptr && *item.text() == name;
         });
}

// "2019-01" is in "pcx.ledger_201901".
bool is_of_month(const CensusItem& item, std::string month) {
  std::erase(month, '-');
  return month.size() == 6 &&
         (item.name.ends_with("_" + month) || item.relation.ends_with("_" + month));
}

bool explains(const TrailNote& note, const CensusItem& item) {
  if (note.kind == "ddl" || note.kind == "drop") {
    return concerns(without_quotes(text_at(note.details, "object")), item);
  }
  if (note.kind == "retain") return is_of_month(item, text_at(note.details, "month"));
  if (note.kind == "epoch") return item.name.starts_with("pcx.audit_segment(");
  if (note.kind == "census") return false;
  if (item.kind == "event trigger") return names_event_trigger(note, item.name);
  return item.kind == "trigger" &&
         without_quotes(text_at(note.details, "relation")) == without_quotes(item.relation);
}

class Check {
 public:
  Check(db::Transaction& tx, const TriggerScope& scope, const std::vector<TrailNote>& notes,
        TriggerCheck& result)
      : tx_(tx), scope_(scope), notes_(notes), live_(read_census(tx)), result_(result) {}

  void run() {
    for (const TrailNote& note : notes_) {
      if (note.kind == "census") take(note);
    }
    if (scope_.is_restored || !has_census_ || epoch_ != scope_.newest_epoch) return;
    taken_at_.reset();
    const std::size_t before = result_.findings.size();
    compare_with(live_, kNoLimit, scope_.newest_size);
    if (result_.findings.size() == before) report_states();
  }

 private:
  static constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

  void take(const TrailNote& note) {
    if (note.epoch != epoch_) {
      epoch_ = note.epoch;
      census_.clear();
      has_census_ = false;
    }
    Census after = census_;
    CensusSpan span;
    try {
      span = apply_census_note(after, note.details);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::data) throw;
      return report(Attack::ledger_altered, size_before(note.position),
                    fmt::format("the census {} is none", to_string(note.position)));
    }
    const std::uint64_t size = size_before(note.position);
    taken_at_ = note.at;
    if (has_census_) {
      compare_with(after, span.xmax, size);
    } else {
      report_bypasses(after, size);
    }
    census_ = std::move(after);
    since_ = span.xmin;
    has_census_ = true;
  }

  std::uint64_t size_before(const Position& position) {
    const db::Result rows = tx_.query(
        sql::find_sealing_batch, {position.segment, std::to_string(position.xid), position.seq});
    if (rows.empty()) return 0;
    return static_cast<std::uint64_t>(rows.one()["first_size"].as<std::int64_t>());
  }

  void compare_with(const Census& after, std::uint64_t until, std::uint64_t size) {
    until_ = until;
    report_bypasses(after, size);
    const CensusChange change = compare(census_, after);
    for (const auto& [before, now] : change.changed) {
      if (before.is_bypass()) continue;
      if (before.kind == "function" && before.name == now.name) {
        compare_function(before, now, size);
        continue;
      }
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
      if (gone.is_bypass()) continue;
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

  // CREATE OR REPLACE writes anew what the function depends on, too. GRANT and REVOKE write its row
  // alone, and leave no note; so does whoever changes pg_proc by hand, and back.
  void compare_function(const CensusItem& before, const CensusItem& now, std::uint64_t size) {
    if (before.digest == now.digest) {
      if (before.state == now.state) {
        if (before.version != now.version) doubt(before);
        return;
      }
      if (!is_explained(before)) return suspect(before, size, "was made anew");
      return warn(before.label() + " was changed, and is as before");
    }
    const auto live = live_.find({now.kind, now.oid});
    const bool is_live = !scope_.is_restored && epoch_ == scope_.newest_epoch;
    const bool is_ours = !is_live || (live != live_.end() && live->second.digest == now.digest);
    if (is_ours) return suspect(before, size, "was changed");
    report(Attack::function_replaced, size, before.label() + " was another one for a while");
  }

  void report_bypasses(const Census& census, std::uint64_t size) {
    for (const auto& [key, item] : census) {
      if (!item.is_bypass() || !bypasses_.insert({item.label(), item.oid}).second) continue;
      report(Attack::capture_bypassed, size, item.label() + " may keep rows from the trail",
             item.state == "warning" ? Finding::warning : Finding::critical);
    }
  }

  void report_states() {
    for (const auto& [key, item] : live_) {
      const bool is_trigger = item.kind == "trigger" || item.kind == "event trigger";
      const std::string relation = without_quotes(item.relation);
      const bool is_known = std::ranges::any_of(
          result_.gaps, [&](const CaptureGap& gap) { return !gap.to && gap.relation == relation; });
      if (!is_trigger || is_known || item.state == "A") continue;
      warn(item.label() + " does not always fire, as the trail says");
    }
  }

  bool is_explained(const CensusItem& item) const {
    return std::ranges::any_of(notes_, [&](const TrailNote& note) {
      return note.epoch == epoch_ && note.position.segment == 2 * epoch_ + 1 &&
             note.position.xid >= since_ && note.position.xid < until_ && explains(note, item);
    });
  }

  void suspect(const CensusItem& item, std::uint64_t size, const char* what) {
    if (is_explained(item)) return;
    const bool is_partition =
        item.kind == "partition" || result_.replaced_partitions.contains(item.relation);
    report(is_partition              ? Attack::partition_restored
           : item.kind == "function" ? Attack::function_replaced
                                     : Attack::trigger_disabled,
           size, fmt::format("{} {}, and no note in the trail says why", item.label(), what));
  }

  void report(Attack attack, std::uint64_t size, std::string what,
              Finding severity = Finding::critical) {
    result_.findings.push_back({.attack = attack,
                                .severity = severity,
                                .epoch = epoch_,
                                .index = size,
                                .is_exact = false,
                                .what = std::move(what)});
  }

  void doubt(const CensusItem& function) {
    result_.doubts.push_back(
        {epoch_, taken_at_,
         fmt::format(
             "the row of {} in pg_proc was written anew{}, and it is as before: by GRANT or "
             "REVOKE, or by hand",
             function.label(), taken_at_ ? " before " + to_rfc3339(*taken_at_) : "")});
  }

  void warn(std::string what) {
    result_.findings.push_back({.attack = Attack::gap,
                                .severity = Finding::warning,
                                .epoch = epoch_,
                                .index = std::nullopt,
                                .what = std::move(what)});
  }

  db::Transaction& tx_;
  const TriggerScope& scope_;
  const std::vector<TrailNote>& notes_;
  Census live_;
  TriggerCheck& result_;
  std::int32_t epoch_ = 0;
  Census census_;
  bool has_census_ = false;
  std::optional<Time> taken_at_;  // the later one of what is compared; std::nullopt: now
  // Notes of transactions from `since_` on, and below `until_`, may be why two censuses differ.
  std::uint64_t since_ = 0;
  std::uint64_t until_ = 0;
  std::set<std::pair<std::string, std::int64_t>> bypasses_;  // that were reported
};

// Of tables that notes say are gone, those that have triggers of the trail, or that are older than
// triggers that they had: a table has a smaller OID than its triggers, and another one that has its
// name now a greater one. After a restore OIDs say nothing.
std::set<std::string> find_standing(db::Transaction& tx, const TriggerScope& scope,
                                    const std::vector<TrailNote>& notes) {
  const auto names = tables_said_gone(notes);
  if (names.empty()) return {};
  std::map<std::string, std::int64_t> triggers;  // the newest one that a census saw
  for (const TrailNote& note : notes) {
    const Document* const now = note.details.find("now");
    const bool is_here = !scope.is_restored && note.epoch == scope.newest_epoch;
    if (!is_here || note.kind != "census" || now == nullptr || !now->is_array()) continue;
    for (const Document& item : now->items()) {
      if (text_at(item, "kind") != "trigger") continue;
      std::int64_t& oid = triggers[without_quotes(text_at(item, "relation"))];
      oid = std::max(oid, number_at(item, "oid"));
    }
  }
  std::set<std::string> standing;
  const db::Result rows =
      tx.query(sql::find_standing, {std::vector<std::string>{names.begin(), names.end()}});
  for (const db::Row row : rows) {
    auto relation = row["relation"].as<std::string>();
    const auto newest = triggers.find(relation);
    const bool is_old = newest != triggers.end() && row["oid"].as<std::int64_t>() < newest->second;
    if (is_old || row["is_audited"].as<bool>()) standing.insert(std::move(relation));
  }
  return standing;
}

// What the database runs now, against what this binary would have made.
void check_functions(db::Transaction& tx, const TriggerScope& scope, TriggerCheck& result) {
  for (const std::string& name : find_replaced_functions(tx)) {
    result.findings.push_back(
        {.attack = Attack::function_replaced,
         .severity = Finding::critical,
         .epoch = scope.newest_epoch,
         .index = scope.newest_size,
         .is_exact = false,
         .what = fmt::format("function pcx.{} is not what this pcx makes", name)});
  }
}

}  // namespace

TriggerCheck check_triggers(db::Transaction& tx, const TriggerScope& scope) {
  TriggerCheck result;
  const auto notes = read_notes(tx, kKinds);
  result.gaps = find_gaps(notes, find_standing(tx, scope, notes));
  Check{tx, scope, notes, result}.run();
  check_functions(tx, scope, result);
  return result;
}

}  // namespace pcx::audit
