#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "alert/memory_items.h"
#include "alert/sql.h"
#include "alert/store.h"
#include "alert/table_rows.h"
#include "core/error.h"
#include "core/json.h"
#include "core/time.h"

namespace pcx::alert {
namespace {

using Rows = DatabaseStore::Known::Rows;
constexpr JsonLimits kRowLimits{.bytes_max = kMemoryBytesMax};

Error written_meanwhile(std::int64_t generation) {
  Error error{ErrorCode::conflict,
              fmt::format("the memory of pcx alert is not at generation {} any more", generation),
              "Somebody else has written it meanwhile. Run the command again."};
  return error.because("generation");
}

// The rows of one table: its items, and their JSON by key.
template <typename Read>
auto read_rows(const db::Result& rows, std::string_view table, Read read, Rows& known) {
  std::vector<decltype(read(Document{}, std::string{}))> items;
  for (const db::Row row : rows) {
    if (row["name"].as<std::string_view>() != table) continue;
    const std::string place = fmt::format("pcx.{}: row {}", table, items.size() + 1);
    const auto body = row["body"].as<std::string_view>();
    items.push_back(read(parse_json(body, place, kRowLimits), place));
    known[key_of(items.back())] = body;
  }
  return items;
}

// Rows come in no order.
void sort_items(Memory& memory) {
  using std::tie;
  std::ranges::sort(memory.alerts, {},
                    [](const Alert& each) { return tie(each.rule, each.labels); });
  std::ranges::sort(memory.incidents, {},
                    [](const Incident& each) { return tie(each.receiver, each.dedup_key); });
  std::ranges::sort(memory.outbox, {},
                    [](const OutboxLine& each) { return tie(each.sequence, each.id); });
  std::ranges::sort(memory.silences, {},
                    [](const Silence& each) { return tie(each.starts_at, each.id); });
  std::ranges::sort(memory.readings, {}, &Reading::at);
}

// The run's row has what is in no list.
void read_head_row(const db::Result& rows, Memory& memory) {
  constexpr const char* kPlace = "pcx.alert_run";
  for (const db::Row row : rows) {
    if (row["name"].as<std::string_view>() != "alert_run") continue;
    memory.generation = row["generation"].as<std::int64_t>();
    read_head(parse_json(row["body"].as<std::string_view>(), kPlace, kRowLimits), kPlace, memory);
  }
}

db::Params head_params(const std::string& environment, const Memory& memory, Time now) {
  const auto& run = memory.last_run;
  const auto when = run ? std::optional{to_rfc3339(run->at)} : std::nullopt;
  const auto code = run ? std::optional{run->exit_code} : std::nullopt;
  const auto id = run ? std::optional{stored_text(run->run_id)} : std::nullopt;
  return {environment,    memory.generation, when, code, id, stored_json(head_of(memory)),
          to_rfc3339(now)};
}

// Alerts that ended in PostgreSQL since ours evaluated them.
std::vector<Alert> ended_alerts(db::Transaction& tx, const std::string& environment,
                                const Memory& ours) {
  Texts ids, times;
  std::map<std::string, const Alert*> by_id;
  for (const Alert& alert : ours.alerts) {
    ids.push_back(stored_text(alert.id()));
    times.push_back(to_rfc3339(alert.evaluated_at));
    by_id.emplace(ids.back(), &alert);
  }
  std::vector<Alert> ended;
  for (const db::Row row : tx.query(sql::read_ended_alerts, {environment, ids, times})) {
    Alert alert = *by_id.at(row["alert_id"].as<std::string>());
    alert.phase = Phase::resolved;
    alert.resolved_at = alert.evaluated_at = *parse_rfc3339(row["ended_at"].as<std::string>());
    ended.push_back(std::move(alert));
  }
  return ended;
}

db::Result read_ended_lines(db::Transaction& tx, const std::string& environment,
                            const Memory& ours) {
  Texts ids, receivers, keys;
  for (const OutboxLine& line : ours.outbox) ids.push_back(stored_text(line.id));
  for (const Incident& incident : ours.incidents) {
    receivers.push_back(stored_text(incident.receiver));
    keys.push_back(stored_text(incident.dedup_key));
  }
  return tx.query(sql::read_ended_lines, {environment, ids, receivers, keys});
}

db::Result read_ended_silences(db::Transaction& tx, const std::string& environment,
                               const Memory& ours) {
  Texts ids;
  for (const Silence& silence : ours.silences) ids.push_back(stored_text(silence.id));
  return tx.query(sql::read_ended_silences, {environment, ids});
}

// Adds those that are not there.
template <typename Item>
void add_new(std::vector<Item>& items, std::vector<Item> others) {
  std::set<std::string> known;
  for (const Item& item : items) known.insert(key_of(item));
  for (Item& item : others) {
    if (known.insert(key_of(item)).second) items.push_back(std::move(item));
  }
}

}  // namespace

DatabaseStore::DatabaseStore(db::Database& database, std::string environment, const Clock& clock,
                             const Retention& retention)
    : database_(database),
      environment_(std::move(environment)),
      clock_(clock),
      retention_(retention) {}

db::Query DatabaseStore::question() const {
  const Time now = clock_.wall_now();
  return {sql::read_memory,
          {environment_, to_rfc3339(now - kEndedLineStays), to_rfc3339(now - kEndedSilenceStays)}};
}

Memory DatabaseStore::take(const db::Result& rows) {
  Known known;
  Memory memory;
  read_head_row(rows, memory);
  memory.alerts = read_rows(rows, "alert_state", alert_of, known.alerts);
  memory.incidents = read_rows(rows, "alert_incident", incident_of, known.incidents);
  memory.outbox = read_rows(rows, "alert_outbox", line_of, known.outbox);
  memory.silences = read_rows(rows, "alert_silence", silence_of, known.silences);
  memory.readings = read_rows(rows, "alert_reading", reading_of, known.readings);
  sort_items(memory);
  known_ = std::move(known);
  return memory;
}

// A transaction, for the first stop to cancel what waits.
Memory DatabaseStore::load() {
  db::Transaction tx = database_.begin(db::Access::read_only);
  Memory memory = take(tx.query(question()));
  tx.commit();
  return memory;
}

Memory DatabaseStore::load_beside(const Memory& ours) {
  db::Transaction tx = database_.begin(db::Access::read_only, db::Isolation::repeatable_read);
  Memory memory = take(tx.query(question()));
  add_new(memory.alerts, ended_alerts(tx, environment_, ours));
  add_new(memory.outbox, read_rows(read_ended_lines(tx, environment_, ours), "alert_outbox",
                                   line_of, known_->outbox));
  add_new(memory.silences, read_rows(read_ended_silences(tx, environment_, ours), "alert_silence",
                                     silence_of, known_->silences));
  tx.commit();
  return memory;
}

void DatabaseStore::save(Memory& memory) {
  require_limits(memory);
  if (!known_) load();
  const Time now = clock_.wall_now();
  Memory after = memory;
  Known known = *known_;
  std::vector<db::Query> writes = write_changes(environment_, after, known);
  if (after.generation % retention_.saves == 0) {
    writes.push_back(
        {sql::prune_kept,
         {environment_, to_rfc3339(now - retention_.ended), to_rfc3339(now - retention_.events)}});
  }
  db::Transaction tx = database_.begin();
  const db::Result taken = tx.query(sql::take_generation, head_params(environment_, after, now));
  if (taken.affected_rows() != 1) throw written_meanwhile(memory.generation);
  tx.commit_after(std::move(writes));

  ++after.generation;
  after.new_events.clear();
  forget_ended(after, now);
  known_ = std::move(known);
  memory = std::move(after);
}

void DatabaseStore::save_line(const OutboxLine& line) {
  const std::string body = stored_json(to_document(line));
  database_.query(write_lines(environment_, {{&line, body}}));
  if (known_) known_->outbox[key_of(line)] = body;
}

}  // namespace pcx::alert
