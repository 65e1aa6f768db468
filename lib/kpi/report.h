// A report as a value: what was found, for every output to show. Nothing here asks or prints.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/document.h"
#include "kpi/day.h"
#include "kpi/definition.h"

namespace pcx::kpi {

// Four outputs that nobody may take for one another.
enum class State {
  known,     // a number, 0 among them
  no_data,   // nothing to average or to divide: there is no number, and it is not 0
  not_kept,  // a state of a day that is over, which nobody recorded in time
  failed,    // its question failed, see Value::reason
};
const char* to_string(State state) noexcept;  // "known", "no_data", "not_kept", "failed": stable

struct Value {
  State state = State::no_data;
  std::string digits;  // known: as PostgreSQL writes a numeric, "-12.50"; else empty
  std::string reason;  // not known: a phrase; else empty
  std::optional<std::int64_t> sample;  // how many rows it stands on, where the definition says
  bool operator==(const Value&) const = default;
};
// REQUIRES: value.state is known
double number_of(const Value& value);

enum class Basis { previous_day, same_weekday, previous_year };
const char* to_string(Basis basis) noexcept;  // as above: stable

// With another day; for a day that is not over yet, with the same elapsed time of that day.
struct Comparison {
  Basis basis = Basis::previous_day;
  Date day;
  Value value;
  // (now - then) / |then|; of ratios now - then. std::nullopt when one of them is not known, or,
  // except for ratios, then is 0.
  std::optional<double> change;
  bool is_new = false;  // then it was 0, now it is not
};

// Against the same weekday of the eight weeks before, see kpi/anomaly.h.
struct Anomaly {
  enum class Verdict { insufficient, usual, high, low };
  Verdict verdict = Verdict::insufficient;
  int points = 0;     // of the eight that are known
  double median = 0;  // of these
  // The modified z-score; std::nullopt when it was judged by the Poisson bound, because no point
  // ever differed, or not at all.
  std::optional<double> score;
};
const char* to_string(Anomaly::Verdict verdict) noexcept;  // stable

struct Point {
  Date day;
  Value value;
};

struct Part {
  std::string label;   // a value of the definition's `by` column
  std::string digits;  // as Value::digits
};

struct Result {
  const Definition* definition = nullptr;  // of Report::catalog
  Value value;
  std::vector<Part> parts;  // by label, in the order of bytes
  // Of a day that is not over, where numbers are compared: of as much as has passed. Then that is
  // what comparisons, anomaly and series are of, instead of `value`.
  std::optional<Value> so_far;
  std::vector<Comparison> comparisons;
  Anomaly anomaly;
  std::vector<Point> series;  // same weekdays, oldest first, the day itself last; empty: not asked
};

struct Tenant {
  std::optional<std::string> id;  // std::nullopt: rows that belong to no tenant
  std::string slug;               // "" when it is not in table tenants
  std::string name;
  std::string time_zone;

  std::string label() const;  // the slug, else the id, else "" (metrics, JSON)
};

// One day of one tenant.
struct DayReport {
  std::size_t tenant = 0;  // in Report::tenants
  Day day;
  Time until;                   // day.to, or now for a day that is not over
  std::vector<Result> results;  // in the order of the catalog

  bool is_partial() const { return until < day.to; }
  const Result* find(std::string_view definition) const;  // nullptr: not asked
};

// Only where the run itself is asked for: else two runs would never be equal.
struct Runtime {
  Time as_of;            // the server's, when the snapshot was taken
  std::string snapshot;  // pg_current_snapshot()
  std::chrono::milliseconds elapsed{0};
};

struct Report {
  std::shared_ptr<const Catalog> catalog;
  std::string currency = "usd";  // ISO 4217, lower case
  std::vector<Tenant> tenants;
  std::vector<DayReport> days;  // by tenant, then by date
  std::optional<Runtime> runtime;

  const Tenant& tenant_of(const DayReport& day) const { return tenants[day.tenant]; }
};

// The definitions whose question failed for some tenant, by name, each once.
std::vector<std::string> failed_definitions(const Report& report);

}  // namespace pcx::kpi
