// Standard output: a line for each notification.
#pragma once

#include <memory>
#include <string>

#include "alert/receiver.h"

namespace pcx::alert {

// "2026-03-08T07:00:00.000Z FIRING warning pcx/...: 12 items below reorder point (fired)\n",
// control characters escaped.
std::string stdout_line(const Notification& notification);

std::unique_ptr<Receiver> make_stdout(const ReceiverTools& tools);

}  // namespace pcx::alert
