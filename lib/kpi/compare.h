// A number beside that of another day, and which days these are. Pure.
#pragma once

#include <array>
#include <vector>

#include "kpi/report.h"

namespace pcx::kpi {

inline constexpr std::array kBases = {Basis::previous_day, Basis::same_weekday,
                                      Basis::previous_year};

// The day before, the same weekday of the week before, the same date of the year before
// (year_before()).
Date compared_date(Basis basis, Date date);

// The same weekday of the eight weeks before (kAnomalyWeeks), oldest first.
std::vector<Date> same_weekdays(Date date);

// All that a report of `date` needs: the date itself, those that it is compared with, and the same
// weekdays. In order, each once.
std::vector<Date> needed_dates(Date date);

// `then` is the value of the day compared_date(basis, date). The change is
// - of counts, money and durations (now - then) / |then|; where then is 0 there is none, and it is
// new
//   when now is not 0;
// - of ratios now - then, which has an answer when then is 0, too: from 0 to 5 percent are 5
// points. Of numbers as they are shown (digits_of()). None when one of them is not known.
Comparison compare(Kind kind, const Value& now, Basis basis, Date date, const Value& then);

}  // namespace pcx::kpi
