// Receivers as the configuration has them: a map by name under `alert.receivers`.
//
//   alert:
//     receivers:
//       pd:
//         kind: pagerduty
//         secret_file: /etc/pcx/pagerduty.key
//         default: true
//       am: {kind: alertmanager, url: "http://localhost:9093", interval: 1m}
//
// Secrets are files' and the environment's; the configuration only says where they are.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alert/notification.h"
#include "core/config.h"
#include "core/error.h"

namespace pcx::alert {

enum class ReceiverKind { pagerduty, alertmanager, slack, webhook, email, exec, standard_output };

// "pagerduty", ..., "stdout".
const char* to_string(ReceiverKind kind) noexcept;

inline constexpr std::string_view kPagerDutyUrl = "https://events.pagerduty.com";
// Where the key is when the configuration names neither file nor variable: the guide's (gap 37).
inline constexpr std::string_view kPagerDutyVariable = "PAGERDUTY_INTEGRATION_KEY";
inline constexpr std::string_view kSendmail = "/usr/sbin/sendmail";

struct ReceiverConfig {
  std::string name;
  ReceiverKind kind{};
  // Without the path, but for webhook: there it is all of it. Empty for slack, and for a webhook
  // whose URL is a secret of its own (url_file).
  std::string url;
  // pagerduty: the routing key. slack: the incoming webhook's URL. webhook: the key of signatures,
  // if they are wanted. alertmanager: the value of a header Authorization, if one is.
  std::filesystem::path secret_file;
  std::string secret_variable;     // else this variable
  std::filesystem::path url_file;  // webhook
  std::filesystem::path ca_file;
  // exec: program and arguments; email: sendmail and its options before pcx's.
  std::vector<std::string> command;
  std::vector<std::string> to;                // email
  std::string from;                           // email; empty: pcx@ and the host's name
  std::string client = "pcx";                 // pagerduty
  std::string client_url;                     // pagerduty, alertmanager
  std::string source;                         // pagerduty: payload.source; else the host's name
  std::chrono::milliseconds timeout{10'000};  // of one attempt
  // alertmanager: how often 'pcx alert check' runs; endsAt is three times that after now.
  std::chrono::milliseconds interval{300'000};
  int calls_per_minute_max = 0;  // 0: no limit. pagerduty: 100 (of 120), slack: 50, email: 60
  Route route;
  Location place;  // of its name
};

// What may stand under `alert.receivers`, for the table of known keys.
std::vector<ConfigKey> receiver_config_keys();

// In the order of the file. Throws Error{config} with its place for what is missing, of no use for
// the kind, or wrong: names beyond letters, digits, '_' and '-'; URLs that http::parse_url()
// refuses; e-mail addresses that could be more than one; two defaults are right. A receiver that
// runs a command needs a configuration file which nobody else can change (Error{permission}).
std::vector<ReceiverConfig> read_receivers(const Config& config);

}  // namespace pcx::alert
