// Numbers as bodies of a limited size, for targets that take many in one request.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "kpi/measurement.h"
#include "kpi/push.h"

namespace pcx::kpi {

using Batch = std::span<const Measurement>;
using Encode = std::function<std::string(Batch)>;  // pure: the same bytes for the same numbers

struct Body {
  Batch batch;
  std::string text;
};

// `batch` as few bodies of at most `bytes_max`, in order: halved until each fits. A single number
// that is larger is left as it is, for the target to judge. Nothing for nothing.
std::vector<Body> bodies_of(Batch batch, const Encode& encode, std::size_t bytes_max);

enum class Taken { yes, too_large };

// Gives the bodies to `send` in order and counts them. One that is too large is halved; a single
// number that is too large even so: Error{data} with reason "http_413". When an Error ends it after
// some bodies were taken, its detail says how many.
void send_bodies(Outcome& outcome, std::vector<Body> bodies, const Encode& encode,
                 const std::function<Taken(const Body&)>& send);

// Calls `work`; an Error that it ends with says what outcome.bodies were taken before.
void with_progress(const Outcome& outcome, std::size_t all, const std::function<void()>& work);

// Takes from `numbers` those that `fault` has a phrase for, counts them as dropped, and warns of
// each phrase once: "KPI 'x': <phrase> (3 numbers)".
void drop_faulty(Outcome& outcome, std::vector<Measurement>& numbers,
                 const std::function<std::string(const Measurement&)>& fault);

}  // namespace pcx::kpi
