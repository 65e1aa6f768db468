#include <set>

#include "load/judge.h"

namespace pcx::load {

namespace {

class Demands {
 public:
  void add(Demand::Kind kind, const std::string& text, double limit, bool is_strict,
           const Location& place) {
    list_.push_back({kind, text, limit, is_strict, to_string(place)});
  }
  // Of the first place that wants it.
  void add_once(Demand::Kind kind, const std::string& text, const Location& place) {
    if (seen_.emplace(kind, text).second) add(kind, text, 0, true, place);
  }
  void add_steps(const std::vector<Step>& program) {
    for (const Step& step : program) {
      if (const auto* const request = std::get_if<Request>(&step)) {
        for (const Expectation& expectation : request->expectations) {
          add_once(Demand::Kind::expectation, label_of(expectation), expectation.place);
        }
      } else if (const auto* const check = std::get_if<Check>(&step)) {
        add_once(Demand::Kind::check, check->name, check->place);
      }
    }
  }
  std::vector<Demand> take() { return std::move(list_); }

 private:
  std::vector<Demand> list_;
  std::set<std::pair<Demand::Kind, std::string>> seen_;
};

}  // namespace

std::vector<Demand> demands_of(const Plan& plan) {
  Demands demands;
  for (const Threshold& threshold : plan.ensure.thresholds) {
    demands.add(Demand::Kind::threshold, threshold.metric, threshold.below, true, threshold.place);
  }
  for (const Condition& condition : plan.ensure.conditions) {
    demands.add(Demand::Kind::condition, condition.text, 0, condition.strict, condition.place);
  }
  if (plan.ensure.error_rate_max) {
    demands.add(Demand::Kind::error_rate, {}, *plan.ensure.error_rate_max, true,
                plan.ensure.error_rate_place);
  }
  if (plan.before) demands.add_steps(plan.before->program);
  for (const Scenario& scenario : plan.scenarios) demands.add_steps(scenario.program);
  if (plan.after) demands.add_steps(plan.after->program);
  return demands.take();
}

}  // namespace pcx::load
