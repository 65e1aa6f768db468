#include "migrate/statement_watch.h"

#include "core/error.h"
#include "core/log.h"
#include "migrate/sql.h"

namespace pcx::migrate {

StatementWatch::StatementWatch(const std::function<db::Database()>& open,
                               const std::function<void(const Running&)>& tell, Clock& clock,
                               const Interrupt& interrupt)
    : open_(open), tell_(tell), clock_(clock), interrupt_(interrupt) {}

db::Ticker StatementWatch::ticker(const std::string& migration, const std::string& statement,
                                  int backend_pid) {
  if (!open_ || !tell_) return {};
  const auto began = clock_.steady_now();
  return {kPeriod, [this, migration, statement, backend_pid, began] {
            Running running{.migration = migration, .statement = statement};
            look(running, backend_pid, began);
            tell_(running);
          }};
}

// A statement goes on whether somebody can watch it or not.
void StatementWatch::look(Running& running, int backend_pid,
                          std::chrono::steady_clock::time_point began) {
  running.running_for =
      std::chrono::duration_cast<std::chrono::seconds>(clock_.steady_now() - began);
  running.stops_after = interrupt_.stop_requested();
  const bool can_ask = session_ || !running.stops_after;  // no new session once it is to stop
  if (failed_ || !can_ask) return;
  try {
    if (!session_) session_.emplace(open_());
    const db::Result rows = session_->query(sql::watch_statement, {backend_pid});
    const db::Row row = rows.one();
    running.phase = row["phase"].as<std::string>();
    running.done = row["done"].as<std::int64_t>();
    running.total = row["total"].as<std::int64_t>();
    if (row["pid"].as<int>() != 0) {
      running.blocker =
          Holder{.pid = row["pid"].as<int>(),
                 .user = row["user_name"].as<std::string>(),
                 .application = row["application"].as<std::string>(),
                 .state = row["state"].as<std::string>(),
                 .in_transaction = std::chrono::seconds{row["transaction_s"].as<std::int64_t>()},
                 .since_query = std::chrono::seconds{row["query_s"].as<std::int64_t>()}};
    }
  } catch (const Error& error) {
    failed_ = true;
    log::warning("the progress of the statement cannot be watched", {{"error", error.what()}});
  }
}

}  // namespace pcx::migrate
