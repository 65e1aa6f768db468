// Reading vectors: text members of JSON objects, hex as bytes.
#pragma once

#include <string>
#include <string_view>

#include "core/document.h"
#include "core/secret.h"
#include "crypto/encoding.h"
#include "tests/support/data.h"

namespace pcx::crypto {

inline const std::string& text_at(const Document& object, std::string_view key) {
  return *object.find(key)->text();
}

inline std::string hex_at(const Document& object, std::string_view key) {
  return from_hex(text_at(object, key)).value();
}

inline std::string unhex(std::string_view digits) { return from_hex(digits).value(); }

inline std::int64_t number_at(const Document& object, std::string_view key) {
  return std::get<std::int64_t>(object.find(key)->scalar());
}

inline bool is_valid(const Document& test) { return text_at(test, "result") == "valid"; }

// Calls visit(group, test) for every test of a Wycheproof file.
template <typename Visit>
void for_each_wycheproof(const std::string& name, Visit visit) {
  const Document file = testing::data_json("wycheproof/" + name);
  for (const Document& group : file.find("testGroups")->items()) {
    for (const Document& test : group.find("tests")->items()) visit(group, test);
  }
}

}  // namespace pcx::crypto
