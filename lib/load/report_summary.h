// The head of the HTML report: what a reader has to see at once. Whether it passed, whether that is
// to be believed, and the figures that are asked for first.
#pragma once

#include <string>

#include "load/result.h"

namespace pcx::load {

// The demands and the verdict on the generator side by side; an INVALID one stands first, since
// nothing else means anything then.
std::string verdict_boxes(const Result& result);

// Percentiles of the latency, users asked and started, requests, errors.
std::string figure_tiles(const Result& result);

// "2 of 6 demands missed, and 1 not strict", "all 6 demands met", "no demands".
std::string demands_text(const Result& result);

}  // namespace pcx::load
