// What a KPI means, as data: sources (one SELECT each) and KPIs (an aggregate over a source).
//
//   sources:
//     appointments:
//       help: every appointment that begins on the day, whatever its status
//       rows: day                # of windows; lone_day: of `days`; state: as it is now
//       tables: [appointments]
//       sql: |
//         SELECT w.n, a."tenantId" AS tenant, a.status AS status
//         FROM windows w CROSS JOIN LATERAL (...) a
//       index: CREATE INDEX CONCURRENTLY ...      # what would make it cheaper; optional
//   kpis:
//     appointments:
//       title: Appointments
//       guide: appointmentsToday  # its name in the guide's JSON; optional
//       kind: count               # count | money | duration | ratio
//       unit: appointment         # of a count
//       better: more              # more | fewer | neither
//       from: appointments
//       value: count(*)
//       sample: count(*)          # how many rows the value stands on; optional
//       by: status                # also counted for each value of this column; optional
//       empty: zero               # without rows: zero | none; default: zero of counts and money
//       wide: true                # reads a whole table or a year; default: false
//       new_relic: Custom/Appointments/Created
//       help: |
//         ...
//
// All keys are needed that are not said to be optional. The SQL of a source sees the application's
// tables by their names, and
//   windows(n integer, lo timestamp, hi timestamp, known_until timestamp)
//       half-open windows in UTC, in order, not overlapping; n counts from 1. Of a day that is not
//       over, or compared with one, nothing after known_until (hi) shall count; else 'infinity'
//   days(n, lo, hi, known_until)
//       those of them that were asked for, without days that are only compared with
//   bounds(lo timestamp, hi timestamp, edges timestamp[])
//       from the first to the last of them; edges are lo, hi, lo, hi, ...: an instant is in window
//       n when width_bucket(instant, edges) = 2 n - 1
//   moment(at timestamp)
//       now, in UTC
// and earlier sources by their names, which therefore are no table's. It answers with n (not of
// states), tenant, and the columns that its KPIs name.
//
// SQL and expressions are put into a larger statement, as they are: nothing in them may end it, or
// swallow what follows. They have no semicolon, no parameter ($1) and no bracket without its other
// half outside of quotes and comments; expressions have no comment and no comma outside of
// brackets, too. A source's SQL may end in a comment of a line: put a line break behind it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace pcx::kpi {

inline constexpr std::size_t kNameBytesMax = 63;  // PostgreSQL's, and of a label
inline constexpr std::size_t kTitleCharactersMax = 60;
inline constexpr std::size_t kUnitCharactersMax = 30;
inline constexpr std::size_t kHelpBytesMax = 4000;
inline constexpr std::size_t kExpressionCharactersMax = 4000;  // value, sample
inline constexpr std::size_t kIndexBytesMax = 4000;
inline constexpr std::size_t kSqlBytesMax = std::size_t{64} * 1024;
inline constexpr std::size_t kNewRelicNameBytesMax = 254;  // New Relic: less than 255 characters
inline constexpr std::size_t kTablesMax = 50;              // of a source
inline constexpr std::size_t kSourcesMax = 200;            // of a catalog, as the next ones
inline constexpr std::size_t kDefinitionsMax = 1000;
inline constexpr std::size_t kDefinitionFilesMax = 200;
inline constexpr std::size_t kDefinitionFileBytesMax = std::size_t{1024} * 1024;

// Metrics of the run itself, which no KPI may be named as.
inline constexpr std::string_view kRunMetrics[] = {"pcx_kpi_collect_duration_seconds",
                                                   "pcx_kpi_day_end_timestamp_seconds",
                                                   "pcx_kpi_day_start_timestamp_seconds",
                                                   "pcx_kpi_error",
                                                   "pcx_kpi_last_success_timestamp_seconds",
                                                   "pcx_kpi_partial",
                                                   "pcx_kpi_unknown"};

enum class Kind {
  count,     // a whole number
  money,     // two decimals, of the configured currency
  duration,  // seconds
  ratio,     // -1 to 1, shown in percent
};
enum class Rows {
  day,       // of a period: any day can be computed again
  lone_day,  // the same, and too costly for days that are only compared with
  state,     // as it is now: of a past day only what was recorded in time
};
enum class Better { more, fewer, neither };

