// A program of the operator: it is told on its standard input and in its environment.
//
// stdin: notification_body() (receiver_text.h). Environment: PCX_ALERT_ID, PCX_ALERT_ACTION,
// PCX_ALERT_DEDUP_KEY, PCX_ALERT_SEVERITY, PCX_ALERT_SUMMARY, PCX_ALERT_WHY, PCX_ALERT_AT,
// PCX_ALERT_BEGAN_AT, each on one line with control characters escaped; and PATH, HOME, LANG as pcx
// has them. Its arguments are the configuration's, no shell is asked. Exit 0: delivered; 64, 65 and
// 78 (sysexits.h: usage, data, configuration): refused; any other: later.
#pragma once

#include <memory>
#include <string>

#include "alert/receiver_command.h"

namespace pcx::alert {

CommandRun exec_run(const ReceiverConfig& config, const std::string& id,
                    const Notification& notification);

std::unique_ptr<Receiver> make_exec(const ReceiverConfig& config, const ReceiverTools& tools);

}  // namespace pcx::alert
