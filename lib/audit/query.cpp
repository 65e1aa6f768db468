#include "audit/query.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "audit/advice.h"
#include "audit/page_sql.h"
#include "audit/sql.h"
#include "core/error.h"
#include "core/time.h"

namespace pcx::audit {

namespace {

// From so many rows of a value on it is worth while to look whether they are near.
constexpr std::int64_t kNotSoFewRows = 8'000;
// In a range of so many rows one that fits is met at once or hardly ever: after so many of them the
// rest is read as it lies in the table.
constexpr std::int64_t kNearRows = 3'000;
constexpr std::int64_t kRangeRowsMax = 200'000;

constexpr std::string_view kQueryCanceled = "57014";
constexpr std::string_view kLimitWords = "statement timeout";  // otherwise somebody cancelled it

// How the planner may go about a statement.
enum class Shape {
  ordered,  // in the order of an index: no row more is read than needed
  sorted,   // as it likes
  piled,    // in the order of the table, where neighbours cost little; then sorted
};
// Those of the server. Starting and ending them takes 5 to 15 ms: more than they save where each
// row is on a page of its own, less where a range is read, or searched for a text.
enum class Workers { none, allowed };

// Runs statements and, when somebody wants to know, says which and how.
class Runner {
 public:
  Runner(db::Transaction& tx, Clock& clock, Explanation* explanation)
      : tx_(tx), clock_(clock), explanation_(explanation) {}

  // How the statements from now on are planned.
  void shape(Shape shape, Workers workers = Workers::allowed) {
    if (shape_ == std::pair{shape, workers}) return;
    shape_ = {shape, workers};
    tx_.query(sql::shape_plans,
              {shape == Shape::ordered ? "off" : "on", shape == Shape::piled ? "off" : "on",
               workers == Workers::none ? db::Param{"0"} : db::Param{nullptr}});
  }

  // How many rows the planner expects.
  template <typename Build>
  std::int64_t expected_rows(const char* purpose, const Build& build) {
    db::Query query{"audit.expect"};
    query.sql("EXPLAIN ");
    build(query);
    const auto start = clock_.steady_now();
    const db::Result plan = tx_.query(query);
    const auto first = plan[0][0].as<std::string>();
    if (explanation_ != nullptr) note(purpose, query, clock_.steady_now() - start, 0, plan);
    return audit::expected_rows(first);
  }

  template <typename Build>
  db::Result run(const char* purpose, const Build& build) {
    db::Query query{"audit.query"};
    build(query);
    const auto start = clock_.steady_now();
    db::Result rows = tx_.query(query);
    if (explanation_ == nullptr) return rows;
    const auto elapsed = clock_.steady_now() - start;
    db::Query explain{"audit.explain"};
    explain.sql("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) ");
    build(explain);
    note(purpose, query, elapsed, rows.size(), tx_.query(explain));
    return rows;
  }

 private:
  void note(const char* purpose, const db::Query& query, std::chrono::nanoseconds elapsed,
            std::size_t rows, const db::Result& plan) {
    Step step{.purpose = purpose, .sql = query.text(), .params = {}, .plan = {}};
    step.elapsed = elapsed;
    step.rows = static_cast<std::int64_t>(rows);
    for (const db::Param& param : query.params()) step.params.push_back(param.text());
    for (const db::Row row : plan) step.plan.push_back(row[0].as<std::string>());
    explanation_->steps.push_back(std::move(step));
  }

  db::Transaction& tx_;
  Clock& clock_;
  Explanation* explanation_;
  std::optional<std::pair<Shape, Workers>> shape_;
};

// Whether all that fits is not older than something.
bool has_beginning(const Expression& filter) {
  return std::ranges::any_of(demanded(filter),
                             [](const Term* term) { return term->field == Field::since; });
}

// The rows of one source.
class SourceReader {
 public:
  SourceReader(Runner& runner, const Question& question, Source source, const Indexes& indexes)
      : runner_(runner), question_(question), source_(source), indexes_(indexes) {}

  // The first `count` behind `after`.
  std::vector<Event> read(const std::optional<Cursor>& after, std::int64_t count) {
    range_ = {.filter = &question_.filter, .source = source_, .after = after};
    if (excludes(question_.filter, source_)) return {};
    if (is_about_time_only(question_.filter)) {
      return page("by time", range_, Lookup::times, count);
    }
    if (is_direct()) return page("by an index that has the order, too", range_, Lookup::all, count);
    const Few few = find_few();
    if (few.key == nullptr) return back_in_time(count);
    if (few.rows >= kNotSoFewRows) {
      if (auto events = look_where_even(few, count)) return std::move(*events);
    }
    return of_few(*few.key, count);
  }

