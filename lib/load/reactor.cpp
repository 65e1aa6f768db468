#include "load/reactor.h"

#include <utility>

namespace pcx::load {

namespace {

Time wall_now() { return std::chrono::system_clock::now(); }

std::unique_ptr<http::TlsClient> make_tls(const TlsOptions& options) {
  http::TlsClientOptions client{.verify = options.verify};
  if (!options.ca_file.empty()) client.ca_file = options.ca_file;
  if (!options.certificate_file.empty()) client.certificate_file = options.certificate_file;
  if (!options.key_file.empty()) client.key_file = options.key_file;
  if (!options.passphrase.empty()) client.passphrase = Secret{options.passphrase};
  return std::make_unique<http::TlsClient>(client);
}

}  // namespace

Reactor::Reactor(const Plan& plan, const ReactorOptions& options)
    : tick_(poller_, [this](Instant due, Instant now) { on_tick(due, now); }),
      tls_(make_tls(plan.http.tls)),
      wheel_(options.start),
      connections_{.poller = poller_, .wheel = &wheel_, .tls = tls_.get()},
      origins_(options.resolve),
      tally_(plan, options.start, options.wall_start),
      exchange_{.plan = plan,
                .origins = origins_,
                .wheel = wheel_,
                .tally = tally_,
                .wall_now = wall_now,
                .follows_everywhere = options.strict},
      user_tools_{.exchange = exchange_, .log = options.log, .strict = options.strict} {}

void Reactor::run(std::function<void(Instant now)> on_tick) {
  on_tick_ = std::move(on_tick);
  tick_.set(std::chrono::steady_clock::now() + Wheel::kTick);
  poller_.run();
}

// Of the last tick its beginning counts: answers wait while it works, too.
void Reactor::on_tick(Instant due, Instant now) {
  tally_.ticked(due, now);
  wheel_.advance(now);
  on_tick_(now);
  tick_.set(now + Wheel::kTick);
}

}  // namespace pcx::load
