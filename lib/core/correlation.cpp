#include "core/correlation.h"

#include <algorithm>
#include <cctype>

#include "core/ascii.h"

namespace pcx {

namespace {

bool is_same_name(std::string_view left, std::string_view right) {
  return to_lower_ascii(left) == to_lower_ascii(right);
}

}  // namespace

std::string correlation_id(const std::vector<std::pair<std::string, std::string>>& headers,
                           Random& random) {
  for (const std::string_view wanted : {kCorrelationHeader, std::string_view{"X-Request-ID"}}) {
    std::string value;
    bool is_first = true;
    for (const auto& [name, text] : headers) {
      if (!is_same_name(name, wanted)) continue;
      if (!is_first) value += ", ";
      is_first = false;
      value += text;
    }
    if (!value.empty()) return value;
  }
  return uuid_v4(random);
}

}  // namespace pcx
