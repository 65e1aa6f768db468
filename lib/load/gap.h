// Why users waited longer than the target took to answer.
#pragma once

#include <string>

#include "load/result.h"

namespace pcx::load {

// Sentences about the difference of pcx.latency and http.response_time at the percentile where it
// is largest; empty when it is below 10 ms or half of the response time.
std::string explain_gap(const Result& result);

}  // namespace pcx::load
