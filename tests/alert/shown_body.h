// What receivers would be sent, without its secrets.
#pragma once

#include <string>

#include "alert/receiver_alertmanager.h"
#include "alert/receiver_email.h"
#include "alert/receiver_exec.h"
#include "alert/receiver_pagerduty.h"
#include "alert/receiver_slack.h"
#include "alert/receiver_stdout.h"
#include "alert/receiver_webhook.h"

namespace pcx::alert {

// The body, or the mail; secrets are "***", and it is as if it were sent at notification.at.
inline std::string shown_body(const ReceiverConfig& config, const Notification& notification,
                              const std::string& host_name) {
  const char* const id = "00000000-0000-4000-8000-000000000000";
  const Time now = notification.at;
  switch (config.kind) {
    case ReceiverKind::pagerduty: return pagerduty_body(config, notification, host_name, "***");
    case ReceiverKind::alertmanager: return alertmanager_body(config, notification, now);
    case ReceiverKind::slack: return slack_body(notification);
    case ReceiverKind::webhook: return webhook_body(id, notification);
    case ReceiverKind::email: return mail_text(mail_of(config, id, notification, host_name, now));
    case ReceiverKind::exec: return exec_run(config, id, notification).input;
    case ReceiverKind::standard_output: return stdout_line(notification);
  }
  return "";
}

}  // namespace pcx::alert
