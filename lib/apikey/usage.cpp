#include "apikey/usage.h"

#include <algorithm>
#include <utility>

#include "core/log.h"

namespace pcx::apikey {

namespace {

void warn(const Error& error) {
  log::warning("uses of API keys could not be written", {{"error", error.what()}});
}

// Of one row: those of that day; made when it is the first.
Uses& uses_of(std::vector<Uses>& all, const Key& key, std::chrono::sys_days day) {
  const auto found = std::ranges::find_if(
      all, [&](const Uses& each) { return each.day == day && each.key_id == key.id; });
  if (found != all.end()) return *found;
  all.push_back({.row_id = key.row_id, .key_id = key.id, .day = day});
  return all.back();
}

}  // namespace

Usage::Usage(const Clock& clock, UsageOptions options)
    : clock_(clock), options_(std::move(options)), due_(clock.steady_now() + options_.interval) {}

void Usage::count(const Key& key, bool is_taken, Time now) {
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::lock_guard guard{mutex_};
  Uses& uses = uses_of(counted_[key.row_id], key, day);
  ++(is_taken ? uses.calls : uses.refused);
  if (is_taken) uses.last_used_at = std::max(uses.last_used_at.value_or(now), now);
}

std::vector<Uses> Usage::take_all() {
  const std::lock_guard guard{mutex_};
  std::vector<Uses> all;
  for (const auto& [row_id, uses] : counted_) all.insert(all.end(), uses.begin(), uses.end());
  counted_.clear();
  return all;
}

void Usage::put_back(const std::vector<Uses>& all) {
  const std::lock_guard guard{mutex_};
  for (const Uses& each : all) {
    const Key key{.id = each.key_id, .row_id = each.row_id};
    Uses& uses = uses_of(counted_[each.row_id], key, each.day);
    uses.calls += each.calls;
    uses.refused += each.refused;
    uses.last_used_at = std::max(uses.last_used_at, each.last_used_at);  // nullopt is the least
  }
}

void Usage::tell_when_due(db::Database& database) {
  const Instant now = clock_.steady_now();
  Instant due = due_;
  if (now < due || !due_.compare_exchange_strong(due, now + options_.interval)) return;
  tell(database);
}

void Usage::tell(db::Database& database) {
  const std::vector<Uses> all = take_all();
  if (all.empty()) return;
  try {
    record_uses(database, all);
  } catch (const Error& error) {
    // In doubt: rather too few than twice.
    if (error.reason() != "in_doubt") put_back(all);
    options_.on_failure ? options_.on_failure(error) : warn(error);
  }
}

}  // namespace pcx::apikey
