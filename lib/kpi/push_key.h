// Where New Relic's key may go, which waits in the environment: to New Relic alone. No key goes in
// clear text over a network: http/clear_text.h.
#pragma once

#include <string_view>

namespace pcx::kpi {

// Whether the host takes OTLP for New Relic: nr-data.net or a name below it
// (docs.newrelic.com/docs/opentelemetry/best-practices/opentelemetry-otlp: otlp.nr-data.net,
// otlp.eu01.nr-data.net, gov-otlp.nr-data.net). Throws Error{data} as http::parse_url().
bool is_new_relic_otlp(std::string_view url);

}  // namespace pcx::kpi
