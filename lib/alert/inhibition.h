// Which alerts keep others from notifying.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "alert/notification.h"

namespace pcx::alert {

// The sources of all inhibitions, looked up by the values of their equal labels.
class Inhibitors {
 public:
  // `sources` are the firing alerts, in the order in which they are looked for; they and
  // `inhibitions` outlive it. Throws Error{data} for a pattern that is none.
  Inhibitors(const std::vector<Inhibition>& inhibitions, const std::vector<const Alert*>& sources);

  // The first alert that inhibits one with these labels; nullptr: none does.
  const Alert* inhibitor_of(const Labels& labels) const;

 private:
  using Values = std::vector<std::string>;
  struct Sources {
    const Alert* any = nullptr;        // the first
    const Alert* no_target = nullptr;  // the first that is no target itself
  };
  struct One {
    Matchers source;
    Matchers target;
    const std::vector<std::string>* equal;
    std::map<Values, Sources> sources;
  };
  static Values values_of(const Labels& labels, const std::vector<std::string>& names);

  std::vector<One> inhibitions_;
};

}  // namespace pcx::alert
