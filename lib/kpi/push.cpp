#include "kpi/push.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "core/error.h"
#include "core/json.h"
#include "core/redact.h"
#include "core/sleep.h"
#include "core/text.h"
#include "http/url.h"
#include "kpi/retry_after.h"

namespace pcx::kpi {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr std::size_t kWordsMax = 200;
constexpr std::size_t kAnswerBytesMax = 64 * 1024;

std::string origin_of(const http::Request& request) {
  return http::parse_url(request.url).origin();
}

// Names, addresses and connections come back; a certificate does not change within a minute.
bool is_passing(const Error& error) {
  constexpr std::array<std::string_view, 5> kPassing{"resolve", "connect", "timeout", "reset",
                                                     "truncated"};
  return error.code() == ErrorCode::unreachable && std::ranges::count(kPassing, error.reason()) > 0;
}

std::string without_secrets(std::string text, const std::vector<SecretHeader>& secrets) {
  for (const SecretHeader& secret : secrets) {
    const std::string_view value = secret.value.reveal_text();
    if (value.empty()) continue;
    for (auto at = text.find(value); at != std::string::npos; at = text.find(value, at + 3)) {
      text.replace(at, value.size(), "***");
    }
  }
  return redact(text);
}

// {"message": "..."}, as OTLP's Status, or {"error": "..."}.
std::string message_of(const std::string& body) {
  if (!body.starts_with('{')) return body;
  try {
    const Document answer = parse_json(body, "answer", {.bytes_max = kAnswerBytesMax});
    for (const char* key : {"message", "error"}) {
      const Document* const found = answer.find(key);
      if (found && found->text()) return *found->text();
    }
  } catch (const Error&) {
    return body;  // no JSON after all: its text says it as well
  }
  return body;
}

std::string cut(std::string text, std::size_t characters_max) {
  const std::size_t end = byte_offset_of_character(text, characters_max + 1);
  if (end >= text.size()) return text;
  text.resize(end);
  return text + "...";
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
  const std::string words = words_of(response, secrets);
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
    const auto wanted = response ? retry_after(*response, tools_.clock.wall_now()) : std::nullopt;
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

void add_headers(http::Request& request, const std::vector<SecretHeader>& secrets) {
  for (const SecretHeader& secret : secrets) {
    request.headers.push_back({secret.name, std::string{secret.value.reveal_text()}});
  }
}

std::string words_of(const http::Response& response, const std::vector<SecretHeader>& secrets) {
  const std::string body = response.body.substr(0, kAnswerBytesMax);
  const std::string message = without_secrets(message_of(body), secrets);
  return cut(escape_controls(trim(message)), kWordsMax);
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
