#include "db/address.h"

#include <map>
#include <memory>

#include <fmt/format.h>
#include <libpq-fe.h>

namespace pcx::db {

std::string address_of(const Target& target) {
  std::map<std::string, std::string> said;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> defaults{PQconndefaults(),
                                                                              PQconninfoFree};
  for (const PQconninfoOption* each = defaults.get(); each != nullptr && each->keyword; ++each) {
    if (each->val != nullptr) said[each->keyword] = each->val;
  }
  for (const auto& [keyword, value] : target.keywords) said[keyword] = value;
  if (said["dbname"].empty()) said["dbname"] = said["user"];
  std::string address;
  for (const char* const keyword : {"service", "host", "hostaddr", "port", "dbname"}) {
    if (!said[keyword].empty()) address += fmt::format("{}={} ", keyword, said[keyword]);
  }
  return address;
}

}  // namespace pcx::db