 private:
  // Whether an index leads to the rows in the order of pages, or to a few of them.
  bool is_direct() const {
    const auto terms = demanded(question_.filter);
    const auto has = [&](Field field, bool one_value) {
      return std::ranges::any_of(terms, [&](const Term* term) {
        return term->field == field && is_exact(*term) && (!one_value || term->values.size() == 1);
      });
    };
    if (source_ == Source::trigger) return has(Field::id, true);
    return has(Field::record, false) || std::ranges::any_of(terms, [&](const Term* term) {
             return is_exact(*term) && term->values.size() == 1 && indexes_.in_order(term->field);
           });
  }

  // A term with an index, and how many rows it fits.
  struct Few {
    const Term* key = nullptr;
    std::int64_t rows = 0;
  };

  // The one that the fewest rows have, when they are few.
  Few find_few() {
    Few fewest{nullptr, question_.few_rows + 1};
    if (source_ != Source::app) return fewest;
    for (const Term* const term : demanded(question_.filter)) {
      if (!is_exact(*term) || !indexes_.leads(term->field)) continue;
      const std::int64_t rows =
          runner_
              .run("how many rows have the value",
                   [&](db::Query& query) { append_count(query, *term, fewest.rows - 1); })
              .one()["rows"]
              .as<std::int64_t>();
      if (rows < fewest.rows) fewest = {term, rows};
    }
    return fewest;
  }

  std::vector<Event> back_in_time(std::int64_t count) {
    if (has_beginning(question_.filter)) {
      runner_.shape(Shape::ordered);
      const std::int64_t rows =
          runner_.expected_rows("how many rows are in the range, by the planner's guess",
                                [&](db::Query& query) { append_range_rows(query, range_); });
      if (rows <= kRangeRowsMax) return in_range(rows, count);
    }
    return page("back in time", range_, Lookup::times, count);
  }

  std::vector<Event> in_range(std::int64_t rows, std::int64_t count) {
    if (rows > kNearRows) {
      const db::Result bound = runner_.run("where the newest rows begin", [&](db::Query& query) {
        append_bound(query, range_, kNearRows);
      });
      if (auto events = look_near(bound, count)) return std::move(*events);
    }
    runner_.shape(Shape::piled);
    return run_page("all of the range, then in order", range_, Lookup::times, count);
  }

  // Where rows of a value are spread evenly, the page ends so far back; std::nullopt: it does not.
  std::optional<std::vector<Event>> look_where_even(const Few& few, std::int64_t count) {
    const std::int64_t rows = indexes_.rows() / few.rows * count * 4 / 3;
    const bool is_one = few.key->values.size() == 1;
    runner_.shape(Shape::ordered);
    const db::Result bound = runner_.run("how far back that would be", [&](db::Query& query) {
      if (is_one) return append_bound_of(query, range_, *few.key, rows, count);
      append_bound(query, range_, rows);
    });
    if (is_one && !bound.empty() && !bound.one()["is_near"].as<bool>()) return std::nullopt;
    return look_near(bound, count);
  }

  // Back in time to a bound, if there is one; std::nullopt: there the page is not full yet.
  std::optional<std::vector<Event>> look_near(const db::Result& bound, std::int64_t count) {
    Range near = range_;
    if (!bound.empty()) near.from = bound.one()["at"].as<std::string>();
    auto events = page("back in time, not far", near, Lookup::times, count);
    if (near.from && static_cast<std::int64_t>(events.size()) < count) return std::nullopt;
    return events;
  }

  std::vector<Event> of_few(const Term& key, std::int64_t count) {
    runner_.shape(Shape::piled, Workers::none);
    return to_events(runner_.run("by an index, then in order", [&](db::Query& query) {
      append_page_of_few(query, range_, key, count, question_.chars_max);
    }));
  }

  std::vector<Event> page(const char* purpose, const Range& range, Lookup lookup,
                          std::int64_t count) {
    runner_.shape(lookup == Lookup::all ? Shape::sorted : Shape::ordered);
    return run_page(purpose, range, lookup, count);
  }

  std::vector<Event> run_page(const char* purpose, const Range& range, Lookup lookup,
                              std::int64_t count) {
    return to_events(runner_.run(purpose, [&](db::Query& query) {
      append_page(query, range, lookup, count, question_.chars_max);
    }));
  }

  std::vector<Event> to_events(const db::Result& rows) const {
    std::vector<Event> events;
    for (const db::Row row : rows) events.push_back(to_event(row, source_));
    return events;
  }

