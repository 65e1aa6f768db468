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
// The SQL of a source sees the application's tables by their names, and
//   windows(n integer, lo timestamp, hi timestamp, known_until timestamp)
//                                                    half-open windows in UTC, in order, not
//                                                    overlapping; n counts from 1. Of a day that is
//                                                    not over, or compared with one, nothing after
//                                                    known_until (hi) shall count; else 'infinity'
//   days(n, lo, hi, known_until)                     those of them that were asked for, without days
//                                                    that are only compared with
//   bounds(lo timestamp, hi timestamp, edges timestamp[])   from the first to the last of them; edges
//                                                    are lo, hi, lo, hi, ...: an instant is in window
//                                                    n when width_bucket(instant, edges) = 2 n - 1
//   moment(at timestamp)                             now, in UTC
// and earlier sources of its file by their names. It answers with n (not of states), tenant, and the
// columns that its KPIs name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace pcx::kpi {

enum class Kind {
  count,     // a whole number
  money,     // two decimals, of the configured currency
  duration,  // seconds
  ratio,     // 0 to 1, shown in percent
};
enum class Rows {
  day,       // of a period: any day can be computed again
  lone_day,  // the same, and too costly for days that are only compared with
  state,     // as it is now: of a past day only what was recorded in time
};
enum class Better { more, fewer, neither };

struct Source {
  std::string name;  // [a-z][a-z0-9_]*, 63 bytes at most
  std::string help;
  Rows rows = Rows::day;
  std::vector<std::string> tables;  // of the application
  std::string sql;                  // one SELECT without a semicolon
  std::string index;                // empty: none would help
  std::vector<std::string> needs;   // earlier sources that its SQL names, in order
  Location place;
};

struct Definition {
  std::string name;   // as a source's; unique
  std::string title;  // "Average wait"
  std::string guide;  // "averageWaitTime"; empty: none
  std::string help;   // paragraphs
  Kind kind = Kind::count;
  std::string unit;  // of a count: "appointment"; empty for other kinds
  Better better = Better::neither;
  std::size_t source = 0;  // in Catalog::sources
  std::string value;       // an aggregate expression; becomes numeric
  std::string sample;      // empty: none
  std::string by;          // a column of the source; empty: none
  bool empty_is_zero = true;
  bool is_wide = false;
  std::string new_relic;  // empty: Custom/<name>
  std::string hash;       // 16 hex digits, see definition_hash()
  Location place;
};

struct Catalog {
  std::vector<Source> sources;
  std::vector<Definition> definitions;  // in the order of their files
  std::string hash;                     // of the definitions' hashes, in order

  const Source& source_of(const Definition& definition) const {
    return sources[definition.source];
  }
  const Definition* find(std::string_view name) const;  // nullptr: none
};

// Digits after the point: 0 of counts and durations, 2 of money, 4 of ratios.
int digits_of(Kind kind);

// "pcx_kpi_average_wait_seconds", "pcx_kpi_revenue_usd", "pcx_kpi_no_show_rate_ratio": base units, as
// promtool wants them (prometheus.io/docs/practices/naming). `currency`: three letters.
std::string metric_name(const Definition& definition, std::string_view currency);

// Reads one file's text and appends to `catalog`. KPIs of a later file may use sources of an earlier
// one; a name that is there already is refused.
//
// Throws Error{data} with file:line:column and the nearest known word for: malformed YAML, unknown
// or missing keys, words that are no choice, names that are none or occur twice, a KPI of an unknown
// source, a source that names itself or a later one, SQL that is empty or has a semicolon outside of
// quotes and comments, and metric names that would not be promtool-clean or meet another one's.
void read_definitions(Catalog& catalog, std::string_view text, const std::string& file);

// The definitions that come with pcx, then each *.yaml of `folder` by name (a folder that is not there
// has none when `folder` is empty, else Error{not_found}). Sets all hashes.
Catalog read_catalog(const std::string& folder);

// What a number depends on: kind, value, sample, by, empty, rows, and the SQL of the source and of all
// that it needs; not titles, help, index, or where it stands. The first 16 hex digits of SHA-256.
std::string definition_hash(const Catalog& catalog, const Definition& definition);

}  // namespace pcx::kpi
