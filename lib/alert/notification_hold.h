// What keeps alerts from notifying now: silences, inhibitions, the schedules of their rules.
#pragma once

#include <string>
#include <vector>

#include "alert/inhibition.h"
#include "alert/notification.h"

namespace pcx::alert {

struct Hold {
  bool is_silenced = false;
  std::string why;  // as Suppression::why; empty: nothing does
};

class Holds {
 public:
  // `inputs` outlive it; `firing` are the sources of inhibitions. Throws as plan_notifications().
  Holds(const NotificationInputs& inputs, const std::vector<const Alert*>& firing);

  Hold of(const Alert& alert, const Rule& rule) const;
  // Whether a silence was active on it when it began to fire.
  bool was_silenced_from_the_start(const Alert& alert) const;

 private:
  struct Compiled {
    const Silence* silence;
    Matchers matchers;
    bool is_active;
  };
  const Silence* silence_of(const Alert& alert) const;

  const NotificationInputs& inputs_;
  std::vector<Compiled> silences_;  // in the order of their ids
  Inhibitors inhibitors_;
};

// "LowStock{severity="warning", tenant="north"}"
std::string described(const Labels& labels);

}  // namespace pcx::alert
