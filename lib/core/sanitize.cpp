#include "core/sanitize.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "core/ascii.h"

namespace pcx {

namespace {

constexpr auto kNowhere = std::string_view::npos;

std::string_view entity_of(char c) {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#x27;";
    case '/': return "&#x2F;";
    default: return {};
  }
}

std::string sanitized(const std::string& text) {
  std::string safe;
  safe.reserve(text.size());
  for (const char c : text) {
    const std::string_view entity = entity_of(c);
    if (!entity.empty()) {
      safe += entity;
    } else if (c != '\0') {
      safe += c;
    }
  }
  return safe;
}

bool is_word_character(char c) {  // \w of a regular expression
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

struct Word {
  std::string_view text;
  std::size_t begin;
  std::size_t end;
};

std::vector<Word> words_of(std::string_view line) {
  std::vector<Word> words;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t begin = at;
    while (at < line.size() && is_word_character(line[at])) ++at;
    if (at > begin) words.push_back({line.substr(begin, at - begin), begin, at});
    if (at == begin) ++at;
  }
  return words;
}

bool is_sql_word(std::string_view word) {
  constexpr std::array<std::string_view, 9> kWords = {
      "select", "insert", "update", "delete", "drop", "create", "alter", "exec", "execute"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

bool is_suspicious_line(std::string_view line) {
  constexpr std::string_view kQuotes = "'\"`";
  const std::size_t last_equal = line.rfind('=');
  const std::size_t first_quote = line.find_first_of(kQuotes);
  const std::size_t last_quote = line.find_last_of(kQuotes);
  const auto is_suspicious = [&](const Word& word) {
    if (is_sql_word(word.text)) return true;
    if (word.text != "or" && word.text != "and") return false;
    const bool before_equal = last_equal != kNowhere && last_equal >= word.end;
    const bool in_quotes =
        first_quote != kNowhere && first_quote < word.begin && last_quote >= word.end;
    return before_equal || in_quotes;
  };
  const std::vector<Word> words = words_of(line);
  return std::any_of(words.begin(), words.end(), is_suspicious);
}

// Where the line ends that `text` starts with, as "." of a JavaScript expression sees it.
std::size_t end_of_line(std::string_view text) {
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    const std::string_view here = text.substr(end, 3);
    if (here[0] == '\n' || here[0] == '\r') break;
    if (here == "\xe2\x80\xa8" || here == "\xe2\x80\xa9") break;  // U+2028, U+2029
  }
  return end;
}

}  // namespace

Document sanitize(const Document& document) {
  if (const std::string* text = document.text()) return sanitized(*text);
  if (document.is_scalar()) return document;
  if (document.is_array()) {
    Document safe = Document::array();
    for (const auto& item : document.items()) safe.add(sanitize(item));
    return safe;
  }
  Document safe = Document::object();
  for (const auto& [key, value] : document.members()) safe.set(key, sanitize(value));
  return safe;
}

bool contains_sql_injection(std::string_view text) {
  for (const std::string_view sign : {"--", ";", "/*", "*/"}) {
    if (text.find(sign) != kNowhere) return true;
  }
  const std::string lowered = to_lower_ascii(text);
  for (std::string_view rest = lowered; !rest.empty();) {
    const std::size_t end = end_of_line(rest);
    if (is_suspicious_line(rest.substr(0, end))) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

bool contains_nosql_injection(std::string_view text) {
  const std::string lowered = to_lower_ascii(text);
  constexpr std::array<std::string_view, 5> kOperators = {"$where", "$ne", "$gt", "$lt", "$regex"};
  return std::any_of(kOperators.begin(), kOperators.end(), [&](std::string_view name) {
    return lowered.find(name) != std::string::npos;
  });
}

}  // namespace pcx
