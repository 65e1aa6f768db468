#include <algorithm>

#include <fmt/format.h>

#include "alert/memory_fields.h"
#include "alert/memory_items.h"
#include "alert/sql.h"
#include "alert/store.h"
#include "core/error.h"
#include "core/json.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::alert {
namespace {

constexpr int kPageRows = 1000;  // a question to the database

std::optional<std::string> text_of(const std::optional<Time>& time) {
  if (!time) return std::nullopt;
  return to_rfc3339(*time);
}

// The labels that matchers of the form name="value" ask for: the server looks for those itself.
std::string demanded(const std::vector<Matcher>& matchers) {
  Labels labels;
  for (const Matcher& matcher : matchers) {
    if (matcher.kind == MatchKind::equal && !matcher.value.empty()) {
      labels.emplace(matcher.label, matcher.value);
    }
  }
  return stored_json(stored_labels(labels));
}

// Behind which row the next page begins: none before the first.
struct Place {
  std::optional<std::string> at;
  std::optional<std::int64_t> number;
};

Event event_in(const db::Row& row) {
  const auto id = row["id"].as<std::string>();
  const std::string place = fmt::format("pcx.alert_event: row \"{}\"", escape_controls(id));
  Document labels = Document::object();
  labels.set("labels", parse_json(row["labels"].as<std::string_view>(), place));
  return {.id = id,
          .at = time_of(row["at"].as<std::string>(), place),
          .kind = row["kind"].as<std::string>(),
          .alert_id = db::nullable<std::string>(row["alert_id"]).value_or(""),
          .dedup_key = db::nullable<std::string>(row["dedup_key"]).value_or(""),
          .labels = Fields{labels, place}.labels("labels"),
          .text = row["words"].as<std::string>(),
          .by = db::nullable<std::string>(row["done_by"]).value_or("")};
}

void require_rows_max(int rows_max) {
  if (rows_max >= 1 && rows_max <= kHistoryRowsMax) return;
  throw Error{ErrorCode::usage,
              fmt::format("{} events are not between 1 and {}", rows_max, kHistoryRowsMax),
              "Ask for less at a time."};
}

}  // namespace

std::vector<Event> read_history(db::Database& database, const std::string& environment,
                                const HistoryQuery& query) {
  require_rows_max(query.rows_max);
  const Matchers matchers{query.matchers};
  const std::string labels = demanded(query.matchers);
  db::Transaction tx = database.begin(db::Access::read_only, db::Isolation::repeatable_read);
  Place place;
  const auto rows_max = static_cast<std::size_t>(query.rows_max);
  std::vector<Event> events;
  while (events.size() < rows_max) {
    const db::Result rows = tx.query(
        sql::read_events,
        {environment, text_of(query.from), query.kind, labels, place.at, place.number, kPageRows});
    for (const db::Row row : rows) {
      if (events.size() == rows_max) break;
      Event event = event_in(row);
      if (matchers.match(event.labels)) events.push_back(std::move(event));
      place = {row["at"].as<std::string>(), row["number"].as<std::int64_t>()};
    }
    if (rows.size() < static_cast<std::size_t>(kPageRows)) break;
  }
  tx.commit();
  return events;
}

}  // namespace pcx::alert
