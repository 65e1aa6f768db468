#include "core/sleep.h"

#include <algorithm>

namespace pcx {

void sleep_unless_stopped(Clock& clock, const Interrupt& interrupt,
                          std::chrono::nanoseconds duration) {
  constexpr std::chrono::nanoseconds slice_max = std::chrono::milliseconds{100};
  for (; duration.count() > 0; duration -= slice_max) {
    interrupt.throw_if_requested();
    clock.sleep_for(std::min(duration, slice_max));
  }
  interrupt.throw_if_requested();
}

}  // namespace pcx
