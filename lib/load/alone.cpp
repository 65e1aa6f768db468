#include "load/alone.h"

#include <memory>
#include <utility>

#include "load/own_connections.h"

namespace pcx::load {

namespace {

class Ending : public User::Owner {
 public:
  explicit Ending(Poller& poller) : poller_(poller) {}
  void on_user_end(User&, bool completed) override {
    is_completed = completed;
    is_over = true;
    poller_.stop();
  }

  bool is_over = false;
  bool is_completed = false;

 private:
  Poller& poller_;
};

std::string first_error(const Counters& counters) {
  const auto found = counters.lower_bound("errors.");
  const bool is_error = found != counters.end() && found->first.starts_with("errors.");
  return is_error ? found->first.substr(7) : "it did not come to its end";
}

Counters checked_of(const Counters& counters) {
  Counters checked;
  for (const auto& [name, count] : counters) {
    const bool is_one = name.starts_with("plugins.expect.") || name.starts_with("pcx.check.");
    if (is_one) checked.emplace(name, count);
  }
  return checked;
}

}  // namespace

Alone run_alone(const Plan& plan, const Scenario& scenario, std::vector<Value> variables,
                std::uint64_t seed, const ReactorOptions& options, const Interrupt& interrupt) {
  Reactor reactor{plan, options};
  Ending ending{reactor.poller()};
  User user{reactor.user_tools(),
            ending,
            std::make_unique<OwnConnections>(reactor.connections()),
            scenario,
            /*phase=*/0,
            seed,
            std::move(variables)};
  user.start(std::chrono::steady_clock::now());
  if (!ending.is_over) {
    reactor.run([&](Instant) {
      if (interrupt.stop_requested()) reactor.poller().stop();
    });
  }
  Alone alone{.variables = user.variables(), .failure = {}, .checked = {}};
  if (!ending.is_completed) user.abort();
  Result measured;
  reactor.tally().finish(std::chrono::steady_clock::now(), measured);
  alone.checked = checked_of(measured.counters);
  if (ending.is_completed) return alone;
  alone.failure = ending.is_over ? first_error(measured.counters) : "interrupted";
  return alone;
}

}  // namespace pcx::load
