// Mail through sendmail, which queues and delivers: pcx speaks no SMTP.
//
// The program gets -i (a line with a dot is no end), -f FROM where one is configured, "--" and the
// recipients. Its codes are sysexits.h's: 64, 65, 67 and 78 are refusals (usage, data, an addressee
// that is none, configuration), others mean later: a mail server that is down, a full spool.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "alert/mail_message.h"
#include "alert/receiver.h"

namespace pcx::alert {

// All mails of one incident (dedup key and when it began) are one thread. Message-ID is the outbox
// line's id: the same for every try, so that a mail which was sent twice is shown once.
Mail mail_of(const ReceiverConfig& config, const std::string& id, const Notification& notification,
             const std::string& host_name, Time now);

std::vector<std::string> sendmail_argv(const ReceiverConfig& config);

std::unique_ptr<Receiver> make_email(const ReceiverConfig& config, const ReceiverTools& tools);

}  // namespace pcx::alert
