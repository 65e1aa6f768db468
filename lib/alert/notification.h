// Notifications: what receivers are told, one incident per problem. Pure.
//
// An incident is what a receiver has open under one dedup key (warning and critical of one problem,
// or a group of the receiver's group_by). Its members are the firing alerts with that key that may
// notify, and those that the receiver was told of, for as long as they fire: what begins to silence
// or to inhibit an alert neither ends an incident nor makes it better. Its severity is the worst of
// its members; it ends when it has none.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "alert/alert.h"
#include "alert/schedule.h"
#include "alert/silence.h"
#include "core/document.h"

namespace pcx::alert {

// Where alerts go, and in what bundles. How they get there: receiver.h.
struct Route {
  std::string receiver;                 // its name in the configuration
  std::vector<std::string> group_by;    // labels; empty: an incident a dedup key
  std::chrono::milliseconds repeat{0};  // told again after so long; 0: never
  bool is_default = false;              // takes alerts of rules that name no receivers
  // Alertmanager must hear again and again that an alert fires, and is sent all alerts, not
  // incidents: each alert has its own, Alert::id() being the key, and is sent at every run,
  // whatever `group_by` and `repeat` say. One that it was told of is so even while it is
  // suppressed: it would take silence for the end.
  bool is_resent_always = false;
};

// While a source fires, suppressed or not, targets with the same values of `equal` are not
// notified. As in Alertmanager (prometheus.io/docs/alerting/latest/configuration/#inhibit_rule) an
// alert that is both cannot be inhibited by another that is both, so that none inhibits itself.
struct Inhibition {
  std::vector<Matcher> source;
  std::vector<Matcher> target;
  std::vector<std::string> equal;  // a label that both lack counts as equal
};

inline constexpr std::chrono::hours kRefusedPause{1};

enum class Action { trigger, acknowledge, resolve };

struct Member {
  std::string alert_id;
  std::string rule;
  Labels labels;
  Labels annotations;
  double value = 0;
  Time active_since{};
  Severity severity = Severity::warning;
  bool operator==(const Member&) const = default;
};

// What is sent, free of any receiver's format. Its members are in the order of severity (worst
// first), then of labels.
struct Notification {
  Action action = Action::trigger;
  std::string dedup_key;
  Severity severity = Severity::warning;
  std::string summary;          // the worst member's annotation `summary`, else its name and labels
  std::vector<Member> members;  // of a resolve: as they were when last notified
  Time at{};                    // when it was decided
  Time began_at{};              // when the incident began
  // "fired", "silence ended", "worse", "more", "better", "repeat", "refused before"; "resolved",
  // "its rule is gone"; "acknowledged by ada"
  std::string why;
  bool operator==(const Notification&) const = default;
};

struct Incident {
  std::string receiver;
  std::string dedup_key;
  Time opened_at{};
  Time notified_at{};
  Severity severity = Severity::warning;  // as last notified
  std::vector<Member> members;            // as last notified
  std::string acked_by;                   // empty: nobody; no repeats then
  // When the receiver refused for good what it was told last (a wrong key, a revoked address): that
  // it goes on, or that it is over. It is told again kRefusedPause later.
  std::optional<Time> trigger_refused_at, end_refused_at;
  // Alerts with this key, by Alert::id() and in its order, that a run saw silenced since it was
  // notified last: when one may notify again the incident is triggered again.
  std::vector<std::string> silenced;
  bool operator==(const Incident&) const = default;
};

// Why an alert that is pending or firing does not notify now.
struct Suppression {
  std::string alert_id;
  std::string why;  // "silenced by 4a1f09c2… (ada: moving house)", "inhibited by
                    // DatabaseDown{...}", "outside of its schedule"
};

struct Queued {
  std::string receiver;
  Notification notification;
  // What a route that is resent always is told at every run: no news, and one that still waits is
  // replaced by it.
  bool is_routine = false;
};

struct NotificationPlan {
  std::vector<Incident> incidents;  // open ones afterwards, by receiver and key
  // At most one of a receiver and key, in the order in which they must be sent: triggers, the worst
  // first, then resolves; then by receiver and key.
  std::vector<Queued> queue;
  std::vector<Suppression> suppressions;  // by alert_id
};

struct NotificationInputs {
  const std::vector<Rule>& rules;
  const std::vector<Alert>&
      alerts;  // all rules' after step(); those of other rules are passed over
  const std::vector<Incident>& incidents;
  const std::vector<Silence>& silences;  // as age_silences() left them
  const std::vector<Inhibition>& inhibitions;
  const std::vector<Route>& routes;
  const ZoneClock& zones;
  Time now;
};

// Opens, re-triggers and resolves incidents:
// - an alert that fires and may notify opens one with each of its receivers ("fired", or "silence
//   ended" when a silence was active as it began to fire);
// - while a member may notify, these trigger it again, the first of them being the reason: a member
//   was silenced and is not any more, a worse severity, a member more, a better severity, and, when
//   nobody acknowledged it, the repeat that has gone by (the shortest of its members' that may
//   notify);
// - when it has no member any more it is resolved, silenced or not: who saw the trigger sees the
//   end, and who saw none sees nothing;
// - an incident of a receiver that is gone from the routes, or that its rules do not name any more,
//   stays until its members do not fire, and its resolve is queued.
//
// Keys of groups are pcx/<environment>/group/<receiver>/<digest of the values of group_by>, the
// environment being that of the member's dedup_key; both are cut so that it has 255 bytes at most.
//
// Throws Error{data} for a matcher's pattern that is none, and what `zones` throws.
NotificationPlan plan_notifications(const NotificationInputs& inputs);

// nullptr: nothing keeps it quiet. `suppressions` by alert_id, as a plan has them.
const Suppression* suppression_of(const std::vector<Suppression>& suppressions, const Alert& alert);

// The worst member's annotation `summary`, else its name and labels. REQUIRES: there is one.
std::string summary_of(const std::vector<Member>& members);
// What its receiver is told of an incident, with its members as they are in it.
Notification made_notification(const Incident& incident, Action action, Time now, std::string why);

const char* to_string(Action action) noexcept;

// To and from what is stored. Values are numbers, or "NaN", "+Inf" and "-Inf"; what else is there
// is passed over.
Document to_document(const Notification& notification);
Document to_document(const Member& member);
// Throws Error{data} for what is none, naming the field ("members[0].severity").
Notification notification_of(const Document& document);
Member member_of(const Document& document);

}  // namespace pcx::alert
