// The days that one report needs of one time zone: those that were asked for, and those that they
// are compared with.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "kpi/day.h"
#include "kpi/window.h"

namespace pcx::kpi {

class Calendar {
 public:
  // Throws as read_days().
  Calendar(db::Transaction& tx, std::string time_zone, Time now);

  const std::string& time_zone() const { return time_zone_; }
  Date today() const { return today_; }

  // Reads these dates, in any order.
  void read(const std::vector<Date>& dates);
  // nullptr: the zone never had that date, or it was not read.
  const Day* find(Date date) const;

 private:
  db::Transaction& tx_;
  std::string time_zone_;
  Date today_;
  std::map<Date, Day> days_;
};

// The windows of `asked`, and of the dates that they are compared with: of a day that is not over
// as much as has passed. In order, each once. Days that the zone never had are left out. REQUIRES:
// all of them were read; when `is_partial`, `asked` is one day, which has begun
Span span_of(const Calendar& calendar, const std::vector<Date>& asked,
             const std::vector<Date>& compared, bool is_partial, Time now);

}  // namespace pcx::kpi
