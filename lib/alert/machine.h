// The machine: what an evaluation makes of the alerts of a rule. Pure: same alerts, same answers,
// same instant, same outcome.
//
// Where it says the same as Prometheus 2.42 it is that (rules/alerting.go): an alert is the label
// set of a match with the rule's labels, rendered, and alertname over it. It is pending until its
// condition has been true for `for` (in the same evaluation when that is 0), and then firing. One
// that is pending and not true any more is given up; one that is firing is kept for
// keep_firing_for, counted from the first evaluation at which it was not true, and is resolved at
// the first one at which that much time went by. Value and annotations are those of the last
// evaluation at which it was true. Timers count elapsed time, not runs. What is beyond Prometheus:
//
// - Rule::resolve: a firing alert is true until the resolve expression has its label set; while it
//   has, the alert is not true any more and keep_firing_for begins. In `expression` wins over in
//   both; pending ones are not asked for it.
//
// - Gaps: when more than Rule::longest_gap() went by since an alert was evaluated last, a pending
//   one begins anew; a firing one stays. When the clock went back, timers begin anew, too.
//
// - No data, which is an alert that is neither in Findings::matches, present nor resolvable:
//     keep    pending: it stays, and its timer stands still: time counts between two evaluations
//             with data (Alert::active_since moves on); firing: it stays, whatever keep_firing_for
//             and the resolve expression say. Without any series of the rule nothing begins.
//     ok      it is not true any more, also for a rule with a resolve expression.
//     alert   it is true, so a pending one fires in time. A rule without any series, and without a
//             pending or firing alert, has one of its own labels, rendered without a series and
//             with NaN for its value; that one is true while there are no series. (Of series that
//             never had an alert nobody knows that they were there.)
//     error   as keep, and Outcome::failure says which label set has no data, or that the rule has
//             none.
//   Alert::no_data says so under every policy; lost_data and regained_data are about it.
//
// - Failure: when the rule could not be evaluated, everything is as with keep, whatever the policy,
//   and Outcome::failure says why; only does the pending timer of `alert` go on from there, not
//   from the next evaluation. Prometheus leaves alerts as they are, too.
//
// - Flapping (Rule::flap): a change is that an alert fires, or ends. With changes_max of them in
//   the window it flaps: the end that is one too many does not resolve it, and it stays in the
//   phase firing, with is_flapping, until the window went by without a change: then it settles,
//   and is resolved in that evaluation unless its condition is true. While it flaps, changes are
//   counted as if it was resolved in between, but without waiting for `for`. What an alert had of
//   changes is remembered when it is resolved, as long as they are in the window
//   (Outcome::remembered).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "alert/alert.h"
#include "alert/rule.h"
#include "alert/sample.h"

namespace pcx::alert {

// What was found out about a rule's condition at one instant.
struct Findings {
  Samples matches;  // for which the condition is true; a number: one without labels, as Prometheus
  Samples present;  // for which there are data, see Expression::present()
  std::optional<Samples> resolvable;  // those of Rule::resolve; std::nullopt: the rule has none
  std::string failure;  // not empty: it could not be evaluated, and why; the rest is empty then
};

// An Error{data} of the expressions becomes `failure`; others go through.
Findings look(const Rule& rule, const Series& series, Time now);

enum class Change {
  began_pending,    // not of one that fires in the same evaluation
  gave_up_pending,  // its alert is not in Outcome::alerts any more
  fired,
  resolved,
  lost_data,
  regained_data,
  flaps,
  settled
};

struct Transition {
  Change change{};
  Alert alert;  // as it is afterwards
};

struct Outcome {
  std::vector<Alert> alerts;  // pending and firing ones, and those that resolved at this instant
  // Resolved earlier, and of interest only because of their changes.
  std::vector<Alert> remembered;
  std::vector<Transition> transitions;  // in the order of labels, for each in that of time
  std::string failure;                  // the rule could not be evaluated (NoData::error too)
};

struct MachineOptions {
  std::string environment = "production";  // of the dedup keys
};

// `before`: alerts and remembered of this rule's last outcome. `now` is rounded down to whole
// milliseconds. Alerts are in the order of their labels.
//
// Two matches with the same labels after the rule's were added are a failure, as in Prometheus. A
// template that cannot be rendered becomes "<error expanding template: WHY>", as there: nobody
// should miss an alert because of its text.
Outcome step(const Rule& rule, const std::vector<Alert>& before, const Findings& findings, Time now,
             const MachineOptions& options);

const char* to_string(Change change) noexcept;

}  // namespace pcx::alert
