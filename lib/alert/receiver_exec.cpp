#include "alert/receiver_exec.h"

#include "alert/receiver_text.h"
#include "core/json.h"
#include "core/time.h"

namespace pcx::alert {
namespace {

constexpr std::size_t kVariableMax = 1024;  // characters

class Exec final : public Receiver {
 public:
  Exec(ReceiverConfig config, const ReceiverTools& tools)
      : config_(std::move(config)), tools_(tools) {}

  Attempt send(const std::string& id, const Notification& notification,
               std::chrono::milliseconds time_max) override {
    return run_receiver(config_, tools_, exec_run(config_, id, notification), time_max);
  }

 private:
  ReceiverConfig config_;
  const ReceiverTools& tools_;
};

}  // namespace

CommandRun exec_run(const ReceiverConfig& config, const std::string& id,
                    const Notification& notification) {
  CommandRun run{.argv = config.command,
                 .input = to_json(notification_body(id, notification)) + "\n"};
  const auto add = [&](const char* name, std::string_view value) {
    run.environment.emplace_back(std::string{"PCX_ALERT_"} + name, shown_to(value, kVariableMax));
  };
  add("ID", id);
  add("ACTION", to_string(notification.action));
  add("DEDUP_KEY", notification.dedup_key);
  add("SEVERITY", to_string(notification.severity));
  add("SUMMARY", notification.summary);
  add("WHY", notification.why);
  add("AT", to_rfc3339(notification.at));
  add("BEGAN_AT", to_rfc3339(notification.began_at));
  return run;
}

std::unique_ptr<Receiver> make_exec(const ReceiverConfig& config, const ReceiverTools& tools) {
  return std::make_unique<Exec>(config, tools);
}

}  // namespace pcx::alert
