#include "alert/receiver.h"

#include "alert/receiver_alertmanager.h"
#include "alert/receiver_email.h"
#include "alert/receiver_exec.h"
#include "alert/receiver_pagerduty.h"
#include "alert/receiver_slack.h"
#include "alert/receiver_stdout.h"
#include "alert/receiver_webhook.h"
#include "core/error.h"

namespace pcx::alert {
namespace {

constexpr const char* kHidden = "***";
constexpr const char* kExampleId = "00000000-0000-4000-8000-000000000000";

[[noreturn]] void throw_no_kind() { throw Error{ErrorCode::internal, "a receiver of no kind"}; }

}  // namespace

std::unique_ptr<Receiver> make_receiver(const ReceiverConfig& config, const ReceiverTools& tools) {
  switch (config.kind) {
    case ReceiverKind::pagerduty: return make_pagerduty(config, tools);
    case ReceiverKind::alertmanager: return make_alertmanager(config, tools);
    case ReceiverKind::slack: return make_slack(config, tools);
    case ReceiverKind::webhook: return make_webhook(config, tools);
    case ReceiverKind::email: return make_email(config, tools);
    case ReceiverKind::exec: return make_exec(config, tools);
    case ReceiverKind::standard_output: return make_stdout(tools);
  }
  throw_no_kind();
}

std::string shown_body(const ReceiverConfig& config, const Notification& notification,
                       const std::string& host_name) {
  const Time now = notification.at;
  switch (config.kind) {
    case ReceiverKind::pagerduty: return pagerduty_body(config, notification, host_name, kHidden);
    case ReceiverKind::alertmanager: return alertmanager_body(config, notification, now);
    case ReceiverKind::slack: return slack_body(notification);
    case ReceiverKind::webhook: return webhook_body(kExampleId, notification);
    case ReceiverKind::email:
      return mail_text(mail_of(config, kExampleId, notification, host_name, now));
    case ReceiverKind::exec: return exec_run(config, kExampleId, notification).input;
    case ReceiverKind::standard_output: return stdout_line(notification);
  }
  throw_no_kind();
}

}  // namespace pcx::alert
