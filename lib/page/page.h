// Pieces of an HTML page. Every text is escaped and cut here, whatever data names: only `html` is
// taken as it is.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pcx::page {

// So that a page stays below 1 MB.
inline constexpr std::size_t kPageRowsMax = 200;
inline constexpr std::size_t kPageTextBytesMax = 300;

// All of a page that runs no script and loads nothing, and says so to the browser.
std::string document(const std::string& title_html, std::string_view style,
                     const std::string& html);

std::string shown(std::string_view text);
std::string paragraph(std::string_view text);
std::string aside(std::string_view text);  // in a softer colour
// `rows_max` of them at most, and how many more there are.
std::string paragraphs(const std::vector<std::string>& texts, std::size_t rows_max = kPageRowsMax);
// Empty when `html` is. `id` is for links to it.
std::string section(std::string_view id, std::string_view title, const std::string& html);

// Something and how much of it.
struct Labelled {
  std::string label, value;
};

class Table {
 public:
  struct Title {
    std::string name;
    bool is_text = false;  // on the left
  };
  // `name` says what it is to who cannot see it.
  Table(std::string_view name, std::vector<Title> titles);

  // A row begins with what it is about; as many cells follow as there are titles.
  Table& row(std::string_view name);
  Table& number(std::string_view value);
  Table& words(std::string_view value, std::string_view css_class = {});
  // Each by itself: "200: 1,976" "500: 20".
  Table& kinds(const std::vector<Labelled>& kinds);

  // `rows_max` rows at most, and how many more there are; empty without any.
  std::string finish(std::size_t rows_max = kPageRowsMax) const;

 private:
  void cell(std::string_view css_class, const std::string& html);

  std::string name_;
  std::vector<Title> titles_;
  std::vector<std::string> rows_;
};

}  // namespace pcx::page
