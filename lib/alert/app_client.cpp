#include "alert/app_client.h"

#include <array>
#include <chrono>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "core/error.h"
#include "core/json.h"
#include "core/time.h"
#include "http/answer_words.h"
#include "http/retry_after.h"
#include "http/secret_header.h"

namespace pcx::alert {
namespace {

using namespace std::chrono_literals;

const std::string kLogin = "/api/v1/auth/login";
const std::string kMetrics = "/metrics";
constexpr std::chrono::hours kPauseMax = 24h;  // a longer one is of a clock that was wrong
constexpr std::chrono::seconds kPauseWithoutHint = 60s;  // 429 without Retry-After
// Five refused logins in a quarter of an hour lock an account.
constexpr std::chrono::minutes kLoginPause = 15min;
constexpr JsonLimits kAnswerLimits{.bytes_max = std::size_t{1024} * 1024, .depth_max = 50};

// An answer that is no JSON says nothing.
Document parsed(const http::Response& response) {
  try {
    return parse_json(response.body, "answer", kAnswerLimits);
  } catch (const Error&) {
    return {};
  }
}

std::string text_at(const Document& document, std::string_view key) {
  const Document* const found = document.find(key);
  return found != nullptr && found->text() != nullptr ? *found->text() : "";
}

std::map<std::string, bool> checks_of(const Document& answer) {
  std::map<std::string, bool> checks;
  const Document* const list = answer.find("checks");
  if (list == nullptr || !list->is_object()) return checks;
  for (const auto& [name, value] : list->members()) {
    if (!value.is_scalar()) continue;
    const bool* const holds = std::get_if<bool>(&value.scalar());
    if (holds != nullptr && !name.empty()) checks[name] = *holds;
  }
  return checks;
}

// When the file was written; the beginning of time where that is not to be told.
Time written_at(const std::filesystem::path& file) {
  std::error_code failed;
  const auto time = std::filesystem::last_write_time(file, failed);
  if (failed) return Time{};
  return std::chrono::time_point_cast<Time::duration>(std::chrono::file_clock::to_sys(time));
}

}  // namespace

http::Response AppClient::get(const std::string& path) const {
  return transport_.send(
      {.method = "GET", .url = config_.url + path, .headers = {{"Accept", "application/json"}}});
}

AppHealth AppClient::look() {
  AppHealth health;
  try {
    health.is_up = get("/health/live").status == 200;
    health.answers = true;
    const http::Response ready = get("/health/ready");
    const Document answer = parsed(ready);
    health.is_ready = ready.status == 200 && text_at(answer, "status") == "ready";
    health.checks = checks_of(answer);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::unreachable) throw;
  }
  return health;
}

http::Response AppClient::get_metrics(const AppToken& token) const {
  http::Request request{.method = "GET", .url = config_.url + kMetrics};
  request.headers = {{"Accept", "text/plain"}};
  std::vector<http::SecretHeader> secrets;
  secrets.push_back({"Authorization", Secret{fmt::format("Bearer {}", token.text.reveal_text())}});
  http::add_headers(request, secrets);
  return transport_.send(request);
}

void AppClient::refuse(const std::string& path, const http::Response& response,
                       std::string_view secret) {
  const std::array secrets{secret};
  const std::string words = http::words_of(response, secrets);
  const std::string what = fmt::format("{}{} answered {}{}", config_.url, path, response.status,
                                       words.empty() ? "" : ": " + words);
  if (response.status == 429) {
    state_.not_before = now_ + http::retry_after(response, now_).value_or(kPauseWithoutHint);
    throw Error{ErrorCode::busy, what};
  }
  const bool is_refusal = response.status == 401 || response.status == 403;
  throw Error{is_refusal ? ErrorCode::permission : ErrorCode::unreachable, what};
}

void AppClient::require_login_allowed() const {
  if (!may_log_in_) {
    throw Error{ErrorCode::permission,
                "there is no token that is good; 'pcx alert check' with rules logs in"};
  }
  // A time ahead is of a clock that was wrong.
  if (!state_.login_refused_at || *state_.login_refused_at > now_) return;
  const Time until = *state_.login_refused_at + kLoginPause;
  if (now_ >= until || written_at(config_.credentials_file) > *state_.login_refused_at) return;
  throw Error{
      ErrorCode::permission,
      fmt::format("the login was refused at {}; it is tried again at {}, or when {} changes",
                  to_rfc3339(*state_.login_refused_at), to_rfc3339(until),
                  config_.credentials_file.string())};
}

AppToken AppClient::read_login_answer(const http::Response& response,
                                      const Credentials& credentials) {
  const bool is_wrong = response.status == 400 || response.status == 401 || response.status == 403;
  state_.login_refused_at = is_wrong ? std::optional{now_} : std::nullopt;
  if (response.status != 200) refuse(kLogin, response, credentials.password.reveal_text());
  const Document answer = parsed(response);
  const Document* const data = answer.find("data");
  const std::string token = data == nullptr ? "" : text_at(*data, "accessToken");
  if (token.empty()) {
    throw Error{ErrorCode::data,
                fmt::format("{}{} answered without an access token", config_.url, kLogin)};
  }
  return {.text = Secret{token}, .expires_at = expiry_of(token)};
}

AppToken AppClient::log_in() {
  require_login_allowed();
  const Credentials credentials = read_credentials(config_.credentials_file);
  Document body;
  body.set("email", credentials.email);
  body.set("password", std::string{credentials.password.reveal_text()});
  const http::Response response = transport_.send(
      {.method = "POST",
       .url = config_.url + kLogin,
       .headers = {{"Accept", "application/json"}, {"Content-Type", "application/json"}},
       .body = to_json(body)});
  AppToken token = read_login_answer(response, credentials);
  keep_token(config_.token_file, account(credentials.email), token);
  return token;
}

std::vector<NamedSample> AppClient::metrics() {
  const bool is_held =
      state_.not_before && now_ < *state_.not_before && *state_.not_before - now_ <= kPauseMax;
  if (is_held) {
    throw Error{ErrorCode::busy, fmt::format("{} answered 429; it is asked again at {}",
                                             config_.url, to_rfc3339(*state_.not_before))};
  }
  state_.not_before.reset();
  const std::string email = read_credentials(config_.credentials_file).email;
  auto kept = read_token(config_.token_file, account(email), now_);
  AppToken token = kept ? std::move(*kept) : log_in();
  http::Response response = get_metrics(token);
  if (response.status == 401 && kept) {  // the key changed, or the account
    token = log_in();
    response = get_metrics(token);
  }
  if (response.status != 200) refuse(kMetrics, response, token.text.reveal_text());
  return parse_prometheus_text(response.body, config_.url + kMetrics);
}

}  // namespace pcx::alert
