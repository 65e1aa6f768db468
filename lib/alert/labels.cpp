#include "alert/labels.h"

#include <algorithm>

#include "crypto/digest.h"

namespace pcx::alert {
namespace {

constexpr std::size_t kDigestDigits = 16;

// Not isalpha(): names are ASCII, whatever the locale.
bool may_begin(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool may_follow(char c) noexcept { return may_begin(c) || (c >= '0' && c <= '9'); }

std::string quoted_value(std::string_view value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    if (c == '\n') {
      text += "\\n";
    } else {
      text += c;
    }
  }
  return text + '"';
}

}  // namespace

bool is_label_name(std::string_view name) noexcept {
  return !name.empty() && may_begin(name.front()) && std::ranges::all_of(name, may_follow);
}

bool is_metric_name(std::string_view name) noexcept {
  const auto may = [](char c) { return c == ':' || may_follow(c); };
  return !name.empty() && (name.front() == ':' || may_begin(name.front())) &&
         std::ranges::all_of(name, may);
}

std::string to_string(const Labels& labels) {
  std::string text = "{";
  for (const auto& [name, value] : labels) {
    if (text.size() > 1) text += ", ";
    text += name + "=" + quoted_value(value);
  }
  return text + "}";
}

std::string digest_of(const Labels& labels, const LabelNames& but) {
  std::string all;
  for (const auto& [name, value] : labels) {
    if (but.contains(name)) continue;
    all += name + '\0' + value + '\0';
  }
  return crypto::sha256_hex(all).substr(0, kDigestDigits);
}

}  // namespace pcx::alert
