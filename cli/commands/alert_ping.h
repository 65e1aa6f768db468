// Tells whoever misses runs of `pcx alert check` that there was one (PCX_ALERT_PING_URL, or the
// file that alert.ping_url_file names: it is a secret).
#pragma once

#include <optional>
#include <string>

#include "alert/heartbeat.h"
#include "cli/context.h"
#include "core/finding.h"

namespace pcx::cli {

class Ping {
 public:
  // Without an address it does nothing. Throws Error{config} for one that is none.
  explicit Ping(Context& context);

  // A ping that fails is said, and stops nothing.
  void start();
  void end(Finding finding, const std::string& line);

 private:
  void say(const alert::Attempt& attempt);

  Context& context_;
  alert::HeartbeatTools tools_;
  std::optional<alert::Heartbeat> heartbeat_;
};

}  // namespace pcx::cli
