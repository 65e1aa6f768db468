#include "audit/event_place.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "audit/sql.h"
#include "core/time.h"

namespace pcx::audit {

namespace {

// Of times that a calendar of pcx has: the years 1678 to 2261.
constexpr std::int64_t kPlainUs = std::int64_t{9'000'000'000'000'000};

bool has_ledger(db::Transaction& tx) {
  const auto sources = find_sources(tx);
  return std::ranges::find(sources, Source::trigger) != sources.end();
}

std::optional<Sealing> read_sealing(db::Transaction& tx, const db::Row& place) {
  const db::Result rows =
      tx.query(sql::find_sealing, {place["segment"].as<int>(), place["xid"].as<std::string>(),
                                   place["seq"].as<std::int64_t>()});
  if (rows.empty()) return std::nullopt;
  const auto at = parse_rfc3339(rows[0]["sealed_at"].as<std::string>());
  return Sealing{rows[0]["epoch"].as<int>(), rows[0]["size"].as<std::int64_t>(),
                 rows[0]["first_size"].as<std::int64_t>(),
                 at ? to_rfc3339_us(*at) : rows[0]["sealed_at"].as<std::string>()};
}

Expression exactly(Field field, const std::string& text) {
  Expression expression{.kind = Expression::Kind::term};
  expression.term.field = field;
  expression.term.values = {Value{{text}}};
  return expression;
}

Expression within(const Event& event, std::chrono::microseconds span) {
  Expression whole;
  const Time at{std::chrono::microseconds{event.at_us}};
  for (const Field field : {Field::since, Field::until}) {
    Expression time{.kind = Expression::Kind::term};
    time.term.field = field;
    time.term.instant = to_rfc3339_us(field == Field::since ? at - span : at + span);
    whole.parts.push_back(std::move(time));
  }
  return whole;
}

// Without the event itself.
std::vector<Event> read_around(db::Transaction& tx, const Event& event, Expression filter,
                               const std::vector<Source>& sources, Clock& clock, bool& is_cut) {
  Question question{.filter = std::move(filter), .sources = sources};
  question.limit = kRelatedMax + 1;
  question.chars_max = kShownCharsMax;
  Page page = read_page(tx, question, clock);
  std::erase_if(page.events, [&](const Event& each) {
    return each.source == event.source && each.id == event.id;
  });
  is_cut = is_cut || page.next || page.events.size() > kRelatedMax;
  page.events.resize(std::min<std::size_t>(page.events.size(), kRelatedMax));
  return std::move(page.events);
}

}  // namespace

std::vector<LedgerPlace> read_places(db::Transaction& tx, const Event& event) {
  std::vector<LedgerPlace> places;
  if (!has_ledger(tx)) return places;
  const auto read = [&] {
    if (event.source == Source::app) return tx.query(sql::find_leaves_of_row, {event.id});
    const ChangeId id = parse_change_id(event.id).value();
    return tx.query(sql::find_leaf_at, {id.segment, id.xid, id.seq});
  };
  const db::Result rows = read();
  for (const db::Row row : rows) {
    places.push_back(
        {fmt::format("{}.{}.{}", row["segment"].as<std::string_view>(),
                     row["xid"].as<std::string_view>(), row["seq"].as<std::string_view>()),
         row["leaf"].as<std::string>(), read_sealing(tx, row)});
  }
  return places;
}

Related read_related(db::Transaction& tx, const Event& event, const std::vector<Source>& sources,
                     Clock& clock) {
  Related related;
  if (event.at_us > kPlainUs || event.at_us < -kPlainUs) return related;
  if (event.correlation && !event.correlation->empty()) {
    related.same_request = read_around(
        tx, event,
        both(within(event, kRequestSpan), exactly(Field::correlation, *event.correlation)), sources,
        clock, related.is_cut);
  }
  std::vector<Source> others = sources;
  std::erase(others, event.source);
  if (event.resource_id && !others.empty()) {
    related.beside = read_around(
        tx, event, both(within(event, kBesideSpan), exactly(Field::id, *event.resource_id)), others,
        clock, related.is_cut);
  }
  return related;
}

}  // namespace pcx::audit
