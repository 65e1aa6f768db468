#include "alert/heartbeat.h"

#include <fmt/format.h>

#include "alert/receiver_post.h"
#include "alert/receiver_secret.h"
#include "core/error.h"
#include "core/text.h"
#include "http/answer_words.h"
#include "http/clear_text.h"

namespace pcx::alert {
namespace {

// "https://hc-ping.com/KEY/slug?create=1" -> "https://hc-ping.com/KEY/slug/start?create=1&rid=..."
std::string ping_url(std::string_view url, std::string_view path, const std::string& run_id) {
  const std::size_t query = std::min(url.find('?'), url.size());
  std::string_view base = url.substr(0, query);
  while (base.ends_with('/')) base.remove_suffix(1);
  const std::string_view rest = url.substr(query);
  return fmt::format("{}{}{}{}rid={}", base, path, rest, rest.empty() ? "?" : "&", run_id);
}

void check(std::string_view url) {
  try {
    http::require_safe_for_key(url);
  } catch (const Error& error) {
    throw Error{ErrorCode::config, fmt::format("the URL to ping: {}", error.what()), error.hint()};
  }
  if (url.find("?rid=") == std::string_view::npos && url.find("&rid=") == std::string_view::npos) {
    return;
  }
  throw Error{ErrorCode::config, "the URL to ping has a rid of its own",
              "Leave it out: each run adds its own."};
}

Attempt attempt_of(const http::Response& response, std::span<const std::string_view> secrets) {
  Attempt attempt{.verdict = verdict_of(response.status)};
  if (attempt.verdict == Verdict::delivered) return attempt;
  const std::string words = http::words_of(response, secrets);
  attempt.words = fmt::format("answered {}{}{}", response.status, words.empty() ? "" : ": ", words);
  return attempt;
}

}  // namespace

Heartbeat::Heartbeat(Secret url, std::string run_id, const HeartbeatTools& tools)
    : url_(std::move(url)), run_id_(std::move(run_id)), tools_(tools) {
  check(url_.reveal_text());
}

Attempt Heartbeat::start() { return ping("/start", {}); }
Attempt Heartbeat::success(std::string_view words) { return ping("", words); }
Attempt Heartbeat::fail(std::string_view words) { return ping("/fail", words); }

Attempt Heartbeat::ping(std::string_view path, std::string_view words) {
  const std::vector<std::string_view> secrets = secret_parts(url_.reveal_text());
  const http::Request request{.method = "POST",
                              .url = ping_url(url_.reveal_text(), path, run_id_),
                              .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
                              .body = std::string{cut_to_bytes(words, kPingBytesMax)}};
  try {
    return attempt_of(tools_.connect(tools_.timeout)->send(request), secrets);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted || error.code() == ErrorCode::terminated) throw;
    return {.verdict = Verdict::later, .words = http::phrase_of(error.what(), secrets)};
  }
}

}  // namespace pcx::alert