// As the files have them: stable.
const char* to_string(Kind kind) noexcept;
const char* to_string(Rows rows) noexcept;
const char* to_string(Better better) noexcept;

struct Source {
  std::string name;  // [a-z][a-z0-9_]*, 63 bytes at most
  std::string help;  // paragraphs, without a line break at the end
  Rows rows = Rows::day;
  std::vector<std::string> tables;  // of the application, one at least: [A-Za-z_][A-Za-z0-9_]*
  std::string sql;                  // begins with SELECT, WITH or VALUES; as it is in its file
  std::string index;                // CREATE INDEX ...; empty: none would help
  std::vector<std::string> needs;   // earlier sources that its SQL names, in their order
  Location place;                   // of its name
};

struct Definition {
  std::string name;   // as a source's; unique among KPIs
  std::string title;  // "Average wait": one line
  std::string guide;  // "averageWaitTime": [a-z][A-Za-z0-9]*, unique; empty: none
  std::string help;   // as a source's
  Kind kind = Kind::count;
  std::string unit;  // of a count, in the singular: "lab test"; empty for other kinds
  Better better = Better::neither;
  std::size_t source = 0;  // in Catalog::sources
  std::string value;       // an aggregate expression; becomes numeric
  std::string sample;      // empty: none
  std::string by;          // a column of the source, and a label: as a name; empty: none
  bool empty_is_zero = true;
  bool is_wide = false;
  // Segments of letters, digits, blanks and _.- behind "Custom/", divided by /; unique. New Relic
  // takes brackets for units. Where the file has none: Custom/ and the name in the guide, else its
  // own.
  std::string new_relic;
  std::string hash;  // 16 hex digits, see definition_hash()
  Location place;    // of its name
};

struct Catalog {
  std::vector<Source> sources;
  std::vector<Definition> definitions;  // in the order of their files
  std::string hash;                     // of the definitions' hashes, in order

  const Source& source_of(const Definition& definition) const { return sources[definition.source]; }
  const Definition* find(std::string_view name) const;  // nullptr: none
};

// Digits after the point: 0 of counts and durations, 2 of money, 4 of ratios.
int digits_of(Kind kind);

// "pcx_kpi_average_wait_seconds", "pcx_kpi_revenue_usd", "pcx_kpi_no_show_rate_ratio": base units,
// as promtool wants them (prometheus.io/docs/practices/naming). `currency`: three letters.
std::string metric_name(const Definition& definition, std::string_view currency);

// Reads one file's text and appends to `catalog`; sets the hashes of what it appends, and the
// catalog's. KPIs and sources of a later file may use sources of an earlier one. A file without
// anything in it is none.
//
// Throws Error{data} with file:line:column (inside of SQL, too, when it stands in a block scalar
// with |) and the nearest known word for: malformed YAML, unknown or missing keys, words that are
// no choice, broken limits, control characters, names that are none, reserved (windows, bounds,
// moment; of a `by` the labels of metrics) or occur twice, a KPI of an unknown source, a source
// that names itself or a later one of its file, a source that is named as a table of any source,
// SQL that cannot be put into a larger statement, and metrics that promtool would complain about or
// that could be another one's, in whatever currency. After an error `catalog` is as it was.
void read_definitions(Catalog& catalog, std::string_view text, const std::string& file);

// The definitions that come with pcx ("builtin:<path>"), then *.yaml and *.yml of `folder` in the
// order of their bytes, without hidden ones. `folder` empty: none of these.
//
// Throws as read_definitions(), Error{not_found} for a folder that is not there, Error{data} for
// what is no folder or no regular file, Error{permission} or Error{io} for what cannot be read.
Catalog read_catalog(const std::string& folder);

// What a number depends on: kind, value, sample, by, empty, rows, and the SQL of the source and of
// all that it needs, with the names of these; not titles, help, index, or where it stands. Text
// counts as it is, blanks among it. The first 16 hex digits of SHA-256 over, each behind its length
// in 4 bytes (crypto/parts.h): "pcx.kpi.1", kind, rows, value, sample, by, "zero" or "none", the
// SQL; then name and SQL of each source that is needed, by whatever way, in the order of the
// catalog.
std::string definition_hash(const Catalog& catalog, const Definition& definition);

// The same over the hashes of its definitions, in order.
std::string catalog_hash(const Catalog& catalog);

}  // namespace pcx::kpi
