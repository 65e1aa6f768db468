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
  throw Error{ErrorCode::internal, "a receiver of no kind"};
}

}  // namespace pcx::alert
