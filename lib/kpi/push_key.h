// Where a key may go: New Relic's, which waits in the environment, to New Relic alone; any key
// never in clear text over a network.
#pragma once

#include <string_view>

namespace pcx::kpi {

// Whether the host takes OTLP for New Relic: nr-data.net or a name below it
// (docs.newrelic.com/docs/opentelemetry/best-practices/opentelemetry-otlp: otlp.nr-data.net,
// otlp.eu01.nr-data.net, gov-otlp.nr-data.net). Throws Error{data} as http::parse_url().
bool is_new_relic_otlp(std::string_view url);

// Throws Error{config} with reason "clear_text" for http:// unless the host is this machine itself:
// localhost, 127.0.0.0/8, ::1. Throws Error{data} as http::parse_url().
void require_safe_for_key(std::string_view url);

}  // namespace pcx::kpi
