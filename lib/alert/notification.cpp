#include "alert/notification.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "alert/notification_hold.h"
#include "alert/notification_key.h"

namespace pcx::alert {
namespace {

// An alert that is pending or firing, and whose rule is there.
struct Open {
  const Alert* alert;
  const Rule* rule;
  std::string id;
  Severity severity;
  Hold hold;

  bool may_notify() const { return hold.why.empty(); }
};
using Opens = std::vector<const Open*>;
using Known = std::set<const Open*>;  // only ever asked whether it has one

// What a receiver has, or may get, under one key.
struct Bundle {
  const Route* route = nullptr;  // nullptr: no alert goes there any more
  const Incident* incident = nullptr;
  Opens routed;  // firing ones that go there, in the order of their ids
};
using Key = std::pair<std::string, std::string>;  // receiver, dedup key

bool is_worse(const Open* left, const Open* right) {
  return std::tie(right->severity, left->alert->labels, left->id) <
         std::tie(left->severity, right->alert->labels, right->id);
}

Member made_member(const Open& open) {
  const Alert& alert = *open.alert;
  return {open.id,     alert.rule,         alert.labels, alert.annotations,
          alert.value, alert.active_since, open.severity};
}

class Planner {
 public:
  explicit Planner(const NotificationInputs& inputs) : inputs_(inputs) {
    for (const Rule& rule : inputs.rules) rules_.emplace(rule.id(), &rule);
    read_alerts();
    for (const Incident& incident : inputs.incidents) {
      bundles_[{incident.receiver, incident.dedup_key}].incident = &incident;
    }
    for (const auto& [id, open] : opens_) {
      if (open.alert->is_firing()) send_to_bundles(open);
    }
  }

  NotificationPlan plan() {
    for (const auto& [id, open] : opens_) {
      if (!open.may_notify()) plan_.suppressions.push_back({id, open.hold.why});
    }
    for (const auto& [key, bundle] : bundles_) decide(key, bundle);
    sort_queue();
    return std::move(plan_);
  }

 private:
  void read_alerts() {
    std::vector<const Alert*> firing;
    for (const Alert& alert : inputs_.alerts) {
      const auto rule = rules_.find(alert.rule);
      if (rule == rules_.end() || alert.phase == Phase::resolved) continue;
      std::string id = alert.id();
      opens_.insert_or_assign(id, Open{&alert, rule->second, id, alert.severity(), {}});
    }
    for (const auto& [id, open] : opens_) {
      if (open.alert->is_firing()) firing.push_back(open.alert);
    }
    holds_.emplace(inputs_, firing);
    for (auto& [id, open] : opens_) open.hold = holds_->of(*open.alert, *open.rule);
  }

  void send_to_bundles(const Open& open) {
    const auto& names = open.rule->receivers;
    for (const Route& route : inputs_.routes) {
      const bool goes_there = names.empty()
                                  ? route.is_default
                                  : std::ranges::find(names, route.receiver) != names.end();
      if (!goes_there) continue;
      Bundle& bundle = bundles_[{route.receiver, incident_key(*open.alert, open.id, route)}];
      bundle.route = &route;
      bundle.routed.push_back(&open);
    }
  }

  void decide(const Key& key, const Bundle& bundle) {
    const Known known = known_of(bundle);
    const Opens members = members_of(bundle, known);
    if (members.empty()) {
      if (bundle.incident != nullptr) end(*bundle.incident);
      return;
    }
    const std::string why =
        bundle.incident == nullptr ? first_reason(members) : next_reason(bundle, known, members);
    if (why.empty()) {
      keep(bundle);
    } else {
      trigger(key, bundle, members, why);
    }
  }

  bool is_due_again(const std::optional<Time>& refused_at) const {
    return refused_at && inputs_.now - *refused_at >= kRefusedPause;
  }

  void end(const Incident& incident) {
    if (incident.end_refused_at && !is_due_again(incident.end_refused_at)) {
      plan_.incidents.push_back(incident);
    } else {
      resolve(incident);
    }
  }

  // What the receiver was told of and has not ended since. One that ended and fired again is new.
  Known known_of(const Bundle& bundle) const {
    Known known;
    if (bundle.incident == nullptr) return known;
    for (const Member& member : bundle.incident->members) {
      const auto found = opens_.find(member.alert_id);
      if (found == opens_.end() || !found->second.alert->is_firing()) continue;
      const Alert& alert = *found->second.alert;
      const Time fired_at = alert.fired_at.value_or(alert.active_since);
      if (fired_at <= bundle.incident->notified_at) known.insert(&found->second);
    }
    return known;
  }

  static Opens members_of(const Bundle& bundle, const Known& known) {
    Opens members{known.begin(), known.end()};
    for (const Open* const open : bundle.routed) {
      if (open->may_notify() && !known.contains(open)) members.push_back(open);
    }
    std::ranges::sort(members, is_worse);
    return members;
  }

  std::string first_reason(const Opens& members) const {
    const bool was_silenced = std::ranges::any_of(members, [&](const Open* open) {
      return holds_->was_silenced_from_the_start(*open->alert);
    });
    return was_silenced ? "silence ended" : "fired";
  }

