#include "alert/receiver_post.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "http/answer_words.h"
#include "http/retry_after.h"

namespace pcx::alert {
namespace {

using std::chrono::milliseconds;

std::string refusal(const http::Response& response, std::span<const std::string_view> secrets) {
  const std::string words = http::words_of(response, secrets);
  return fmt::format("answered {}{}{}", response.status, words.empty() ? "" : ": ", words);
}

Attempt attempt_of(const http::Response& response, std::span<const std::string_view> secrets,
                   Time now) {
  Attempt attempt{.verdict = verdict_of(response.status)};
  if (attempt.verdict == Verdict::delivered) return attempt;
  attempt.words = refusal(response, secrets);
  if (attempt.verdict == Verdict::refused) return attempt;
  attempt.retry_after = http::retry_after(response, now);
  if (!attempt.retry_after && response.status == 429) attempt.retry_after = kTooManyPause;
  return attempt;
}

}  // namespace

Verdict verdict_of(int status) noexcept {
  if (status >= 200 && status < 300) return Verdict::delivered;
  const bool passes = status == 408 || status == 425 || status == 429 || status >= 500;
  return passes ? Verdict::later : Verdict::refused;
}

Attempt post(const ReceiverConfig& config, const ReceiverTools& tools, const http::Request& request,
             std::span<const std::string_view> secrets, milliseconds time_max) {
  const milliseconds timeout = std::max(std::min(config.timeout, time_max), milliseconds{1});
  try {
    const http::Response response = tools.connect(config, timeout)->send(request);
    return attempt_of(response, secrets, tools.clock.wall_now());
  } catch (const Error& error) {
    if (error.code() == ErrorCode::unreachable) {
      return {.verdict = Verdict::later, .words = http::phrase_of(error.what(), secrets)};
    }
    if (error.code() == ErrorCode::interrupted || error.code() == ErrorCode::terminated) throw;
    throw Error{ErrorCode::config,
                fmt::format("receiver {}: {}", escape_controls(config.name),
                            http::phrase_of(error.what(), secrets)),
                error.hint()}
        .at(config.place);
  }
}

http::Request json_request(std::string url, std::string body) {
  return {.method = "POST",
          .url = std::move(url),
          .headers = {{"Content-Type", "application/json"}},
          .body = std::move(body)};
}

}  // namespace pcx::alert
