// Waiting that a requested stop ends.
#pragma once

#include <chrono>

#include "core/clock.h"
#include "core/interrupt.h"

namespace pcx {

// Sleeps in slices, so that a stop need not wait for the end of it.
// Throws as Interrupt::throw_if_requested() when a stop was requested before, meanwhile or at the
// end.
void sleep_unless_stopped(Clock& clock, const Interrupt& interrupt,
                          std::chrono::nanoseconds duration);

}  // namespace pcx
