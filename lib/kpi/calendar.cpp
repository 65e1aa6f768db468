#include "kpi/calendar.h"

#include <algorithm>
#include <set>

namespace pcx::kpi {
namespace {

// Dates that are so near to one another are read as one range.
constexpr std::chrono::days kGap{15};

}  // namespace

Calendar::Calendar(db::Transaction& tx, std::string time_zone, Time now)
    : tx_(tx), time_zone_(std::move(time_zone)) {
  require_time_zone(tx_, time_zone_);
  today_ = read_date(tx_, time_zone_, now);
}

void Calendar::read(const std::vector<Date>& dates) {
  const std::set<Date> wanted{dates.begin(), dates.end()};
  for (auto at = wanted.begin(); at != wanted.end();) {
    const Date first = *at;
    Date last = first;
    while (at != wanted.end() && *at - last <= kGap && *at - first < std::chrono::days{kDaysMax}) {
      last = *at++;
    }
    for (const Day& day : read_days(tx_, time_zone_, first, last)) days_[day.date] = day;
  }
}

const Day* Calendar::find(Date date) const {
  const auto found = days_.find(date);
  return found == days_.end() ? nullptr : &found->second;
}

Span span_of(const Calendar& calendar, const std::vector<Date>& asked,
             const std::vector<Date>& compared, bool is_partial, Time now) {
  Span span{.windows = {}, .is_partial = is_partial, .now = now};
  std::set<Date> dates{asked.begin(), asked.end()};
  dates.insert(compared.begin(), compared.end());
  const Day* const partial = is_partial ? calendar.find(asked.front()) : nullptr;
  for (const Date date : dates) {
    const Day* const day = calendar.find(date);
    if (day == nullptr) continue;
    Window window{*day, day->to, std::ranges::find(asked, date) != asked.end()};
    if (partial != nullptr) window.until = std::min(day->from + (now - partial->from), day->to);
    span.windows.push_back(window);
  }
  return span;
}

}  // namespace pcx::kpi
