// What is going on in a load test, second by second.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/document.h"
#include "load/plan.h"
#include "load/result.h"
#include "load/runner.h"

namespace pcx::cli {

class LoadLive {
 public:
  // Rates are those of the part.
  LoadLive(std::vector<load::Phase> phases, const load::Part& part);

  struct Line {
    std::string sentence;  // "48 s left, 198 of 200 users/s, 34 active, p50 3.1 ms, ..."
    Document figures;      // {"elapsed_s", "left_s", "asked_rate", "rate", "active", ...}
  };
  Line line(const load::Glimpse& glimpse);

 private:
  double asked_rate(const load::Glimpse& glimpse) const;
  double rate(const load::Glimpse& glimpse) const;

  std::vector<load::Phase> phases_;
  load::Part part_;
  load::Glimpse last_;
};

}  // namespace pcx::cli
