// What pcx says of requests, for verdicts.test.mjs, which asks the middleware the same.
//
// usage: adapter_verdicts URL <REQUESTS
//
// A line is "pepper ID HEX", the active one first, or a request: milliseconds since 1970, the key
// in hexadecimal digits, the address, and the wanted scopes with commas between; "-" for none. For
// each request the code is printed.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "apikey/verifier.h"
#include "core/clock.h"
#include "crypto/encoding.h"
#include "db/target.h"

namespace pcx::apikey {
namespace {

// The time of the request that is judged.
class RequestClock final : public Clock {
 public:
  explicit RequestClock(std::chrono::milliseconds now) : now_(now) {}
  std::chrono::system_clock::time_point wall_now() const override {
    return std::chrono::system_clock::time_point{now_};
  }
  std::chrono::steady_clock::time_point steady_now() const override { return {}; }
  void sleep_for(std::chrono::nanoseconds) override {}

 private:
  std::chrono::milliseconds now_;
};

std::string from_hex(const std::string& digits) {
  if (auto bytes = crypto::from_hex(digits)) return *bytes;
  throw std::runtime_error{"no hexadecimal digits: " + digits};
}

std::vector<Scope> scopes_of(const std::string& text) {
  std::vector<std::string> texts;
  std::istringstream stream{text == "-" ? "" : text};
  for (std::string each; std::getline(stream, each, ',');) texts.push_back(each);
  return require_scopes(texts);
}

Code code_of(db::Database& database, const std::vector<Pepper>& peppers, const std::string& line) {
  std::istringstream words{line};
  std::int64_t now = 0;
  std::string key, address, wanted;
  words >> now >> key >> address >> wanted;
  const RequestClock clock{std::chrono::milliseconds{now}};
  KeyCache cache{{.ttl = std::chrono::milliseconds{0}}};
  Verifier verifier{{database, cache, nullptr, clock}, peppers};
  const std::string text = from_hex(key == "-" ? "" : key);
  const std::vector<Scope> scopes = scopes_of(wanted);
  return verifier.verify({text, Address::parse(address), scopes}).code;
}

int run(const std::string& url) {
  db::Database database{db::parse_target(url), {}};
  std::vector<Pepper> peppers;
  for (std::string line; std::getline(std::cin, line);) {
    if (!line.starts_with("pepper ")) {
      fmt::print("{}\n", to_string(code_of(database, peppers, line)));
      continue;
    }
    std::istringstream words{line};
    std::string word, digits;
    int id = 0;
    words >> word >> id >> digits;
    peppers.push_back({id, Secret{from_hex(digits)}});
  }
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace pcx::apikey

int main(int argc, char** argv) {
  try {
    if (argc == 2) return pcx::apikey::run(argv[1]);
    fmt::print(stderr, "usage: adapter_verdicts URL <REQUESTS\n");
    return 64;
  } catch (const std::exception& error) {
    fmt::print(stderr, "adapter_verdicts: {}\n", error.what());
    return EXIT_FAILURE;
  }
}
