#include "page/page.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/grouped.h"
#include "core/text.h"
#include "page/markup.h"

namespace pcx::page {

namespace {

std::string and_more(std::size_t all, std::size_t max) {
  if (all <= max) return {};
  return aside(fmt::format("and {} more", grouped(static_cast<std::int64_t>(all - max))));
}

}  // namespace

std::string document(const std::string& title_html, std::string_view style,
                     const std::string& html) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n{}</main>\n</body>\n</"
      "html>\n",
      title_html, style, html);
}

std::string shown(std::string_view text) { return escape_markup(text, kPageTextBytesMax); }

std::string paragraph(std::string_view text) { return fmt::format("<p>{}</p>\n", shown(text)); }

std::string aside(std::string_view text) {
  return fmt::format("<p class=\"soft\">{}</p>\n", shown(text));
}

std::string paragraphs(const std::vector<std::string>& texts, std::size_t rows_max) {
  std::string out;
  for (std::size_t i = 0; i < std::min(texts.size(), rows_max); ++i) out += paragraph(texts[i]);
  return out + and_more(texts.size(), rows_max);
}

std::string section(std::string_view id, std::string_view title, const std::string& html) {
  if (html.empty()) return {};
  return fmt::format("<section id=\"{}\">\n<h2>{}</h2>\n{}</section>\n", id, title, html);
}

Table::Table(std::string_view name, std::vector<Title> titles)
    : name_(name), titles_(std::move(titles)) {}

Table& Table::row(std::string_view name) {
  rows_.push_back(fmt::format("<th scope=\"row\">{}</th>", shown(name)));
  return *this;
}

void Table::cell(std::string_view css_class, const std::string& html) {
  if (css_class.empty()) {
    rows_.back() += "<td>" + html + "</td>";
  } else {
    rows_.back() += fmt::format("<td class=\"{}\">{}</td>", css_class, html);
  }
}

Table& Table::number(std::string_view value) {
  cell("", shown(value));
  return *this;
}

Table& Table::words(std::string_view value, std::string_view css_class) {
  cell(css_class.empty() ? "text" : fmt::format("text {}", css_class), shown(value));
  return *this;
}

Table& Table::kinds(const std::vector<Labelled>& kinds) {
  constexpr std::size_t mark_bytes = 30;
  std::string html;
  std::size_t count = 0;
  for (std::size_t bytes = 0; count < kinds.size() && bytes < kPageTextBytesMax; ++count) {
    const Labelled& kind = kinds[count];
    const std::string name = escape_markup(kind.label, kPageTextBytesMax - bytes);
    html += fmt::format("<span>{}: {}</span> ", name, shown(kind.value));
    bytes += name.size() + mark_bytes;
  }
  if (count < kinds.size()) html += fmt::format("<span>and {} more</span> ", kinds.size() - count);
  if (!html.empty()) html.pop_back();
  cell("text kinds", html);
  return *this;
}

std::string Table::finish(std::size_t rows_max) const {
  if (rows_.empty()) return {};
  // What is too wide for a telephone can be moved, also by keys.
  std::string out = fmt::format(
      "<div class=\"wide\" role=\"region\" aria-label=\"{}\" tabindex=\"0\">\n<table>\n"
      "<thead>\n<tr>",
      shown(name_));
  for (const Title& title : titles_) {
    out += fmt::format("<th scope=\"col\"{}>{}</th>", title.is_text ? " class=\"text\"" : "",
                       shown(title.name));
  }
  out += "</tr>\n</thead>\n<tbody>\n";
  for (std::size_t i = 0; i < std::min(rows_.size(), rows_max); ++i) {
    out += "<tr>" + rows_[i] + "</tr>\n";
  }
  return out + "</tbody>\n</table>\n</div>\n" + and_more(rows_.size(), rows_max);
}

}  // namespace pcx::page
