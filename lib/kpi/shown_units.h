// Numbers in the smallest unit that is shown, so that arithmetic on them is exact: 12.10 - 12.00 is
// 10 cents, where doubles would have it that it is 0.09999999999999964 dollars.
#pragma once

#include "kpi/report.h"

namespace pcx::kpi {

// 1, 100 of money, 10000 of ratios: 10 to the power of digits_of(kind).
double units_in_one(Kind kind);

// Cents of money, hundredths of a percent of ratios, else the number itself; rounded, half away
// from 0. Exact to 2^53.
//
// REQUIRES: value.state is known
double shown_units(Kind kind, const Value& value);

}  // namespace pcx::kpi