  // Empty: it is not triggered again.
  std::string next_reason(const Bundle& bundle, const Known& known, const Opens& members) const {
    const Incident& incident = *bundle.incident;
    const bool is_resent = bundle.route != nullptr && bundle.route->is_resent_always;
    Opens notifying;
    std::ranges::copy_if(bundle.routed, std::back_inserter(notifying), &Open::may_notify);
    if (notifying.empty()) return is_resent && !incident.trigger_refused_at ? "repeat" : "";
    const auto was_silenced = [&](const Open* open) {
      return std::ranges::binary_search(incident.silenced, open->id);
    };
    const auto is_new = [&](const Open* open) { return !known.contains(open); };
    const Severity severity = members.front()->severity;
    if (std::ranges::any_of(notifying, was_silenced)) return "silence ended";
    if (severity > incident.severity) return "worse";
    if (std::ranges::any_of(notifying, is_new)) return "more";
    if (severity < incident.severity) return "better";
    if (incident.trigger_refused_at) {
      return is_due_again(incident.trigger_refused_at) ? "refused before" : "";
    }
    return is_resent || is_repeat_due(bundle, notifying) ? "repeat" : "";
  }

  bool is_repeat_due(const Bundle& bundle, const Opens& notifying) const {
    const Incident& incident = *bundle.incident;
    if (!incident.acked_by.empty()) return false;
    return std::ranges::any_of(notifying, [&](const Open* open) {
      // Held because it flaps, and not true now: its last word stands.
      if (open->alert->is_flapping && open->alert->keep_firing_since) return false;
      const auto repeat = open->rule->repeat.value_or(bundle.route->repeat);
      return repeat.count() > 0 && inputs_.now - incident.notified_at >= repeat;
    });
  }

  // `before`: what was silenced before, and still counts.
  static std::vector<std::string> silenced_of(const Bundle& bundle,
                                              const std::vector<std::string>& before) {
    std::vector<std::string> silenced;
    for (const Open* const open : bundle.routed) {
      const bool was_silenced = std::ranges::binary_search(before, open->id);
      if (open->hold.is_silenced || was_silenced) silenced.push_back(open->id);
    }
    return silenced;
  }

  void keep(const Bundle& bundle) {
    Incident incident = *bundle.incident;
    incident.silenced = silenced_of(bundle, bundle.incident->silenced);
    plan_.incidents.push_back(std::move(incident));
  }

  void trigger(const Key& key, const Bundle& bundle, const Opens& members, const std::string& why) {
    Incident incident = bundle.incident != nullptr ? *bundle.incident : Incident{};
    if (bundle.incident == nullptr) {
      incident.receiver = key.first;
      incident.dedup_key = key.second;
      incident.opened_at = inputs_.now;
    }
    incident.notified_at = inputs_.now;
    incident.severity = members.front()->severity;
    incident.members.clear();
    for (const Open* const open : members) incident.members.push_back(made_member(*open));
    incident.silenced = silenced_of(bundle, {});
    incident.trigger_refused_at = incident.end_refused_at = std::nullopt;
    const bool is_routine = bundle.route != nullptr && bundle.route->is_resent_always;
    plan_.queue.push_back({incident.receiver,
                           made_notification(incident, Action::trigger, inputs_.now, why),
                           is_routine && why == "repeat"});
    plan_.incidents.push_back(std::move(incident));
  }

  void resolve(const Incident& incident) {
    const bool is_rule_gone = std::ranges::none_of(
        incident.members, [&](const Member& member) { return rules_.contains(member.rule); });
    plan_.queue.push_back(
        {incident.receiver, made_notification(incident, Action::resolve, inputs_.now,
                                              is_rule_gone ? "its rule is gone" : "resolved")});
  }

  void sort_queue() {
    // The bundles are in the order of receivers and keys.
    std::ranges::stable_sort(plan_.queue, [](const Queued& left, const Queued& right) {
      const Notification& one = left.notification;
      const Notification& other = right.notification;
      return std::tie(one.action, other.severity) < std::tie(other.action, one.severity);
    });
  }

  const NotificationInputs& inputs_;
  std::map<std::string, const Rule*> rules_;
  std::map<std::string, Open> opens_;
  std::optional<Holds> holds_;
  std::map<Key, Bundle> bundles_;
  NotificationPlan plan_;
};

}  // namespace

std::string summary_of(const std::vector<Member>& members) {
  const Member& worst = members.front();
  const auto summary = worst.annotations.find("summary");
  const bool has_one = summary != worst.annotations.end() && !summary->second.empty();
  return has_one ? summary->second : described(worst.labels);
}

Notification made_notification(const Incident& incident, Action action, Time now, std::string why) {
  return {
      action, incident.dedup_key, incident.severity, summary_of(incident.members), incident.members,
      now,    incident.opened_at, std::move(why)};
}

const Suppression* suppression_of(const std::vector<Suppression>& suppressions,
                                  const Alert& alert) {
  const std::string id = alert.id();
  const auto found = std::ranges::lower_bound(suppressions, id, {}, &Suppression::alert_id);
  return found != suppressions.end() && found->alert_id == id ? &*found : nullptr;
}

NotificationPlan plan_notifications(const NotificationInputs& inputs) {
  return Planner{inputs}.plan();
}

const char* to_string(Action action) noexcept {
  switch (action) {
    case Action::trigger: return "trigger";
    case Action::acknowledge: return "acknowledge";
    case Action::resolve: return "resolve";
  }
  return "";
}

}  // namespace pcx::alert
