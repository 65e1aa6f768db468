#include "db/retry.h"

#include "core/error.h"
#include "core/log.h"
#include "core/retry.h"
#include "core/sleep.h"
#include "db/session.h"
#include "db/sqlstate.h"

namespace pcx::db {
namespace {

void run_once(Database& database, const std::function<void(Transaction&)>& work) {
  if (!database.session().is_alive()) database.reconnect();
  Transaction tx = database.begin();
  work(tx);
  tx.commit();
}

bool may_run_again(const Error& error) {
  return error.reason() != "in_doubt" && is_transient(error.sqlstate());
}

// A clock whose sleep a requested stop ends.
class StoppableClock final : public Clock {
 public:
  explicit StoppableClock(const RetryTools& tools) : tools_(tools) {}
  std::chrono::system_clock::time_point wall_now() const override {
    return tools_.clock.wall_now();
  }
  std::chrono::steady_clock::time_point steady_now() const override {
    return tools_.clock.steady_now();
  }
  void sleep_for(std::chrono::nanoseconds delay) override {
    sleep_unless_stopped(tools_.clock, tools_.interrupt, delay);
  }

 private:
  const RetryTools& tools_;
};

}  // namespace

void with_transaction(Database& database, const RetryTools& tools,
                      const std::function<void(Transaction&)>& work) {
  StoppableClock clock{tools};
  const auto may_help = [](const Error& error) {
    if (!may_run_again(error)) return false;
    log::info("running a transaction again",
              {{"sqlstate", error.sqlstate()}, {"error", error.what()}});
    return true;
  };
  retry(tools.policy, clock, tools.random, may_help, [&] { run_once(database, work); });
}

}  // namespace pcx::db
