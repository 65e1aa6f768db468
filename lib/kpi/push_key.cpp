#include "kpi/push_key.h"

#include "http/url.h"

namespace pcx::kpi {

bool is_new_relic_otlp(std::string_view url) {
  const http::Url parsed = http::parse_url(url);
  return parsed.host == "nr-data.net" || parsed.host.ends_with(".nr-data.net");
}

}  // namespace pcx::kpi
