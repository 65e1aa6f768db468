// Who goes first when processors are scarce.
#pragma once

namespace pcx {

// From now on this thread, and each that it starts, runs when no other process of the machine wants
// its processor (sched(7), SCHED_IDLE), and is stopped at once when one does. There is no way back.
// A kernel that knows no such thing changes nothing.
void give_way_to_others() noexcept;

}  // namespace pcx
