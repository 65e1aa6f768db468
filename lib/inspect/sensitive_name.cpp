#include "inspect/sensitive_name.h"

#include <algorithm>
#include <cctype>

namespace pcx::inspect {

namespace {

using Words = std::vector<std::string>;

bool is_upper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }
bool is_alpha(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

// Between "credit" and "Card", and between "SSN" and "Hash".
bool begins_word(std::string_view name, std::size_t i) {
  if (i == 0 || !is_upper(name[i])) return false;
  const bool before_lower = i + 1 < name.size() && is_alpha(name[i + 1]) && !is_upper(name[i + 1]);
  return !is_upper(name[i - 1]) || before_lower;
}

const std::vector<Words>& sensitive() {
  static const std::vector<Words> all = {{"ssn"},
                                         {"social", "security"},
                                         {"social", "insurance"},
                                         {"national", "id"},
                                         {"tax", "id"},
                                         {"tin"},
                                         {"card"},
                                         {"credit", "card"},
                                         {"cc"},
                                         {"pan"},
                                         {"cvv"},
                                         {"cvc"},
                                         {"iban"},
                                         {"bic"},
                                         {"account", "number"},
                                         {"bank", "account"},
                                         {"routing"},
                                         {"passport"},
                                         {"license", "number"},
                                         {"licence", "number"},
                                         {"driver"},
                                         {"password"},
                                         {"passphrase"},
                                         {"secret"},
                                         {"pin"},
                                         {"birth", "name"},
                                         {"private", "key"}};
  return all;
}

// Words that make of it something that is said about it.
bool says_something_about(const std::string& word) {
  static const Words harmless = {"type",   "brand",   "kind",   "last",  "last4",  "hash",
                                 "digest", "country", "expiry", "count", "status", "id",
                                 "ids",    "at",      "name",   "url",   "image"};
  return std::find(harmless.begin(), harmless.end(), word) != harmless.end();
}

}  // namespace

Words words_of(std::string_view name) {
  Words words;
  bool is_open = false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (!is_alpha(name[i]) && !is_digit(name[i])) {
      is_open = false;
      continue;
    }
    if (!is_open || begins_word(name, i)) words.emplace_back();
    is_open = true;
    words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(name[i])));
  }
  return words;
}

bool is_sensitive_name(std::string_view name) {
  const Words words = words_of(name);
  return std::any_of(sensitive().begin(), sensitive().end(), [&](const Words& wanted) {
    const auto found = std::search(words.begin(), words.end(), wanted.begin(), wanted.end());
    if (found == words.end()) return false;
    return std::none_of(found + static_cast<std::ptrdiff_t>(wanted.size()), words.end(),
                        says_something_about);
  });
}

}  // namespace pcx::inspect
