#include "page/markup.h"

#include "core/text.h"

namespace pcx::page {

namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// XML 1.0, production 2.
bool is_character(char32_t c) {
  if (c < 0x20) return c == '\t' || c == '\n' || c == '\r';
  return c != 0x7f && c != 0xfffe && c != 0xffff;
}

std::string_view reference_of(char32_t c) {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return {};
  }
}

}  // namespace

std::string escape_markup(std::string_view text) { return escape_markup(text, std::string::npos); }

std::string escape_markup(std::string_view text, std::size_t bytes_max) {
  std::string out;
  while (!text.empty()) {
    const CodePoint c = first_code_point(text);
    std::string_view piece = reference_of(c.value);
    if (piece.empty()) piece = text.substr(0, c.bytes);
    if (c.bytes == 0 || !is_character(c.value)) piece = kReplacement;
    if (piece.size() > bytes_max - out.size()) return out + "\xe2\x80\xa6";
    out += piece;
    text.remove_prefix(c.bytes == 0 ? 1 : c.bytes);
  }
  return out;
}

}  // namespace pcx::page
