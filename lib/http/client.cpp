#include "http/client.h"

#include <algorithm>
#include <strings.h>

namespace pcx::http {

const std::string* Response::header(std::string_view name) const noexcept {
  const auto same_name = [&](const Header& header) {
    return header.name.size() == name.size() &&
           ::strncasecmp(header.name.data(), name.data(), name.size()) == 0;
  };
  const auto found = std::ranges::find_if(headers, same_name);
  return found == headers.end() ? nullptr : &found->value;
}

}  // namespace pcx::http
