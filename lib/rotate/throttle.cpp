#include "rotate/throttle.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.h"
#include "core/sleep.h"
#include "rotate/sql.h"

namespace pcx::rotate {

namespace {

constexpr milliseconds kLookEvery{500};
constexpr milliseconds kLookAgain{50};  // while waiting
// Of a row that is the first of its page since a checkpoint: the page as a whole, and the row. A
// checkpoint may begin at any time, and what was measured before it is too little then, six times.
constexpr double kBytesPerRow = kPageBytes + 2'000;

std::vector<std::string> texts_of(const std::vector<int>& numbers) {
  std::vector<std::string> texts;
  for (const int number : numbers) texts.push_back(std::to_string(number));
  return texts;
}

std::optional<milliseconds> duration_of(const db::Field& field) {
  const auto number = db::nullable<std::int64_t>(field);
  if (!number) return std::nullopt;
  return milliseconds{*number};
}

}  // namespace

Throttle::Throttle(db::Database& database, const Rotation& rotation, const ThrottleOptions& options)
    : database_(database),
      rotation_(rotation),
      options_(options),
      latency_(options.limits.latency) {
  last_ = look();
  before_ = last_;
  require_rights();
}

// Without the right to see it a replica would never be behind.
void Throttle::require_rights() {
  const Limits& limits = options_.limits;
  const bool asks_for_lag = limits.lag_bytes > 0 || limits.lag > milliseconds{0};
  if (!asks_for_lag || last_.hidden_replicas == 0) return;
  throw Error{ErrorCode::permission, "this role may not see how far the replicas are",
              "GRANT pg_monitor TO it, or leave out the limits of lag."};
}

Load Throttle::look() {
  const Limits& limits = options_.limits;
  const db::Result rows = database_.query(
      sql::sample_load,
      {texts_of(options_.own_pids), limits.window_from, limits.window_to, limits.time_zone});
  const db::Row row = rows.one();
  Load load{.at = options_.clock.steady_now(),
            .wal_bytes = row["wal_bytes"].as<std::int64_t>(),
            .hidden_replicas = row["hidden_replicas"].as<int>(),
            .lag_bytes = db::nullable<std::int64_t>(row["lag_bytes"]),
            .lag = duration_of(row["lag_ms"]),
            .in_window = row["in_window"].as<bool>()};
  if (const auto pid = db::nullable<int>(row["snapshot_pid"])) {
    load.oldest = OldSnapshot{*pid, duration_of(row["snapshot_age_ms"]).value_or(milliseconds{0}),
                              row["snapshot_who"].as<std::string>()};
  }
  require_current(database_, rotation_);
  load.is_paused = is_paused(database_, rotation_);
  if (limits.archive_backlog > 0) {
    load.archive_backlog = database_.query(sql::archive_backlog).one()["files"].as<int>();
  }
  return load;
}

void Throttle::wait(std::int64_t rows) {
  options_.throw_if_stopped();
  if (rows > 0) {
    written();
    rest();
  } else {
    writing_since_.reset();  // it is somebody else who takes so long
  }
  const auto cost =
      static_cast<std::int64_t>(static_cast<double>(rows) * std::max(bytes_per_row_, kBytesPerRow));
  const bool is_spent = credit_ && *credit_ < cost;
  const bool is_old = options_.clock.steady_now() - last_.at >= kLookEvery;
  if (!is_judged_ || is_spent || is_old) wait_for_server(cost);
  if (credit_) *credit_ -= cost;
  rows_since_ += rows;
  wait_for_rate(rows);
  if (rows > 0) writing_since_ = options_.clock.steady_now();
}

void Throttle::written() {
  if (!writing_since_) return;
  latency_.add(options_.clock.steady_now() - *writing_since_);
  writing_since_.reset();
}

void Throttle::rest() {
  if (latency_.is_slow() != is_slow_told_) {
    is_slow_told_ = latency_.is_slow();
    options_.on_wait(is_slow_told_ ? latency_.reason() : "");
  }
  if (latency_.rest() <= latency_.rest().zero()) return;
  sleep_unless_stopped(options_.clock, options_.interrupt, latency_.rest());
  options_.throw_if_stopped();
}

void Throttle::wait_for_server(std::int64_t needed) {
  is_judged_ = true;
  std::string told;
  for (;;) {
    const Load now = look();
    if (rows_since_ > 0) {
      bytes_per_row_ =
          static_cast<double>(now.wal_bytes - last_.wal_bytes) / static_cast<double>(rows_since_);
      rows_since_ = 0;
    }
    if (now.at - before_.at > std::chrono::seconds{1}) before_ = last_;
    const Verdict verdict = judge(options_.limits, before_, now, needed);
    last_ = now;
    credit_ = verdict.wal_credit;
    if (!verdict.must_wait) break;
    if (verdict.reason != told) options_.on_wait(told = verdict.reason);
    sleep_unless_stopped(options_.clock, options_.interrupt, kLookAgain);
    options_.throw_if_stopped();
  }
  if (!told.empty()) options_.on_wait("");
}

void Throttle::wait_for_rate(std::int64_t rows) {
  const auto now = options_.clock.steady_now();
  const auto due = options_.rate.take(rows, now);
  if (due <= now) return;
  sleep_unless_stopped(options_.clock, options_.interrupt, due - now);
}

}  // namespace pcx::rotate
