#include "http/secret_header.h"

namespace pcx::http {

void add_headers(Request& request, const std::vector<SecretHeader>& secrets) {
  for (const SecretHeader& secret : secrets) {
    request.headers.push_back({secret.name, std::string{secret.value.reveal_text()}});
  }
}

}  // namespace pcx::http