  Runner& runner_;
  const Question& question_;
  Source source_;
  const Indexes& indexes_;
  Range range_;
};

Cursor cursor_of(const Event& event) { return {event.source, event.at, event.id}; }

// Where the rows before a page end; std::nullopt when there are not that many.
std::optional<Cursor> skip(Runner& runner, const Question& question,
                           const std::vector<Source>& sources) {
  std::vector<Range> ranges;
  for (const Source source : sources) {
    ranges.push_back({.filter = &question.filter, .source = source, .after = question.after});
  }
  runner.shape(Shape::sorted);
  const db::Result found = runner.run("the rows before the page", [&](db::Query& query) {
    if (ranges.size() == 1) return append_skip(query, ranges.front(), question.skip);
    append_skip_of_both(query, ranges[0], ranges[1], question.skip);
  });
  if (found.empty()) return std::nullopt;
  const db::Row row = found.one();
  return Cursor{row["place"].as<int>() == 1 ? Source::app : Source::trigger,
                row["at"].as<std::string>(), row["id"].as<std::string>()};
}

// Newest first; rows of the application first among those of one time.
std::vector<Event> merged(std::vector<Event> left, std::vector<Event> right) {
  std::vector<Event> all;
  std::merge(std::make_move_iterator(left.begin()), std::make_move_iterator(left.end()),
             std::make_move_iterator(right.begin()), std::make_move_iterator(right.end()),
             std::back_inserter(all),
             [](const Event& one, const Event& other) { return one.at_us > other.at_us; });
  return all;
}

}  // namespace

std::vector<Source> find_sources(db::Transaction& tx) {
  const db::Result rows = tx.query(sql::find_sources);
  std::vector<Source> sources;
  for (const Source source : kSources) {
    if (rows.one()[to_string(source)].as<bool>()) sources.push_back(source);
  }
  if (!sources.empty()) return sources;
  throw Error{ErrorCode::not_found, "there is no table public.audit_logs, and no pcx.change",
              "Run the application's migrations first: pcx migrate up."}
      .because("no_audit_logs");
}

void limit_reading(db::Transaction& tx, std::chrono::milliseconds timeout) {
  tx.query(sql::limit_reading, {std::to_string(timeout.count()) + "ms"});
}

Error about_limit(const Error& error, std::chrono::milliseconds timeout) {
  const bool is_limit = error.sqlstate() == kQueryCanceled && error.code() == ErrorCode::busy &&
                        std::string_view{error.what()}.find(kLimitWords) != std::string_view::npos;
  if (!is_limit) return error;
  Error named{ErrorCode::busy,
              fmt::format("a statement took longer than --timeout ({})", to_short_text(timeout)),
              "Ask for less (--since, --user, --action), or allow more: --timeout 2m."};
  return named.because("timeout").with_sqlstate(error.sqlstate());
}

Page read_page(db::Transaction& tx, const Question& question, Clock& clock,
               Explanation* explanation) {
  Runner runner{tx, clock, explanation};
  std::vector<Source> sources = question.sources;
  std::erase_if(sources, [&](Source source) { return excludes(question.filter, source); });
  const bool may_use_index = std::ranges::any_of(demanded(question.filter),
                                                 [](const Term* term) { return is_exact(*term); });
  const Indexes indexes =
      may_use_index || explanation != nullptr ? read_indexes(tx) : Indexes{{}, 0};
  std::optional<Cursor> after = question.after;
  Page page;
  if (question.skip > 0 && !sources.empty()) {
    after = skip(runner, question, sources);
    if (!after) return page;
  }
  for (const Source source : sources) {
    SourceReader reader{runner, question, source, indexes};
    page.events = merged(std::move(page.events), reader.read(after, question.limit + 1));
  }
  if (static_cast<std::int64_t>(page.events.size()) > question.limit) {
    page.events.resize(static_cast<std::size_t>(question.limit));
    page.next = cursor_of(page.events.back());
  }
  if (explanation != nullptr) {
    explanation->indexes = used_indexes(explanation->steps);
    explanation->advice = advise(question.filter, indexes, explanation->steps);
  }
  return page;
}

std::optional<Event> read_event(db::Transaction& tx, Source source, const std::string& id) {
  Expression filter{.kind = Expression::Kind::term};
  filter.term.field = Field::record;
  filter.term.values = {Value{{id}}};
  db::Query query{"audit.read_event"};
  query.sql("SELECT ");
  append_event_columns(query, source, std::nullopt);
  append_from(query, source);
  query.sql(" WHERE ");
  append_filter(query, filter, source);
  const db::Result rows = tx.query(query);
  if (rows.empty()) return std::nullopt;
  return to_event(rows[0], source);
}

}  // namespace pcx::audit
