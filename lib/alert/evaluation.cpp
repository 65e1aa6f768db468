#include "alert/evaluation.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"

namespace pcx::alert {
namespace {

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

std::vector<Alert> alerts_of(const Memory& memory, const Rule& rule) {
  std::vector<Alert> alerts;
  const std::string id = rule.id();
  std::ranges::copy_if(memory.alerts, std::back_inserter(alerts),
                       [&](const Alert& alert) { return alert.rule == id; });
  return alerts;
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
      : memory_(memory), setting_(setting), inputs_(inputs), now_(now), random_(random) {}

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
    std::vector<Alert> before = alerts_of(memory_, rule);
    const Findings findings = look(rule, inputs_, now_);
    take(rule, step(rule, before, findings, now_, {.environment = setting_.environment}));
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
    for (const Alert& alert : memory_.alerts) {
      const bool has_rule = std::ranges::any_of(
          setting_.rules, [&](const Rule& rule) { return rule.id() == alert.rule; });
      if (has_rule || alert.phase == Phase::resolved) continue;
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

  void notify(const ZoneClock& zones) {
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
    done_.queued = static_cast<int>(plan.queue.size());
    enqueue(memory_, plan.queue, now_, random_);
  }

  Memory& memory_;
  const Setting& setting_;
  const Series& inputs_;
  Time now_;
  Random& random_;
  Evaluation done_;
  std::vector<Alert> remembered_;  // over, but not long enough for Flap
};

}  // namespace

Evaluation evaluate(Memory& memory, const Setting& setting, const Series& inputs,
                    const ZoneClock& zones, Time now, Random& random) {
  return Pass{memory, setting, inputs, now, random}.run(zones);
}

void enqueue(Memory& memory, const std::vector<Queued>& queue, Time now, Random& random) {
  for (const Queued& each : queue) {
    OutboxLine line;
    line.id = uuid_v4(random);
    line.sequence = memory.next_sequence++;
    line.receiver = each.receiver;
    line.notification = each.notification;
    line.queued_at = now;
    line.not_before = now;
    memory.new_events.push_back(queued_event(each, now, random));
    memory.outbox.push_back(std::move(line));
  }
}

}  // namespace pcx::alert
