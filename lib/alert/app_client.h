// Requests to the application.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "alert/app.h"
#include "alert/app_reading.h"
#include "alert/app_token.h"
#include "alert/prometheus_text.h"

namespace pcx::alert {

struct AppHealth {
  bool answers = false;   // anything
  bool is_up = false;     // /health/live answered 200
  bool is_ready = false;  // /health/ready answered 200, and its status is "ready"
  std::map<std::string, bool> checks;
};

class AppClient {
 public:
  // All of them outlive it. What a refusal means for later runs is put down in `state`.
  AppClient(const AppConfig& config, http::Transport& transport, Time now, AppState& state,
            bool may_log_in = true)
      : config_(config), transport_(transport), now_(now), state_(state), may_log_in_(may_log_in) {}

  // Without a token. Who does not answer is not up, and is not asked twice.
  AppHealth look();
  // With a token, which may want a login. Throws Error{permission} (401, 403), Error{busy} (429,
  // now or before), Error{data} for an answer that is none, Error{unreachable}; and what
  // read_credentials() and read_token() throw.
  std::vector<NamedSample> metrics();

 private:
  http::Response get(const std::string& path) const;
  http::Response get_metrics(const AppToken& token) const;
  AppToken log_in();
  AppToken read_login_answer(const http::Response& response, const Credentials& credentials);
  void require_login_allowed() const;
  [[noreturn]] void refuse(const std::string& path, const http::Response& response,
                           std::string_view secret);
  std::string account(const std::string& email) const { return config_.url + "\n" + email; }

  const AppConfig& config_;
  http::Transport& transport_;
  Time now_;
  AppState& state_;
  bool may_log_in_;
};

}  // namespace pcx::alert
