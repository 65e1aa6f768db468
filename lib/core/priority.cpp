#include "core/priority.h"

#include <sched.h>

namespace pcx {

void give_way_to_others() noexcept {
  const sched_param none{};
  sched_setscheduler(0, SCHED_IDLE, &none);
}

}  // namespace pcx
