#include "db/retry.h"

#include <algorithm>

#include "core/error.h"
#include "core/log.h"
#include "db/session.h"
#include "db/sqlstate.h"

namespace pcx::db {
namespace {

using std::chrono::milliseconds;

void run_once(Database& database, const std::function<void(Transaction&)>& work) {
  if (!database.session().is_alive()) database.reconnect();
  Transaction tx = database.begin();
  work(tx);
  tx.commit();
}

bool may_run_again(const Error& error) {
  return error.reason() != "in_doubt" && is_transient(error.sqlstate());
}

// In slices, so that a requested stop need not wait for ten seconds.
void sleep(const RetryTools& tools, milliseconds delay) {
  constexpr milliseconds slice_max{100};
  while (delay > milliseconds{0}) {
    tools.interrupt.throw_if_requested();
    const auto slice = std::min(delay, slice_max);
    tools.clock.sleep_for(slice);
    delay -= slice;
  }
  tools.interrupt.throw_if_requested();
}

}  // namespace

void with_transaction(Database& database, const RetryTools& tools,
                      const std::function<void(Transaction&)>& work) {
  for (int retry = 1;; ++retry) {
    try {
      return run_once(database, work);
    } catch (const Error& error) {
      if (retry > tools.policy.retries_max || !may_run_again(error)) throw;
      log::info("running a transaction again", {{"retry", std::to_string(retry)},
                                                {"sqlstate", error.sqlstate()},
                                                {"error", error.what()}});
    }
    sleep(tools, backoff_delay(tools.policy, retry, tools.random));
  }
}

}  // namespace pcx::db
