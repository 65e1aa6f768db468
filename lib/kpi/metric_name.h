// Names of Prometheus metrics: whether promtool minds them, and whether two of them can be one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kpi/definition.h"

namespace pcx::kpi {

// The names that the metrics of a definition can have, of its parts (`by`), too. "???" stands for a
// currency, which definitions do not know.
std::vector<std::string> metric_names(const Definition& definition);

// Whether two of them are one in some currency.
bool can_meet(std::string_view one, std::string_view other);

// Why `promtool check metrics` would complain about a gauge of that name, or OpenMetrics takes it
// for another type: "ends in _total". std::nullopt: nothing.
//
// Source: client_golang 1.14, prometheus/testutil/promlint; OpenMetrics 1.0, "Suffixes".
std::optional<std::string> fault_of_metric(std::string_view name);

}  // namespace pcx::kpi
