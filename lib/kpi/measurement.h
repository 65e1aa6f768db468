// The numbers of a report one by one, for outputs that are made of data points.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kpi/report.h"

namespace pcx::kpi {

// One known number: a value, or a part of it. Points into a Report, which must outlive it.
struct Measurement {
  const Tenant* tenant = nullptr;
  const DayReport* day = nullptr;
  const Result* result = nullptr;
  const Part* part = nullptr;  // of result->parts; nullptr: the value itself

  const Definition& definition() const { return *result->definition; }
  const std::string& digits() const { return part ? part->digits : result->value.digits; }
  // For targets that sort numbers by their time: the last millisecond of a day that is over, since
  // its end is the first instant of the next one; DayReport::until of a day that is not.
  Time time() const;
};

// All that are known, in the order of the report, parts behind their value. What is not known is no
// measurement: never 0.
std::vector<Measurement> measurements(const Report& report);
std::vector<Measurement> measurements(const Report& report, const DayReport& day);

// std::nullopt for what no double holds: "NaN", "Infinity", more than 1.8e308.
std::optional<double> finite_number(std::string_view digits);

// "appointment", "second", "USD", "1": the unit of a definition's numbers, for people.
std::string unit_name(const Definition& definition, std::string_view currency);

}  // namespace pcx::kpi
