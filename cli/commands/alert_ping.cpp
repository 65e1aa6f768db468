#include "cli/commands/alert_ping.h"

#include <fmt/format.h>

#include "core/error.h"
#include "core/file.h"
#include "core/text.h"
#include "http/http_transport.h"

namespace pcx::cli {

namespace {

constexpr std::size_t kUrlBytesMax = 4096;
constexpr const char* kVariable = "PCX_ALERT_PING_URL";

std::optional<Secret> url_in(Context& context) {
  if (const auto file = context.config().text("alert.ping_url_file")) {
    return read_secret_file(*file, kUrlBytesMax);
  }
  const auto url = context.environment().get(kVariable);
  if (!url || url->empty()) return std::nullopt;
  return Secret{*url};
}

alert::HeartbeatTools tools_in(Context& context) {
  const Interrupt* const interrupt = &context.interrupt();
  const auto connect = [interrupt](std::chrono::milliseconds timeout) {
    http::HttpOptions options;
    options.total_timeout = timeout;
    options.connect_timeout = std::min(options.connect_timeout, timeout);
    return std::make_unique<http::HttpTransport>(std::move(options), interrupt);
  };
  return {.connect = connect};
}

}  // namespace

Ping::Ping(Context& context) : context_(context), tools_(tools_in(context)) {
  try {
    if (auto url = url_in(context)) {
      heartbeat_.emplace(std::move(*url), context.actor().run_id, tools_);
    }
  } catch (const Error& error) {  // who watches the watch must not stop it
    context.progress().say(escape_controls(fmt::format("the ping: {}", error.what())));
  }
}

void Ping::start() {
  if (heartbeat_) say(heartbeat_->start());
}

// Only a run that could not tell is a failure of the watch itself: what it found, receivers hear.
void Ping::end(Finding finding, const std::string& line) {
  if (!heartbeat_) return;
  say(finding == Finding::unknown ? heartbeat_->fail(line) : heartbeat_->success(line));
}

void Ping::say(const alert::Attempt& attempt) {
  if (attempt.verdict == alert::Verdict::delivered) return;
  context_.progress().say(escape_controls(fmt::format("the ping: {}", attempt.words)));
}

}  // namespace pcx::cli
