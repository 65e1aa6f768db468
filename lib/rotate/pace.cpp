#include "rotate/pace.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace pcx::rotate {

namespace {

using Seconds = std::chrono::duration<double>;

Verdict wait_for(std::string reason) { return {.must_wait = true, .reason = std::move(reason)}; }

std::string megabytes(std::int64_t bytes) {
  return fmt::format("{:.0f} MB", static_cast<double>(bytes) / (1024.0 * 1024.0));
}

void lower(std::optional<std::int64_t>& credit, std::int64_t left) {
  credit = credit ? std::min(*credit, left) : left;
}

// How much WAL the server may still write in the second after `before`.
std::int64_t wal_left(const Limits& limits, const Load& before, const Load& now) {
  const double seconds = Seconds{now.at - before.at}.count();
  const double allowed = static_cast<double>(limits.wal_per_second) * seconds;
  return static_cast<std::int64_t>(allowed) - (now.wal_bytes - before.wal_bytes);
}

std::optional<Verdict> judge_snapshot(const Limits& limits, const Load& now) {
  if (limits.snapshot_age <= milliseconds{0} || !now.oldest) return std::nullopt;
  if (now.oldest->age < limits.snapshot_age) return std::nullopt;
  return wait_for(fmt::format("process {} ({}) holds a snapshot: the table would grow",
                              now.oldest->pid, now.oldest->who));
}

// What a stripe writes is an estimate, and others write, too.
std::int64_t lag_aimed_at(const Limits& limits) { return limits.lag_bytes - limits.lag_bytes / 8; }

std::optional<Verdict> judge_replica(const Limits& limits, const Load& now, std::int64_t needed) {
  const std::int64_t lag_max = lag_aimed_at(limits) - std::min(needed, lag_aimed_at(limits) / 2);
  if (limits.lag_bytes > 0 && now.lag_bytes && *now.lag_bytes >= lag_max) {
    return wait_for(
        fmt::format("a replica is behind its limit of {}", megabytes(limits.lag_bytes)));
  }
  if (limits.lag > milliseconds{0} && now.lag && *now.lag >= limits.lag) {
    return wait_for(fmt::format("a replica is behind its limit of {} ms", limits.lag.count()));
  }
  return std::nullopt;
}

bool is_clock(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() != 5 || text[2] != ':') return false;
  if (!digit(text[0]) || !digit(text[1]) || !digit(text[3]) || !digit(text[4])) return false;
  return text.substr(0, 2) < "24" && text[3] < '6';
}

}  // namespace

Verdict judge(const Limits& limits, const Load& before, const Load& now, std::int64_t needed) {
  if (now.is_paused) return wait_for("paused: pcx key resume goes on");
  if (!now.in_window) {
    return wait_for(fmt::format("outside of the window from {} to {} ({})", limits.window_from,
                                limits.window_to, limits.time_zone));
  }
  if (auto verdict = judge_snapshot(limits, now)) return *verdict;
  if (auto verdict = judge_replica(limits, now, needed)) return *verdict;
  if (limits.archive_backlog > 0 && now.archive_backlog >= limits.archive_backlog) {
    return wait_for("the archiver is behind: WAL files wait to be archived");
  }
  Verdict verdict;
  if (limits.lag_bytes > 0 && now.lag_bytes) {
    lower(verdict.wal_credit, lag_aimed_at(limits) - *now.lag_bytes);
  }
  if (limits.wal_per_second > 0) {
    const std::int64_t left = wal_left(limits, before, now);
    if (left <= 0) return wait_for("the limit of WAL is reached");
    lower(verdict.wal_credit, left);
  }
  return verdict;
}

// One that takes long is no sign: a checkpoint, or a page that had to be read.
void LatencyPace::add(Duration took) {
  if (limit_ <= milliseconds{0}) return;
  took_.push_back(took);
  if (took_.size() > kRemembered) took_.erase(took_.begin());
  const auto slow = std::count_if(took_.begin(), took_.end(),
                                  [&](Duration duration) { return duration > limit_; });
  is_slow_ = static_cast<std::size_t>(slow) > kRemembered / 2;
  if (is_slow_) {
    rest_ = std::min<Duration>(std::max<Duration>(rest_ * 2, limit_), kRestMax);
  } else {
    rest_ = rest_ > limit_ ? rest_ / 2 : Duration{0};
  }
}

std::string LatencyPace::reason() const {
  return fmt::format("its own writes take longer than the limit of {} ms", limit_.count());
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc{} || number < 0) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(read.ptr - text.data()));
  constexpr std::pair<std::string_view, int> kUnits[] = {{"", 0},    {"B", 0},   {"kB", 10},
                                                         {"MB", 20}, {"GB", 30}, {"TB", 40}};
  for (const auto& [name, shift] : kUnits) {
    if (unit != name) continue;
    if (number > (INT64_MAX >> shift)) return std::nullopt;
    return number << shift;
  }
  return std::nullopt;
}

bool parse_window(std::string_view text, Limits& limits) {
  if (text.size() != 11 || text[5] != '-') return false;
  const std::string_view from = text.substr(0, 5);
  const std::string_view to = text.substr(6);
  if (!is_clock(from) || !is_clock(to) || from == to) return false;
  limits.window_from = from;
  limits.window_to = to;
  return true;
}

}  // namespace pcx::rotate
