#include "kpi/push.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "core/error.h"
#include "core/sleep.h"
#include "http/answer_words.h"
#include "http/retry_after.h"
#include "http/url.h"

namespace pcx::kpi {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

std::string origin_of(const http::Request& request) {
  return http::parse_url(request.url).origin();
}

// Names, addresses and connections come back; a certificate does not change within a minute.
bool is_passing(const Error& error) {
  constexpr std::array<std::string_view, 5> kPassing{"resolve", "connect", "timeout", "reset",
                                                     "truncated"};
  return error.code() == ErrorCode::unreachable && std::ranges::count(kPassing, error.reason()) > 0;
}

ErrorCode code_of(int status) {
  if (status == 401 || status == 403) return ErrorCode::permission;
  if (status < 400 || status == 404 || status == 405) return ErrorCode::config;
  return status >= 500 ? ErrorCode::busy : ErrorCode::data;
}

std::string hint_of(ErrorCode code, const std::string& key_hint) {
  switch (code) {
    case ErrorCode::permission: return key_hint;
    case ErrorCode::config: return "Check the URL: it is not where this target takes metrics.";
    case ErrorCode::busy: return "Try again later.";
    default: return {};
  }
}

std::string reason_of(const http::Response& response) {
  return fmt::format("http_{}", response.status);
}

std::string answer_phrase(const http::Request& request, const http::Response& response,
                          const std::vector<SecretHeader>& secrets) {
  const std::string words = http::words_of(response, secrets);
  return fmt::format("{}: answered {}{}{}", origin_of(request), response.status,
                     words.empty() ? "" : ": ", words);
}

// One delivery: tries, and pauses between them.
class Delivery {
 public:
  Delivery(const PushTools& tools, const http::Request& request,
           const std::vector<SecretHeader>& secrets)
      : tools_(tools), request_(request), secrets_(secrets) {}

  http::Response run(IsTransient is_transient) {
    for (int number = 1;; ++number) {
      auto response = try_once();
      if (response && !is_transient(response->status)) return std::move(*response);
      const nanoseconds pause = pause_after(response, number);
      if (pause >= left()) give_up(response, pause);
      sleep_unless_stopped(tools_.clock, tools_.interrupt, pause);
    }
  }

 private:
  nanoseconds left() const { return tools_.deadline - tools_.clock.steady_now(); }

  // std::nullopt: the network failed for now; failure_ says how.
  std::optional<http::Response> try_once() {
    tools_.interrupt.throw_if_requested();
    if (left() <= nanoseconds::zero()) throw_late();
    const auto whole = std::chrono::ceil<milliseconds>(left());
    const auto timeout = std::clamp(whole, milliseconds{1}, kTryMax);
    try {
      return tools_.connect(timeout)->send(request_);
    } catch (const Error& error) {
      if (!is_passing(error)) throw;
      failure_ = error;
      return std::nullopt;
    }
  }

  nanoseconds pause_after(const std::optional<http::Response>& response, int number) {
    const auto wanted =
        response ? http::retry_after(*response, tools_.clock.wall_now()) : std::nullopt;
    if (wanted) return std::max<nanoseconds>(*wanted, tools_.pauses.first_delay);
    return backoff_delay(tools_.pauses, number, tools_.random);
  }

  [[noreturn]] void give_up(const std::optional<http::Response>& response, nanoseconds pause) {
    if (!response) throw Error{*failure_};
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(pause).count();
    throw Error{ErrorCode::busy, answer_phrase(request_, *response, secrets_),
                fmt::format("The next try would be in {} s, after the deadline.", seconds)}
        .because(reason_of(*response));
  }

  [[noreturn]] void throw_late() const {
    throw Error{ErrorCode::unreachable,
                fmt::format("{}: the deadline passed before it was asked", origin_of(request_))}
        .because("timeout");
  }

  const PushTools& tools_;
  const http::Request& request_;
  const std::vector<SecretHeader>& secrets_;
  std::optional<Error> failure_;
};

}  // namespace

http::Response deliver(const PushTools& tools, const http::Request& request,
                       const std::vector<SecretHeader>& secrets, IsTransient is_transient) {
  return Delivery{tools, request, secrets}.run(is_transient);
}

void throw_refused(const http::Request& request, const http::Response& response,
                   const std::vector<SecretHeader>& secrets, const std::string& key_hint) {
  const ErrorCode code = code_of(response.status);
  throw Error{code, answer_phrase(request, response, secrets), hint_of(code, key_hint)}.because(
      reason_of(response));
}

std::string base_of(std::string_view url) {
  const http::Url parsed = http::parse_url(url);
  if (parsed.target.find('?') != std::string::npos) {
    throw Error{ErrorCode::data, fmt::format("{}: the URL has a query", parsed.origin()),
                "Name the target without one; keys belong into headers."};
  }
  while (url.ends_with('/')) url.remove_suffix(1);
  return std::string{url};
}

}  // namespace pcx::kpi
