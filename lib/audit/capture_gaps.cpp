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
  bool was_off = false;  // in this transaction
  std::string why;       // that it went off in this transaction
  std::optional<CaptureGap> gap;
};

// There is no table of that name any more: it was dropped, or goes on under another one.
bool is_over(const TrailNote& note) {
  return note.details.find("gone") != nullptr || note.details.find("renamed_to") != nullptr;
}

class Reading {
 public:
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
    } else if (note.kind == "uninstall" && is_over(note)) {
      capture.triggers.clear();
      capture.is_off = capture.was_off = false;
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
      if (captures_.contains(relation)) touch(relation);
      dropped_.insert(relation);
    } else if (type == "trigger") {
      Capture& capture = touch(relation);
      capture.triggers.insert(without_quotes(object.substr(0, object.find(" on "))));
      capture.was_off = true;
      switch_off(capture, "DROP TRIGGER");
    }
  }

  void end_transaction_of(const std::string& relation, Capture& capture) {
    // There is nothing to capture any more.
    if (dropped_.contains(relation)) capture.is_off = capture.was_off = false;
    if ((capture.is_off || capture.was_off) && !capture.gap) {
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
    capture.was_off = false;
    capture.why.clear();
  }

  void end_transaction() {
    for (const std::string& relation : touched_) {
      end_transaction_of(relation, captures_[relation]);
    }
    touched_.clear();
    dropped_.clear();
  }

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

std::vector<CaptureGap> find_gaps(const std::vector<TrailNote>& notes) {
  Reading reading;
  for (const TrailNote& note : notes) reading.take(note);
  return reading.finish();
}

}  // namespace pcx::audit
