#include "cli/wrap.h"

#include "cli/render/width.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

std::string fill(std::string_view paragraph, std::size_t columns, std::size_t indent) {
  const std::string margin(indent, ' ');
  std::string result;
  std::string line = margin;
  for (const std::string& word : split(paragraph, ' ')) {
    if (word.empty()) continue;
    const bool first = line.size() == indent;
    if (!first && display_width(line) + 1 + display_width(word) > columns) {
      result += line + "\n";
      line = margin + word;
    } else {
      line += (first ? "" : " ") + word;
    }
  }
  return result + line + "\n";
}

std::string indented(std::string_view paragraph, std::size_t indent) {
  std::string result;
  for (const std::string& line : split(paragraph, '\n')) {
    result += std::string(indent, ' ') + line + "\n";
  }
  return result;
}

}  // namespace

std::string wrap(std::string_view text, std::size_t columns, std::size_t indent,
                 bool first_indented) {
  if (text.empty()) return {};
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const auto gap = text.find("\n\n", at);
    const auto end = gap == std::string_view::npos ? text.size() : gap;
    const auto paragraph = text.substr(at, end - at);
    if (!result.empty()) result += "\n";
    result +=
        paragraph.starts_with(' ') ? indented(paragraph, indent) : fill(paragraph, columns, indent);
    at = gap == std::string_view::npos ? text.size() : gap + 2;
  }
  if (!first_indented) result.erase(0, indent);
  return result;
}

}  // namespace pcx::cli
