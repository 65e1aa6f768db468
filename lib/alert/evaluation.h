// One evaluation: rules, inputs and what was remembered become what is remembered now, and a queue
// for the outbox. Pure, but for the random numbers of identifiers.
#pragma once

#include <string>
#include <vector>

#include "alert/inputs.h"
#include "alert/memory.h"
#include "alert/notification.h"
#include "alert/rule.h"
#include "core/random.h"

namespace pcx::alert {

struct Setting {
  std::vector<Rule> rules;
  std::vector<Route> routes;
  std::vector<Inhibition> inhibitions;
  std::string environment = "production";
};

struct RuleFailure {
  std::string rule;  // its id
  std::string why;   // a phrase
  bool is_of_silence = false;
};

struct Evaluation {
  std::vector<Alert> alerts;              // pending, firing, and those that resolved now
  std::vector<Suppression> suppressions;  // by alert_id
  std::vector<RuleFailure> failures;      // rules that could not be evaluated; silences likewise
  int queued = 0;                         // lines that were added to the outbox
};

// Changes `memory`: alerts, incidents, silences, outbox and events are those of `now`. An alert
// whose rule is gone is forgotten, its incident resolved. Two alerts of one rule with the same
// labels make that rule fail; its alerts stay as they were. A rule's interval is at least the time
// between the two runs before: who runs every ten minutes has gaps of half an hour, not of three
// minutes.
Evaluation evaluate(Memory& memory, const Setting& setting, const Series& inputs,
                    const ZoneClock& zones, Time now, Random& random);

// Adds to the outbox and to the events.
void enqueue(Memory& memory, const std::vector<Queued>& queue, Time now, Random& random);

}  // namespace pcx::alert
