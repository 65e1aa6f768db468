#include "alert/evaluation.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"

namespace pcx::alert {
namespace {

constexpr std::chrono::hours kPaceMax{24};  // of runs: longer is an outage

Event alert_event(const Alert& alert, std::string kind, std::string text, Time now,
                  Random& random) {
  return {.id = uuid_v4(random),
          .at = now,
          .kind = std::move(kind),
          .alert_id = alert.id(),
          .dedup_key = alert.dedup_key,
          .labels = alert.labels,
          .text = std::move(text),
          .by = {}};
}

Event queued_event(const Queued& queued, Time now, Random& random) {
  const Notification& notification = queued.notification;
  Event event{.id = uuid_v4(random),
              .at = now,
              .kind = "queued",
              .dedup_key = notification.dedup_key,
              .text = fmt::format("{} for {}: {}", to_string(notification.action), queued.receiver,
                                  notification.why)};
  if (!notification.members.empty()) {
    event.alert_id = notification.members.front().alert_id;
    event.labels = notification.members.front().labels;
  }
  return event;
}

// One evaluation under way.
class Pass {
 public:
  Pass(Memory& memory, const Setting& setting, const Series& inputs, Time now, Random& random)
      : memory_(memory), setting_(setting), inputs_(inputs), now_(now), random_(random) {
    // Runs that come less often than a rule asks for, and regularly, are no gaps.
    if (memory.last_run) {
      pace_ = std::min<std::chrono::milliseconds>(memory.last_run->pace, kPaceMax);
    }
    for (const Alert& alert : memory.alerts) before_[alert.rule].push_back(alert);
  }

  Evaluation run(const ZoneClock& zones) {
    for (const Rule& rule : setting_.rules) judge(rule);
    forget_alerts_without_rule();
    memory_.alerts = done_.alerts;
    std::ranges::move(remembered_, std::back_inserter(memory_.alerts));
    age();
    notify(zones);
    return std::move(done_);
  }

 private:
  void judge(const Rule& rule) {
    const Findings findings = look(rule, inputs_, now_);
    Rule paced = rule;
    paced.interval = std::max(rule.interval, pace_);
    take(rule,
         step(paced, before_[rule.id()], findings, now_, {.environment = setting_.environment}));
  }

  void take(const Rule& rule, Outcome outcome) {
    for (const Transition& each : outcome.transitions) {
      memory_.new_events.push_back(alert_event(each.alert, to_string(each.change),
                                               fmt::format("value {:g}", each.alert.value), now_,
                                               random_));
    }
    std::ranges::move(outcome.alerts, std::back_inserter(done_.alerts));
    std::ranges::move(outcome.remembered, std::back_inserter(remembered_));
    if (!outcome.failure.empty()) done_.failures.push_back({rule.id(), outcome.failure});
  }

  void forget_alerts_without_rule() {
    std::set<std::string> known;
    for (const Rule& rule : setting_.rules) known.insert(rule.id());
    for (const Alert& alert : memory_.alerts) {
      if (known.contains(alert.rule) || alert.phase == Phase::resolved) continue;
      memory_.new_events.push_back(
          alert_event(alert, "rule_gone", "its rule is gone", now_, random_));
    }
  }

  void age() {
    for (Silence& changed : age_silences(memory_.silences, memory_.alerts, now_)) {
      const auto found = std::ranges::find(memory_.silences, changed.id, &Silence::id);
      if (found == memory_.silences.end()) continue;
      const bool ends = changed.expired_at && !found->expired_at;
      *found = std::move(changed);
      if (ends) tell_of_end(*found);
    }
  }

  void tell_of_end(const Silence& silence) {
    memory_.new_events.push_back({.id = uuid_v4(random_),
                                  .at = now_,
                                  .kind = "silence_ended",
                                  .alert_id = {},
                                  .dedup_key = {},
                                  .labels = {},
                                  .text = fmt::format("{}: {}", silence.id, silence.expired_why),
                                  .by = silence.created_by});
  }

