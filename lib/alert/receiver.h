// Receivers: how a notification becomes what PagerDuty, Alertmanager, Slack, a webhook, a mail or a
// program is told. One file each: receiver_<kind>.h.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "alert/notification.h"
#include "alert/receiver_config.h"
#include "core/clock.h"
#include "core/environment.h"
#include "core/interrupt.h"
#include "http/client.h"

namespace pcx::alert {

enum class Verdict { delivered, later, refused };

struct Attempt {
  Verdict verdict{};
  std::string words;                                     // why not, a phrase without secrets
  std::optional<std::chrono::milliseconds> retry_after;  // what the receiver asked for
  bool operator==(const Attempt&) const = default;
};

struct ReceiverTools {
  // A Transport whose send() ends within `timeout`.
  std::function<std::unique_ptr<http::Transport>(const ReceiverConfig&,
                                                 std::chrono::milliseconds timeout)>
      connect;
  const Environment& environment;
  Clock& clock;
  Interrupt& interrupt;
  std::function<void(std::string_view)> print;  // stdout: one line with its end
  std::string host_name;
};

class Receiver {
 public:
  virtual ~Receiver() = default;
  // One try, never repeated, that ends within `time_max` and the receiver's own timeout. `id` is
  // the outbox line's: the same one for every try.
  //
  // Never throws for what the other side does. Throws Error{config} when it cannot be tried at all:
  // a secret that is not there or has the wrong form, a program that is not there, a key that would
  // go in clear text over a network; and the Interrupt's error.
  virtual Attempt send(const std::string& id, const Notification& notification,
                       std::chrono::milliseconds time_max) = 0;
};

// `config` is copied, `tools` outlive it.
std::unique_ptr<Receiver> make_receiver(const ReceiverConfig& config, const ReceiverTools& tools);

}  // namespace pcx::alert
