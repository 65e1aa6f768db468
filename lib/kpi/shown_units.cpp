#include "kpi/shown_units.h"

#include <cmath>

namespace pcx::kpi {

double units_in_one(Kind kind) { return std::pow(10.0, digits_of(kind)); }

double shown_units(Kind kind, const Value& value) {
  return std::round(number_of(value) * units_in_one(kind));
}

}  // namespace pcx::kpi
