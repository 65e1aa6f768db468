#include "alert/receiver_email.h"

#include <algorithm>

#include <fmt/format.h>

#include "alert/receiver_command.h"
#include "alert/receiver_text.h"
#include "core/text.h"
#include "crypto/digest.h"

namespace pcx::alert {
namespace {

constexpr std::size_t kSubjectMax = 200;  // characters
constexpr std::size_t kThreadDigits = 32;
constexpr std::size_t kDomainMax = 253;

// Of an address and a Message-ID: what else a host's name has is left out.
std::string domain_of(const std::string& host_name) {
  std::string domain;
  for (const char c : host_name) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (is_letter || (c >= '0' && c <= '9') || c == '.' || c == '-') domain += c;
  }
  return domain.empty() ? "localhost" : domain.substr(0, kDomainMax);
}

std::string plain_id(const std::string& id) {
  std::string plain;
  for (const char c : id) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (is_letter || (c >= '0' && c <= '9') || c == '-') plain += c;
  }
  return plain;
}

std::string thread_of(const Notification& notification) {
  const auto began = std::chrono::floor<std::chrono::milliseconds>(notification.began_at);
  const std::string what =
      fmt::format("{} {}", notification.dedup_key, began.time_since_epoch().count());
  return crypto::sha256_hex(what).substr(0, kThreadDigits);
}

class Email final : public Receiver {
 public:
  Email(ReceiverConfig config, const ReceiverTools& tools)
      : config_(std::move(config)), tools_(tools) {}

  Attempt send(const std::string& id, const Notification& notification,
               std::chrono::milliseconds time_max) override {
    const Mail mail = mail_of(config_, id, notification, tools_.host_name, tools_.clock.wall_now());
    return run_receiver(config_, tools_,
                        {.argv = sendmail_argv(config_),
                         .input = mail_text(mail),
                         .refused_codes = {64, 65, 67, 78}},
                        time_max);
  }

 private:
  ReceiverConfig config_;
  const ReceiverTools& tools_;
};

}  // namespace

Mail mail_of(const ReceiverConfig& config, const std::string& id, const Notification& notification,
             const std::string& host_name, Time now) {
  const std::string domain = domain_of(host_name);
  const bool is_over = notification.action == Action::resolve;
  return {.from = config.from.empty() ? "pcx@" + domain : config.from,
          .to = config.to,
          .subject = fmt::format("[{}{}{}] {}", state_word(notification.action), is_over ? "" : " ",
                                 is_over ? "" : to_string(notification.severity),
                                 headline(notification, kSubjectMax)),
          .at = now,
          .message_id = fmt::format("{}.pcx@{}", plain_id(id), domain),
          .thread_id = fmt::format("{}.incident.pcx@{}", thread_of(notification), domain),
          .is_important = !is_over && notification.severity >= Severity::error,
          .text = notification_lines(notification)};
}

std::vector<std::string> sendmail_argv(const ReceiverConfig& config) {
  std::vector<std::string> argv = config.command;
  argv.emplace_back("-i");
  if (!config.from.empty()) argv.insert(argv.end(), {"-f", config.from});
  argv.emplace_back("--");
  argv.insert(argv.end(), config.to.begin(), config.to.end());
  return argv;
}

std::unique_ptr<Receiver> make_email(const ReceiverConfig& config, const ReceiverTools& tools) {
  return std::make_unique<Email>(config, tools);
}

}  // namespace pcx::alert
