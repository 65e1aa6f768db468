// Stored values of days that are over (table pcx.kpi_daily), read. kpi/store.h writes them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/document.h"
#include "db/database.h"
#include "kpi/day.h"
#include "kpi/definition.h"
#include "kpi/report.h"

namespace pcx::kpi {

// One row: what one look at a day found.
struct KeptValue {
  std::optional<std::string> tenant;  // std::nullopt: rows that belong to none
  std::string kpi;
  std::string definition_hash;
  int revision = 0;        // 0: found first
  bool is_newest = false;  // no later look found something else
  // As it was then: a tenant whose time zone was corrected since has other bounds on the same date.
  Day day;
  std::string time_zone;
  Value value;              // never failed
  std::vector<Part> parts;  // by label, in the order of bytes
  Time computed_at;
  std::string run_id;
  std::string pcx_version;
};

// The number of a day, and nothing about how it came to be.
struct KeptNumber {
  std::optional<std::string> tenant;  // as in KeptValue
  std::string kpi;
  std::string definition_hash;
  Time from, to;
  std::string digits;
  std::vector<Part> parts;  // as in KeptValue
};

// Whether there is something to read, and this role may. A report needs neither.
enum class Keeping {
  absent,        // no schema pcx, or one of before the table
  not_readable,  // it is there, this role may not read it
  readable,
};
// Cannot end the transaction by asking.
Keeping find_keeping(db::Transaction& tx);

class KeptValues {
 public:
  void add(KeptValue value);
  // nullptr: nothing was recorded under this definition as it is now.
  const KeptValue* find(const std::optional<std::string>& tenant, const Definition& definition,
                        Date date) const;
  bool empty() const { return values_.empty(); }

 private:
  // tenant, "" for none; KPI; hash; date
  using Key = std::tuple<std::string, std::string, std::string, Date>;
  std::map<Key, KeptValue> values_;
};

struct KeptQuestion {
  std::vector<std::optional<std::string>> tenants;
  std::vector<const Definition*> definitions;
  std::vector<Date> dates;
};

// The newest revision of each: what is true now. Of a state that is the one look that was in time.
// The caller compares KeptValue::day with the bounds that it means. Nothing, without an error,
// unless Keeping::readable. Two round trips, none when the question is empty.
KeptValues read_kept(db::Transaction& tx, const KeptQuestion& question);

// A row of sql/read_kept.sql or sql/read_history.sql. Throws Error{data} for what pcx does not
// write.
KeptValue to_kept_value(const db::Row& row);
// A row of sql/read_numbers.sql. std::nullopt: no number was found. Throws likewise.
std::optional<KeptNumber> to_kept_number(const db::Row& row);

// Column `state`, as to_string(State) writes it. Throws as to_kept_value().
State state_in(const db::Field& field);

}  // namespace pcx::kpi
