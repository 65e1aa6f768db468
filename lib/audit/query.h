// Pages of events, newest first, out of both sources of the trail.
//
// The order is that of (time, source, id), so a page begins where the one before ended, whatever
// was written meanwhile, and page 10,000 costs what page 1 does. The application's table has an
// index on each of five columns alone; which way to a page is fast depends on the values, and the
// server's planner, which knows them on average only, is wrong for what was frequent long ago. So
// the way is chosen here, by looking:
//
//   1  when a column with an index is asked for and kFewRows rows have the value at most (which its
//      index tells without the table): all of those, put in order; where they are thousands, each
//      on a page of its own, not before a look at where they would be if they were spread evenly,
//      unless those inserted last are older than that
//   2  else, in a range of time that is small by the planner's guess: the newest few thousand rows,
//      and when they do not fill the page all of the range, as it lies in the table, put in order
//   3  else back in time by the index that has that order, until the page is full: what more rows
//      than that have is met soon, unless it ended long ago
//
// An index on such a column and the time behind it makes both unnecessary, and is used when it is
// there.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "audit/cursor.h"
#include "audit/event.h"
#include "audit/expression.h"
#include "core/clock.h"
#include "core/error.h"
#include "db/database.h"

namespace pcx::audit {

inline constexpr std::int64_t kFewRows = 20'000;
inline constexpr std::int64_t kPageRowsMax = 1000;
inline constexpr std::int64_t kSkippedRowsMax = 10'000'000;

// The sources that are there. Throws Error{not_found} with reason "no_audit_logs" when neither is.
std::vector<Source> find_sources(db::Transaction& tx);

// REQUIRES: `tx` is read-only. What is read in it from now on has these limits.
void limit_reading(db::Transaction& tx, std::chrono::milliseconds timeout);
// `error` by the name of that limit, with reason "timeout", when it is what ended a statement;
// otherwise as it is.
Error about_limit(const Error& error, std::chrono::milliseconds timeout);

struct Question {
  Expression filter;  // its times are resolved
  std::vector<Source> sources;
  std::int64_t limit = 50;  // 1 to kPageRowsMax
  std::optional<Cursor> after;
  std::int64_t skip = 0;  // rows before the first one, behind `after`; at most kSkippedRowsMax
  std::optional<std::int64_t> chars_max;  // of each JSON text
  std::int64_t few_rows = kFewRows;       // see above
};

// A statement that was run for a page.
struct Step {
  std::string purpose;
  std::string sql;
  std::vector<std::optional<std::string>> params;
  std::vector<std::string> plan;  // EXPLAIN (ANALYZE, BUFFERS)
  std::chrono::nanoseconds elapsed{0};
  std::int64_t rows = 0;
};

// An index that would serve a filter, as the migration that makes it.
struct Advice {
  std::string reason;
  std::string sql;  // empty: there is none; the reason says what to do
};

struct Explanation {
  std::vector<Step> steps;
  std::vector<std::string> indexes;  // that the plans used
  std::optional<Advice> advice;
};

struct Page {
  std::vector<Event> events;
  std::optional<Cursor> next;  // std::nullopt: there are no more
};

// REQUIRES: `tx` is repeatable read, or what is written meanwhile may be seen by halves.
// With `explanation` every statement runs twice, the second time under EXPLAIN.
Page read_page(db::Transaction& tx, const Question& question, Clock& clock,
               Explanation* explanation = nullptr);

// The event with this id, all of it; std::nullopt when there is none.
std::optional<Event> read_event(db::Transaction& tx, Source source, const std::string& id);

}  // namespace pcx::audit
