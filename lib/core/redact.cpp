#include "core/redact.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>
#include <vector>

#include "core/ascii.h"

namespace pcx {

namespace {

using Span = std::pair<std::size_t, std::size_t>;  // [begin, end) of a secret in the text
using Spans = std::vector<Span>;

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kQuotes = "\"'`";
constexpr auto kEnd = std::string_view::npos;

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
bool is_key_character(char c) { return is_word(c) || c == '_' || c == '-' || c == '.'; }

std::size_t find_or_end(std::string_view text, std::string_view stops, std::size_t from) {
  return std::min(text.find_first_of(stops, from), text.size());
}

// --- scheme://user:password@host

bool is_postgres(std::string_view text, std::size_t colon) {
  const std::string_view before = text.substr(0, colon);
  return before.ends_with("postgres") || before.ends_with("postgresql");
}

// Where the part of a URL that may hold "user:password@" ends. Passwords of database URLs are often
// written without the escapes they need: there all of the URL counts, which ends at white space, or
// is all of the text. Quotation marks and angle brackets end no part, for passwords hold them.
std::size_t end_of_authority(std::string_view text, std::size_t colon) {
  const std::size_t begin = colon + 3;
  if (!is_postgres(text, colon)) return find_or_end(text, " \t\r\n/?#", begin);
  const std::string_view before = text.substr(0, colon);
  const bool is_all = before == "postgres" || before == "postgresql";
  return is_all ? text.size() : find_or_end(text, kSpace, begin);
}

void find_url_passwords(std::string_view text, Spans& spans) {
  for (std::size_t colon = text.find("://"); colon != kEnd; colon = text.find("://", colon + 3)) {
    const std::size_t begin = colon + 3;
    const std::string_view part = text.substr(begin, end_of_authority(text, colon) - begin);
    const std::size_t at = part.rfind('@');
    const std::size_t password = part.find(':');
    if (at == kEnd || password == kEnd || password > at) continue;
    spans.emplace_back(begin + password + 1, begin + at);
  }
}

// --- key=value, "key": "value", Authorization: value

struct Key {
  std::string_view name;
  std::size_t begin = 0;
  bool quoted = false;
};

// The key that ends before `sign`, the place of "=" or ":".
Key key_before(std::string_view text, std::size_t sign) {
  std::size_t end = sign;
  while (end > 0 && kSpace.find(text[end - 1]) != kEnd) --end;
  const bool quoted = end > 0 && kQuotes.find(text[end - 1]) != kEnd;
  if (quoted) --end;
  std::size_t begin = end;
  while (begin > 0 && is_key_character(text[begin - 1])) --begin;
  return {text.substr(begin, end - begin), begin, quoted};
}

// Behind the last character of a value in quotes or, with backslash escapes, without.
std::size_t end_of_value(std::string_view text, std::size_t begin, std::string_view stops) {
  const bool quoted = begin < text.size() && kQuotes.find(text[begin]) != kEnd;
  std::size_t at = quoted ? begin + 1 : begin;
  while (at < text.size()) {
    if (text[at] == '\\') {
      at += 2;
    } else if (quoted && text[at] == text[begin]) {
      return at + 1;
    } else if (!quoted && stops.find(text[at]) != kEnd) {
      return at;
    } else {
      ++at;
    }
  }
  return text.size();
}

bool is_secret_header(std::string_view key) {
  const std::string name = to_lower_ascii(key);
  return name == "authorization" || name == "proxy-authorization" || name == "cookie" ||
         name == "set-cookie" || name == "x-api-key";
}

// Names that mean a secret in the query of a URL, and nothing elsewhere: keys of APIs, codes of
// OAuth, signatures of presigned URLs.
bool is_secret_parameter(std::string_view key) {
  constexpr std::array<std::string_view, 10> kNames = {
      "key", "sig", "code", "auth", "otp", "pin", "sid", "ticket", "assertion", "session"};
  const std::string name = to_lower_ascii(key);
  return name.ends_with("signature") || name.ends_with("sessionid") ||
         name.ends_with("session_id") ||
         std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

void find_pairs(std::string_view text, Spans& spans) {
  for (std::size_t sign = text.find_first_of("=:"); sign != kEnd;
       sign = text.find_first_of("=:", sign + 1)) {
    const Key key = key_before(text, sign);
    if (key.name.empty()) continue;
    const std::size_t begin = std::min(text.find_first_not_of(" \t", sign + 1), text.size());
    if (text[sign] == ':' && !key.quoted) {
      if (is_secret_header(key.name)) spans.emplace_back(begin, find_or_end(text, "\r\n", begin));
      continue;
    }
    const bool in_query =
        key.begin > 0 && (text[key.begin - 1] == '?' || text[key.begin - 1] == '&');
    if (names_secret(key.name) || (in_query && is_secret_parameter(key.name))) {
      const std::string_view stops = text[sign] == ':' ? " \t\r\n,}]"
                                     : in_query        ? " \t\r\n&#\"'`<>"
                                                       : " \t\r\n";
      spans.emplace_back(begin, end_of_value(text, begin, stops));
    }
  }
}

// --- CREATE ROLE x PASSWORD 'secret', OPTIONS (password 'secret')

// Where the constant begins that follows the word which ends at `word_end`; kEnd when none does.
std::size_t sql_constant_after(std::string_view text, std::size_t word_end) {
  std::size_t begin = text.find_first_not_of(kSpace, word_end);
  const bool is_apart = begin != word_end;
  if (begin == kEnd) return kEnd;
  if (is_apart && (text[begin] == 'e' || text[begin] == 'E')) ++begin;  // E'...'
  return begin < text.size() && text[begin] == '\'' ? begin : kEnd;
}

void find_sql_passwords(std::string_view text, Spans& spans) {
  constexpr std::string_view kWord = "password";
  const std::string lowered = to_lower_ascii(text);
  for (std::size_t at = lowered.find(kWord); at != kEnd; at = lowered.find(kWord, at + 1)) {
    const char before = at > 0 ? text[at - 1] : ' ';
    if (is_key_character(before) || kQuotes.find(before) != kEnd) continue;
    const std::size_t begin = sql_constant_after(text, at + kWord.size());
    if (begin == kEnd) continue;
    std::size_t end = end_of_value(text, begin, {});
    while (end < text.size() && text[end] == '\'') end = end_of_value(text, end, {});  // ''
    spans.emplace_back(begin, end);
  }
}

// --- Bearer eyJhbGci...

void find_bearer_tokens(std::string_view text, Spans& spans) {
  constexpr std::string_view kScheme = "bearer ";
  constexpr std::string_view kExtra = "-._~+/=";  // token68 of RFC 9110, section 11.2
  const std::string lowered = to_lower_ascii(text);
  for (std::size_t at = lowered.find(kScheme); at != kEnd; at = lowered.find(kScheme, at + 1)) {
    if (at > 0 && is_word(text[at - 1])) continue;
    const std::size_t begin =
        std::min(text.find_first_not_of(' ', at + kScheme.size()), text.size());
    std::size_t end = begin;
    while (end < text.size() && (is_word(text[end]) || kExtra.find(text[end]) != kEnd)) ++end;
    spans.emplace_back(begin, end);
  }
}

// --- pcx_live_<10 characters of the public id>_<secret>

void find_api_keys(std::string_view text, Spans& spans) {
  constexpr std::string_view kPrefix = "pcx_";
  constexpr std::size_t kIdLength = 10;
  constexpr std::size_t kSecretMin = 20;  // shorter is no key but a name
  for (std::size_t at = text.find(kPrefix); at != kEnd; at = text.find(kPrefix, at + 1)) {
    std::size_t place = at + kPrefix.size();
    while (place < text.size() && is_word(text[place])) ++place;
    if (place >= text.size() || text[place] != '_') continue;
    const std::size_t id = ++place;
    while (place < text.size() && is_word(text[place])) ++place;
    if (place - id != kIdLength || place >= text.size() || text[place] != '_') continue;
    const std::size_t secret = ++place;
    while (place < text.size() && is_word(text[place])) ++place;
    if (place - secret >= kSecretMin) spans.emplace_back(secret, place);
  }
}

std::string without(std::string_view text, Spans spans) {
  std::sort(spans.begin(), spans.end());
  std::string shown;
  std::size_t done = 0;
  for (const auto& [begin, end] : spans) {
    if (end <= begin || end <= done) continue;
    if (begin >= done) {
      shown += text.substr(done, begin - done);
      shown += "***";
    }
    done = end;
  }
  return shown += text.substr(done);
}

}  // namespace

bool names_secret(std::string_view key) {
  constexpr std::array<std::string_view, 20> kEndings = {
      "password",       "passwd",      "passphrase",    "pwd",           "passwordhash",
      "secret",         "token",       "apikey",        "privatekey",    "accesskey",
      "secretkey",      "masterkey",   "signingkey",    "encryptionkey", "routingkey",
      "integrationkey", "credentials", "authorization", "jwt",           "cookie"};
  std::string name = to_lower_ascii(key);
  name.erase(std::remove_if(name.begin(), name.end(), [](char c) { return !is_word(c); }),
             name.end());
  return std::any_of(kEndings.begin(), kEndings.end(),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

std::string redact(std::string_view text) {
  Spans spans;
  find_url_passwords(text, spans);
  find_pairs(text, spans);
  find_sql_passwords(text, spans);
  find_bearer_tokens(text, spans);
  find_api_keys(text, spans);
  return without(text, std::move(spans));
}

}  // namespace pcx
