// The statements that pages of events are read by: composed here, run by audit/query. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "audit/cursor.h"
#include "audit/expression.h"
#include "audit/filter.h"
#include "db/query.h"

namespace pcx::audit {

// The rows of one source that are meant.
struct Range {
  const Expression* filter = nullptr;
  Source source = Source::app;
  std::optional<Cursor> after;      // behind it, in the order of pages
  std::optional<std::string> from;  // at this time or after it
};

// How much of the filter the planner may look up in indexes.
enum class Lookup {
  times,  // times alone
  all,    // whatever it finds useful
};

// A page: the first `limit` rows of a range.
void append_page(db::Query& query, const Range& range, Lookup lookup, std::int64_t limit,
                 std::optional<std::int64_t> chars_max);

// The same, by way of an index on the column of `key`: of nothing else the planner may take a
// bitmap. Whole rows are read of the page only. REQUIRES: the application's rows
void append_page_of_few(db::Query& query, const Range& range, const Term& key, std::int64_t limit,
                        std::optional<std::int64_t> chars_max);

// How many rows of the application have the value of `key`: `most` + 1 when there are more.
void append_count(db::Query& query, const Term& key, std::int64_t most);

// `at`, the time `rows` rows further back; no row when there are not that many. Of the filter only
// times count.
void append_bound(db::Query& query, const Range& range, std::int64_t rows);

// The same, and `is_near`: whether at least half of the `newest` rows with the value of `key` that
// were inserted last are not older. An index has the rows of one value in the order of the table.
// REQUIRES: the application's rows, one value
void append_bound_of(db::Query& query, const Range& range, const Term& key, std::int64_t rows,
                     std::int64_t newest);

// The rows of a range whatever the filter says but for times: for EXPLAIN.
void append_range_rows(db::Query& query, const Range& range);

// The cursor of the row `rows` rows further back, of one source or of both.
void append_skip(db::Query& query, const Range& range, std::int64_t rows);
void append_skip_of_both(db::Query& query, const Range& app, const Range& trigger,
                         std::int64_t rows);

// "FROM public.audit_logs AS e".
void append_from(db::Query& query, Source source);
// "e.at".
void append_time(db::Query& query, Source source);

// Whether all that the filter says is about time.
bool is_about_time_only(const Expression& filter);

}  // namespace pcx::audit
