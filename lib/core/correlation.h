// The id that ties a request's log lines, audit rows and answer together, as the application gives
// it out.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/random.h"

namespace pcx {

inline constexpr std::string_view kCorrelationHeader = "X-Correlation-ID";  // of every answer

// X-Correlation-ID, else X-Request-ID, else a version 4 UUID. Empty counts as absent; anything
// else is taken as it is, however long: escape it before it is shown. Header names are compared
// without regard to case, and a header that comes twice is joined by ", ", as Node does.
std::string correlation_id(const std::vector<std::pair<std::string, std::string>>& headers,
                           Random& random);

}  // namespace pcx
