// Dead-man pings, for whoever misses them when they do not come: Healthchecks
// (healthchecks.io/docs/http_api) and what speaks like it.
//
// A ping's URL is a secret: who knows it can say that all is well. It says "/start" at the
// beginning of a run and, at its end, nothing or "/fail"; ?rid= is the run's, so that runs which
// overlap are measured each by itself.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "alert/receiver.h"
#include "core/secret.h"
#include "http/client.h"

namespace pcx::alert {

inline constexpr std::size_t kPingBytesMax = 10'000;  // of a ping's body; more is not kept there

struct HeartbeatTools {
  // A Transport whose send() ends within `timeout`.
  std::function<std::unique_ptr<http::Transport>(std::chrono::milliseconds timeout)> connect;
  std::chrono::milliseconds timeout{5'000};
};

class Heartbeat {
 public:
  // `run_id`: a UUID, the same for all pings of a run. `tools` outlive it. Throws Error{config} for
  // a URL that is none, or with a query of its own `rid`; it never repeats it. http:// only to this
  // machine itself.
  Heartbeat(Secret url, std::string run_id, const HeartbeatTools& tools);

  // One try each, never repeated: pings are for now, not for later. `words` is what is kept with it
  // there. Never throw for what the other side does (Attempt::words says it, without the URL);
  // throw the Interrupt's error. Attempt::retry_after is never set.
  Attempt start();
  Attempt success(std::string_view words);
  Attempt fail(std::string_view words);

 private:
  Attempt ping(std::string_view path, std::string_view words);

  Secret url_;
  std::string run_id_;
  const HeartbeatTools& tools_;
};

}  // namespace pcx::alert
