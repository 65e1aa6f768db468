#include "apikey/usage_report.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "apikey/sql.h"
#include "apikey/store.h"
#include "core/error.h"
#include "core/time.h"

namespace pcx::apikey {

namespace {

using std::chrono::duration_cast;
using std::chrono::hours;

constexpr hours width_of(UsageStep step) { return hours{step == UsageStep::hour ? 1 : 24}; }

std::optional<Time> time_in(const db::Field& field) {
  const auto text = db::nullable<std::string_view>(field);
  return text ? parse_rfc3339(*text) : std::nullopt;
}

void keep_latest(std::optional<Time>& time, const std::optional<Time>& other) {
  if (other && (!time || *time < *other)) time = other;
}

void require_metrics(db::Transaction& tx) {
  if (tx.query(sql::usage_metrics_exist).one()["there"].as<bool>()) return;
  throw Error{ErrorCode::not_found, "there is no table public.api_usage_metrics",
              "Run the application's migrations first: pcx migrate up."}
      .because("no_usage_metrics");
}

Error too_much() {
  Error error{ErrorCode::usage,
              fmt::format("there are more than {} counts of keys and steps", kUsageRowsMax),
              "Name the keys to look at, take a shorter --since, or --by day."};
  return error.because("too_much");
}

std::vector<Key> asked_for(db::Transaction& tx, const std::vector<std::string>& ids) {
  if (ids.empty()) return list_keys(tx);
  std::map<std::string, Key> found;
  for (Key& key : find_keys(tx, ids)) found.emplace(key.id, std::move(key));
  std::vector<Key> keys;
  for (const std::string& id : ids) {
    const auto each = found.find(id);
    if (each == found.end()) {
      throw Error{ErrorCode::not_found, fmt::format("there is no API key {}", id),
                  "See 'pcx apikey list --all'."}
          .because("no_such_key");
    }
    if (std::ranges::none_of(keys, [&](const Key& key) { return key.id == id; })) {
      keys.push_back(each->second);
    }
  }
  return keys;
}

// Answers of the server about all keys, put where they belong.
class Reading {
 public:
  Reading(db::Transaction& tx, const UsageQuestion& question, std::vector<Key> keys)
      : tx_(tx), since_(to_rfc3339_us(question.since)), question_(question) {
    if (!question.ids.empty()) rows_.emplace();
    if (!question.ids.empty()) ids_.emplace();
    for (Key& key : keys) {
      by_row_.emplace(key.row_id, usages_.size());
      by_id_.emplace(key.id, usages_.size());
      if (rows_) rows_->push_back(key.row_id);
      if (ids_) ids_->push_back(key.id);
      const auto last_used = key.last_used_at;
      usages_.push_back({std::move(key), std::nullopt, std::nullopt, last_used});
    }
  }

  std::vector<KeyUsage> take() {
    read_whether_recorded();
    read_totals();
    read_steps();
    read_endpoints();
    read_counts();
    if (!question_.ids.empty()) read_last();
    return std::move(usages_);
  }

 private:
  using Places = std::map<std::string, std::size_t, std::less<>>;

  static db::Param list_or_all(const std::optional<std::vector<std::string>>& list) {
    return list ? db::Param{*list} : db::Param{nullptr};
  }
  // nullptr: made since the keys were read, or not asked for.
  KeyUsage* at(const Places& places, const db::Field& name) {
    const auto found = places.find(name.as<std::string_view>());
    return found == places.end() ? nullptr : &usages_[found->second];
  }
  RecordedUsage* recorded(const db::Row& row) {
    KeyUsage* usage = at(by_row_, row["row_id"]);
    return usage == nullptr || !usage->recorded ? nullptr : &*usage->recorded;
  }

  void read_whether_recorded() {
    const db::Result rows = tx_.query(sql::usage_known, {list_or_all(ids_)});
    for (const db::Row row : rows) {
      KeyUsage* usage = at(by_id_, row["id"]);
      if (usage == nullptr) continue;
      if (row["is_recorded"].as<bool>()) usage->recorded.emplace();
      if (row["is_counted"].as<bool>()) usage->counted.emplace();
      keep_latest(usage->last_seen, time_in(row["last_counted_at"]));
    }
  }

  void read_totals() {
    const db::Result rows = tx_.query(sql::usage_totals, {list_or_all(rows_), since_});
    for (const db::Row row : rows) {
      RecordedUsage* usage = recorded(row);
      if (usage == nullptr) continue;
      usage->calls = row["calls"].as<std::int64_t>();
      usage->client_errors = row["client_errors"].as<std::int64_t>();
      usage->server_errors = row["server_errors"].as<std::int64_t>();
      usage->p95_ms = db::nullable<std::int64_t>(row["p95_ms"]);
      keep_latest(at(by_row_, row["row_id"])->last_seen, time_in(row["last_at"]));
    }
  }

