#include "migrate/history.h"

#include <algorithm>
#include <map>
#include <utility>

#include "db/schema.h"
#include "migrate/ledger.h"
#include "migrate/sql.h"

namespace pcx::migrate {

namespace {

struct Author {
  std::string os_user;
  std::string host;
  std::optional<std::string> reason;
};

// By ledger row and direction ("migrate.down" or not).
using Authors = std::map<std::pair<std::string, bool>, Author>;

Authors read_authors(db::Database& database) {
  Authors authors;
  if (!db::read_schema_status(database).journal_readable) return authors;
  for (const auto& row : database.query(sql::journal_of_migrations)) {
    const auto action = row["action"].as<std::string>();
    const bool down = action == "migrate.down" || action == "migrate.resolve_rolled_back";
    authors[{row["ledger_row"].as<std::string>(), down}] = {
        row["os_user"].as<std::string>(), row["host"].as<std::string>(),
        db::nullable<std::string>(row["reason"])};
  }
  return authors;
}

Event to_event(const LedgerRow& row, std::string kind, Time at, bool down, const Authors& authors) {
  Event event{at, row.name, std::move(kind), std::nullopt, {}, {}, {}};
  const auto author = authors.find({row.id, down});
  if (author == authors.end()) return event;
  event.os_user = author->second.os_user;
  event.host = author->second.host;
  event.reason = author->second.reason;
  return event;
}

void append_events(std::vector<Event>& events, const LedgerRow& row, const Authors& authors) {
  if (row.finished_at) {
    const bool marked = row.applied_steps_count == 0 && row.started_at == *row.finished_at;
    Event event =
        to_event(row, marked ? "marked_applied" : "applied", *row.finished_at, false, authors);
    if (!marked) {
      const auto took = *row.finished_at - row.started_at;
      event.duration_ms = std::chrono::round<std::chrono::milliseconds>(took).count();
    }
    events.push_back(std::move(event));
  } else {
    events.push_back(to_event(row, "failed", row.started_at, false, authors));
  }
  if (row.rolled_back_at) {
    events.push_back(to_event(row, "rolled_back", *row.rolled_back_at, true, authors));
  }
}

}  // namespace

std::vector<Event> read_history(db::Database& database, const std::string& schema,
                                std::int64_t events_max) {
  const Ledger ledger = read_ledger(database, schema);
  const Authors authors = read_authors(database);
  std::vector<Event> events;
  for (const auto& row : ledger.rows) append_events(events, row, authors);
  std::stable_sort(events.begin(), events.end(),
                   [](const Event& a, const Event& b) { return a.at < b.at; });
  const auto limit = static_cast<std::size_t>(events_max);
  if (events_max > 0 && events.size() > limit) {
    events.erase(events.begin(), events.end() - static_cast<std::ptrdiff_t>(limit));
  }
  return events;
}

}  // namespace pcx::migrate
