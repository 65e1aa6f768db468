#include "audit/capture_gaps.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "core/time.h"

namespace pcx::audit {

namespace {

struct Capture {
  std::set<std::string> triggers;  // that it had at some time
  bool is_off = false;
  bool was_off = false;      // in this transaction
  bool was_dropped = false;  // its triggers were, in this transaction, and none was made since
  std::string why;           // that it went off in this transaction
  std::optional<CaptureGap> gap;
};

// That there is no table of that name any more: it was dropped, or goes on under another one.
bool says_gone(const TrailNote& note) {
  if (note.kind == "drop") return text_at(note.details, "type") == "table";
  return note.kind == "uninstall" &&
         (note.details.find("gone") != nullptr || note.details.find("renamed_to") != nullptr);
}

std::string relation_of(const TrailNote& note) {
  return note.kind == "ddl" || note.kind == "drop"
             ? relation_in(text_at(note.details, "object"))
             : without_quotes(text_at(note.details, "relation"));
}

// That there is a table of that name, which has the trail's triggers, or had them.
bool says_there(const TrailNote& note) {
  if (note.kind == "drop" || note.kind == "census" || says_gone(note)) return false;
  if (note.kind != "ddl") return true;
  const Document* const now = note.details.find("triggers");
  return now != nullptr && now->is_object() && !now->members().empty();
}

class Reading {
 public:
  Reading(const std::vector<TrailNote>& notes, const std::set<std::string>& standing)
      : standing_(standing) {
    for (const TrailNote& note : notes) {
      if (says_there(note)) last_there_[relation_of(note)] = &note;
    }
  }

  // REQUIRES: one of the notes that were given, in their order
  void take(const TrailNote& note) {
    const bool is_same = last_ && last_->position.xid == note.position.xid &&
                         last_->position.segment == note.position.segment;
    if (!is_same) end_transaction();
    last_ = &note;
    if (note.kind == "ddl") return take_ddl(note);
    if (note.kind == "drop") return take_drop(note);
    const std::string relation = without_quotes(text_at(note.details, "relation"));
    if (relation.empty()) return;
    Capture& capture = touch(relation);
    if (note.kind == "pause") {
      switch_off(capture, {});
      capture.why = "paused, " + text_at(note.details, "reason");
    } else if (says_gone(note) && is_gone(note, relation)) {
      capture.triggers.clear();
      capture.is_off = false;
    } else if (note.kind == "uninstall") {
      capture.triggers.clear();
      switch_off(capture, {});
      capture.why = "uninstalled";
    } else if (note.kind == "install" || note.kind == "resume") {
      capture.is_off = false;
    }
  }

  std::vector<CaptureGap> finish() {
    end_transaction();
    for (auto& [relation, capture] : captures_) {
      if (capture.gap) gaps_.push_back(std::move(*capture.gap));
    }
    return std::move(gaps_);
  }

 private:
  Capture& touch(const std::string& relation) {
    touched_.insert(relation);
    return captures_[relation];
  }

  // Anybody can write a note that says so. What is there now, and later notes, must not differ.
  bool is_gone(const TrailNote& note, const std::string& relation) const {
    const auto there = last_there_.find(relation);
    return !standing_.contains(relation) && (there == last_there_.end() || there->second < &note);
  }

  static void switch_off(Capture& capture, std::string why) {
    capture.is_off = true;
    if (capture.why.empty()) capture.why = std::move(why);
  }

  void take_ddl(const TrailNote& note) {
    const Document* const now = note.details.find("triggers");
    const std::string relation = relation_in(text_at(note.details, "object"));
    if (now == nullptr || !now->is_object()) return;
    if (now->members().empty() && !captures_.contains(relation)) return;
    Capture& capture = touch(relation);
    for (const auto& [name, state] : now->members()) capture.triggers.insert(name);
    if (!now->members().empty() && capture.was_dropped) {
      capture.was_off = true;
      capture.was_dropped = false;
    }
    const bool is_on = std::ranges::all_of(
        capture.triggers, [&](const std::string& name) { return text_at(*now, name) == "A"; });
    capture.was_off = capture.was_off || std::ranges::any_of(now->members(), [&](const auto& each) {
                        const std::string state = text_at(*now, each.first);
                        return state == "D" || state == "R";
                      });
    if (is_on) {
      capture.is_off = capture.is_off && capture.triggers.empty();
    } else {
      switch_off(capture, text_at(note.details, "tag"));
    }
  }

  void take_drop(const TrailNote& note) {
    const std::string object = text_at(note.details, "object");
    const std::string relation = relation_in(object);
    const std::string type = text_at(note.details, "type");
    if (type == "table") {
      if (!captures_.contains(relation)) return;
      Capture& capture = touch(relation);
      if (is_gone(note, relation)) {
        dropped_.insert(relation);
      } else {
        switch_off(capture, "DROP TABLE");
      }
    } else if (type == "trigger") {
      Capture& capture = touch(relation);
      capture.triggers.insert(without_quotes(object.substr(0, object.find(" on "))));
      capture.was_dropped = true;
      switch_off(capture, "DROP TRIGGER");
    }
  }

  void end_transaction_of(const std::string& relation, Capture& capture) {
    // There is nothing to capture any more.
    if (dropped_.contains(relation)) capture.is_off = capture.was_dropped = false;
    const bool was_off = capture.was_off || capture.was_dropped;
    if ((capture.is_off || was_off) && !capture.gap) {
      capture.gap = CaptureGap{.epoch = last_->epoch,
                               .relation = relation,
                               .from = last_->at,
                               .to = {},
                               .by = last_->by,
                               .why = capture.why};
    }
    if (!capture.is_off && capture.gap) {
      capture.gap->to = last_->at;
      gaps_.push_back(std::move(*capture.gap));
      capture.gap.reset();
    }
    capture.was_off = capture.was_dropped = false;
    capture.why.clear();
  }

  void end_transaction() {
    for (const std::string& relation : touched_) {
      end_transaction_of(relation, captures_[relation]);
    }
    touched_.clear();
    dropped_.clear();
  }

  const std::set<std::string>& standing_;
  std::map<std::string, const TrailNote*> last_there_;  // by relation
  std::map<std::string, Capture> captures_;
  std::set<std::string> touched_;  // in this transaction
  std::set<std::string> dropped_;
  const TrailNote* last_ = nullptr;
  std::vector<CaptureGap> gaps_;
};

}  // namespace

std::string without_quotes(std::string text) {
  std::erase(text, '"');
  return text;
}

std::string relation_in(const std::string& object) {
  const auto on = object.find(" on ");
  return without_quotes(on == std::string::npos ? object : object.substr(on + 4));
}

std::string CaptureGap::text() const {
  return fmt::format("the trail's triggers of {} were off from {} {} ({}, by {})", relation,
                     to_rfc3339(from), to ? "to " + to_rfc3339(*to) : "on", why, by);
}

std::set<std::string> tables_said_gone(const std::vector<TrailNote>& notes) {
  std::set<std::string> relations;
  for (const TrailNote& note : notes) {
    if (says_gone(note)) relations.insert(relation_of(note));
  }
  return relations;
}

std::vector<CaptureGap> find_gaps(const std::vector<TrailNote>& notes,
                                  const std::set<std::string>& standing) {
  Reading reading{notes, standing};
  for (const TrailNote& note : notes) reading.take(note);
  return reading.finish();
}

}  // namespace pcx::audit
