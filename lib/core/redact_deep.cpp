#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>

#include "core/ascii.h"
#include "core/javascript.h"
#include "core/redact.h"

namespace pcx {

namespace {

constexpr std::string_view kRedacted = "[REDACTED]";
constexpr int kLevelsMax = 8;

// What the application's logger hides, as its known answers show.
constexpr std::array<std::string_view, 21> kHiddenKeys = {
    "password",    "passwordhash", "password_hash", "token",
    "accesstoken", "refreshtoken", "authorization", "apikey",
    "api_key",     "secret",       "jwt",           "diagnosis",
    "treatment",   "notes",        "microchipid",   "emergencycontact",
    "cardnumber",  "cvv",          "ssn",           "twofactorsecret",
    "cookie"};

Document masked_email(const Document& value) {
  const std::string* text = value.text();
  const std::size_t at = text == nullptr ? std::string::npos : text->find('@');
  if (at == std::string::npos) return std::string{kRedacted};
  const std::string domain = text->substr(at + 1, text->find('@', at + 1) - at - 1);
  if (domain.empty()) return std::string{kRedacted};
  return javascript::utf16_prefix(text->substr(0, at), 1) + "***@" + domain;
}

Document masked_phone(const Document& value) {
  std::string digits;
  if (const std::string* text = value.text()) {
    std::copy_if(text->begin(), text->end(), std::back_inserter(digits),
                 [](char c) { return c >= '0' && c <= '9'; });
  }
  if (digits.size() < 4) return std::string{kRedacted};
  return "***" + digits.substr(digits.size() - 4);
}

Document redact_level(const Document& document, int level);

Document redact_member(const std::string& key, const Document& value, int level) {
  const std::string name = to_lower_ascii(key);
  if (std::find(kHiddenKeys.begin(), kHiddenKeys.end(), name) != kHiddenKeys.end()) {
    return std::string{kRedacted};
  }
  if (name == "email") return masked_email(value);
  if (name == "phone" || name == "phonenumber" || name == "emergencyphone") {
    return masked_phone(value);
  }
  return redact_level(value, level + 1);
}

Document redact_level(const Document& document, int level) {
  if (document.is_scalar() || level > kLevelsMax) return document;
  if (document.is_array()) {
    Document shown = Document::array();
    for (const auto& item : document.items()) shown.add(redact_level(item, level + 1));
    return shown;
  }
  Document shown = Document::object();
  for (const auto& [key, value] : document.members()) {
    shown.set(key, redact_member(key, value, level));
  }
  return shown;
}

}  // namespace

Document redact_deep(const Document& document) { return redact_level(document, 0); }

}  // namespace pcx