  void tell_of_unreadable_silences(const ZoneClock& zones) {
    for (const Silence& silence : memory_.silences) {
      if (silence.expired_at || has_known_zones(silence, zones)) continue;
      done_.failures.push_back({"silence " + silence.id, "its time zone is not known here", true});
    }
  }

  void notify(const ZoneClock& zones) {
    tell_of_unreadable_silences(zones);
    NotificationPlan plan = plan_notifications({.rules = setting_.rules,
                                                .alerts = memory_.alerts,
                                                .incidents = memory_.incidents,
                                                .silences = memory_.silences,
                                                .inhibitions = setting_.inhibitions,
                                                .routes = setting_.routes,
                                                .zones = zones,
                                                .now = now_});
    memory_.incidents = std::move(plan.incidents);
    done_.suppressions = std::move(plan.suppressions);
    done_.queued = static_cast<int>(std::ranges::count(plan.queue, false, &Queued::is_routine));
    enqueue(memory_, plan.queue, now_, random_);
  }

  Memory& memory_;
  const Setting& setting_;
  const Series& inputs_;
  Time now_;
  Random& random_;
  std::chrono::milliseconds pace_{0};
  std::map<std::string, std::vector<Alert>> before_;  // by rule
  Evaluation done_;
  std::vector<Alert> remembered_;  // over, but not long enough for Flap
};

}  // namespace

Evaluation evaluate(Memory& memory, const Setting& setting, const Series& inputs,
                    const ZoneClock& zones, Time now, Random& random) {
  return Pass{memory, setting, inputs, now, random}.run(zones);
}

namespace {

// Of each receiver and key the last line, where it was a routine's: the next one takes its place,
// so that there is one of them however often it is sent. Its id stays.
class Routines {
 public:
  Routines(const Memory& memory, const std::vector<Queued>& queue) {
    if (std::ranges::none_of(queue, &Queued::is_routine)) return;
    for (std::size_t i = 0; i < memory.outbox.size(); ++i) {
      const OutboxLine& line = memory.outbox[i];
      last_[{line.receiver, line.notification.dedup_key}] = i;
    }
  }

  // nullptr: there is none to replace.
  const OutboxLine* take(const Memory& memory, const Queued& queued) {
    const auto found = last_.find({queued.receiver, queued.notification.dedup_key});
    if (found == last_.end() || !memory.outbox[found->second].is_routine) return nullptr;
    const OutboxLine& line = memory.outbox[found->second];
    taken_.insert(line.sequence);
    return &line;
  }

  void remove_taken(Memory& memory) const {
    std::erase_if(memory.outbox,
                  [&](const OutboxLine& line) { return taken_.contains(line.sequence); });
  }

 private:
  std::map<std::pair<std::string, std::string>, std::size_t> last_;
  std::set<std::int64_t> taken_;
};

// One that still waits hands on when it may be tried, and how often it was.
OutboxLine in_place_of(const OutboxLine& before, Time now) {
  if (before.delivery != Delivery::queued) return {.id = before.id, .not_before = now};
  return {.id = before.id,
          .attempts = before.attempts,
          .not_before = before.not_before,
          .held_until = before.held_until,
          .last_failure = before.last_failure};
}

}  // namespace

void enqueue(Memory& memory, const std::vector<Queued>& queue, Time now, Random& random) {
  Routines routines{memory, queue};
  for (const Queued& each : queue) {
    const OutboxLine* const before = each.is_routine ? routines.take(memory, each) : nullptr;
    OutboxLine line = before != nullptr ? in_place_of(*before, now) : OutboxLine{.not_before = now};
    if (before == nullptr) line.id = uuid_v4(random);
    line.is_routine = each.is_routine;
    line.sequence = memory.next_sequence++;
    line.receiver = each.receiver;
    line.notification = each.notification;
    line.queued_at = now;
    if (!each.is_routine) memory.new_events.push_back(queued_event(each, now, random));
    memory.outbox.push_back(std::move(line));
  }
  routines.remove_taken(memory);
}

}  // namespace pcx::alert
