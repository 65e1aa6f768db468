#include "alert/inhibition.h"

namespace pcx::alert {

Inhibitors::Inhibitors(const std::vector<Inhibition>& inhibitions,
                       const std::vector<const Alert*>& sources) {
  for (const Inhibition& inhibition : inhibitions) {
    One one{Matchers{inhibition.source}, Matchers{inhibition.target}, &inhibition.equal, {}};
    for (const Alert* const alert : sources) {
      if (!one.source.match(alert->labels)) continue;
      Sources& known = one.sources[values_of(alert->labels, *one.equal)];
      if (known.any == nullptr) known.any = alert;
      if (known.no_target == nullptr && !one.target.match(alert->labels)) known.no_target = alert;
    }
    inhibitions_.push_back(std::move(one));
  }
}

const Alert* Inhibitors::inhibitor_of(const Labels& labels) const {
  for (const One& one : inhibitions_) {
    if (!one.target.match(labels)) continue;
    const auto found = one.sources.find(values_of(labels, *one.equal));
    if (found == one.sources.end()) continue;
    const Sources& sources = found->second;
    const Alert* const source = one.source.match(labels) ? sources.no_target : sources.any;
    if (source != nullptr) return source;
  }
  return nullptr;
}

// A label that is not there has no value, which is "".
Inhibitors::Values Inhibitors::values_of(const Labels& labels,
                                         const std::vector<std::string>& names) {
  Values values;
  for (const std::string& name : names) {
    const auto label = labels.find(name);
    values.push_back(label == labels.end() ? std::string{} : label->second);
  }
  return values;
}

}  // namespace pcx::alert