  void read_steps() {
    const db::Result rows =
        tx_.query(sql::usage_steps, {list_or_all(rows_), since_, to_string(question_.step),
                                     static_cast<std::int64_t>(kUsageRowsMax + 1)});
    if (rows.size() > kUsageRowsMax) throw too_much();
    for (const db::Row row : rows) {
      RecordedUsage* usage = recorded(row);
      const auto from = time_in(row["step"]);
      if (usage == nullptr || !from) continue;
      usage->series.push_back({*from, row["calls"].as<std::int64_t>(),
                               row["client_errors"].as<std::int64_t>(),
                               row["server_errors"].as<std::int64_t>()});
    }
  }

  void read_endpoints() {
    const db::Result rows =
        tx_.query(sql::usage_endpoints,
                  {list_or_all(rows_), since_, static_cast<std::int64_t>(kUsageEndpointsMax)});
    for (const db::Row row : rows) {
      RecordedUsage* usage = recorded(row);
      if (usage == nullptr) continue;
      usage->endpoints.push_back({row["method"].as<std::string>(),
                                  row["endpoint"].as<std::string>(),
                                  row["calls"].as<std::int64_t>()});
    }
  }

  void read_counts() {
    const db::Result rows = tx_.query(sql::usage_counts, {list_or_all(ids_), since_});
    for (const db::Row row : rows) {
      KeyUsage* usage = at(by_id_, row["key_id"]);
      if (usage == nullptr || !usage->counted) continue;
      *usage->counted = {row["taken"].as<std::int64_t>(), row["refused"].as<std::int64_t>()};
    }
  }

  // Of those that were recorded, but not since then: all their rows are read for that.
  void read_last() {
    std::vector<std::string> before;
    for (const KeyUsage& usage : usages_) {
      if (usage.recorded && usage.recorded->calls == 0) before.push_back(usage.key.row_id);
    }
    if (before.empty()) return;
    const db::Result rows = tx_.query(sql::usage_last, {before});
    for (const db::Row row : rows) {
      KeyUsage* usage = at(by_row_, row["row_id"]);
      if (usage != nullptr) keep_latest(usage->last_seen, time_in(row["last_at"]));
    }
  }

  db::Transaction& tx_;
  const std::string since_;
  const UsageQuestion& question_;
  std::vector<KeyUsage> usages_;
  Places by_row_;
  Places by_id_;
  std::optional<std::vector<std::string>> rows_;  // std::nullopt: all
  std::optional<std::vector<std::string>> ids_;
};

// Steps without calls have no row; a series without them would look busier than it was. What is of
// later than now, by a clock that is ahead, belongs to the last one.
void fill_gaps(std::vector<UsageCount>& series, const std::vector<Time>& steps) {
  std::vector<UsageCount> full;
  for (const Time step : steps) full.push_back({.from = step});
  for (const UsageCount& count : series) {
    const auto behind = std::ranges::upper_bound(steps, count.from);
    if (behind == steps.begin()) continue;
    UsageCount& sum = full[static_cast<std::size_t>(behind - steps.begin()) - 1];
    sum.calls += count.calls;
    sum.client_errors += count.client_errors;
    sum.server_errors += count.server_errors;
  }
  series = std::move(full);
}

bool was_used(const KeyUsage& usage) {
  const bool is_counted = usage.counted && (usage.counted->taken > 0 || usage.counted->refused > 0);
  return is_counted || (usage.recorded && usage.recorded->calls > 0);
}

std::int64_t calls_of(const KeyUsage& usage) {
  if (usage.recorded) return usage.recorded->calls;
  return usage.counted ? usage.counted->taken : 0;
}

void leave_out_unused(UsageReport& report) {
  for (const KeyUsage& usage : report.keys) {
    if (was_used(usage)) continue;
    ++report.unused;
    if (!usage.recorded && !usage.counted) ++report.unrecorded;
  }
  std::erase_if(report.keys, [](const KeyUsage& usage) { return !was_used(usage); });
  std::ranges::stable_sort(report.keys, std::ranges::greater{}, calls_of);
}

}  // namespace

const char* to_string(UsageStep step) noexcept { return step == UsageStep::hour ? "hour" : "day"; }

std::vector<Time> steps_between(Time since, Time now, UsageStep step) {
  const auto width = duration_cast<Time::duration>(width_of(step));
  const Time first{since.time_since_epoch() - since.time_since_epoch() % width};
  if ((now - first) / width >= kUsageStepsMax) {
    Error error{
        ErrorCode::usage,
        fmt::format("that are more than {} steps of one {}", kUsageStepsMax, to_string(step)),
        "Take a shorter --since, or --by day."};
    throw error.because("too_much");
  }
  std::vector<Time> steps;
  for (Time at = first; at <= now; at += width) steps.push_back(at);
  return steps;
}

UsageReport read_usage(db::Transaction& tx, const UsageQuestion& question) {
  const auto steps = steps_between(question.since, question.now, question.step);
  require_metrics(tx);
  UsageReport report{.keys = Reading{tx, question, asked_for(tx, question.ids)}.take()};
  if (question.ids.empty()) leave_out_unused(report);
  if (report.keys.size() * steps.size() > kUsageRowsMax) throw too_much();
  for (KeyUsage& usage : report.keys) {
    if (usage.recorded) fill_gaps(usage.recorded->series, steps);
  }
  return report;
}

}  // namespace pcx::apikey
