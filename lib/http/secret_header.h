// A header that may hold a key.
#pragma once

#include <string>
#include <vector>

#include "core/secret.h"
#include "http/client.h"

namespace pcx::http {

// It is sent, and shown nowhere; where an answer repeats it, "***" stands in its place
// (answer_words.h).
struct SecretHeader {
  std::string name;
  Secret value;
};

// `request.headers` with the secret ones.
void add_headers(Request& request, const std::vector<SecretHeader>& secrets);

}  // namespace pcx::http
