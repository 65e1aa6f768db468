#include "alert/receiver_stdout.h"

#include <fmt/format.h>

#include "alert/receiver_text.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::alert {
namespace {

constexpr std::size_t kHeadlineMax = 1024;  // characters

class StandardOutput final : public Receiver {
 public:
  explicit StandardOutput(const ReceiverTools& tools) : tools_(tools) {}

  Attempt send(const std::string&, const Notification& notification,
               std::chrono::milliseconds) override {
    tools_.print(stdout_line(notification));
    return {.verdict = Verdict::delivered};
  }

 private:
  const ReceiverTools& tools_;
};

}  // namespace

std::string stdout_line(const Notification& notification) {
  return fmt::format("{} {} {} {}: {} ({})\n", to_rfc3339(notification.at),
                     state_word(notification.action), to_string(notification.severity),
                     escape_controls(notification.dedup_key), headline(notification, kHeadlineMax),
                     escape_controls(notification.why));
}

std::unique_ptr<Receiver> make_stdout(const ReceiverTools& tools) {
  return std::make_unique<StandardOutput>(tools);
}

}  // namespace pcx::alert
