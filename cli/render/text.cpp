// Text for people: nothing is cut off, and no data can steer the terminal.
#include "core/text.h"

#include <fmt/format.h>

#include "cli/render/render.h"
#include "cli/render/table.h"

namespace pcx::cli {

namespace {

std::string closing(const std::string& summary, bool after_something) {
  if (summary.empty()) return {};
  return (after_something ? "\n" : "") + escape_controls(summary) + "\n";
}

std::string shown_text(const Cell& cell) { return escape_controls(cell_text(cell)); }

// A column of numbers has its heading to the right too; NULLs do not tell.
bool is_number_column(const View& view, std::size_t column) {
  for (const auto& row : view.rows) {
    if (!std::holds_alternative<std::monostate>(row[column])) return is_number(row[column]);
  }
  return false;
}

bool is_empty(const Document& document) {
  return (document.is_array() && document.items().empty()) ||
         (document.is_object() && document.members().empty());
}

void add_lines(const Document& document, const std::string& indent, std::string& text);

// "key: value" on one line, or "key:" and its members below.
void add_entry(const std::string& label, const Document& value, const std::string& indent,
               std::string& text) {
  if (value.is_scalar()) {
    const std::string shown = shown_text(value.scalar());
    text += fmt::format("{}{}{}{}\n", indent, label, shown.empty() ? "" : " ", shown);
  } else if (is_empty(value)) {
    text += fmt::format("{}{} {}\n", indent, label, value.is_array() ? "(none)" : "(empty)");
  } else {
    text += fmt::format("{}{}\n", indent, label);
    add_lines(value, indent + "  ", text);
  }
}

void add_lines(const Document& document, const std::string& indent, std::string& text) {
  if (document.is_object()) {
    for (const auto& [key, value] : document.members()) {
      add_entry(escape_controls(key) + ":", value, indent, text);
    }
  } else if (document.is_array()) {
    for (const Document& item : document.items()) add_entry("-", item, indent, text);
  } else {
    text += indent + shown_text(document.scalar()) + "\n";
  }
}

}  // namespace

std::string render_text(const View& view, bool color) {
  if (view.rows.empty()) return closing(view.summary, false);
  std::vector<std::vector<TableCell>> rows(1);
  for (std::size_t i = 0; i < view.columns.size(); ++i) {
    rows[0].push_back({view.columns[i].title, is_number_column(view, i)});
  }
  for (const auto& row : view.rows) {
    auto& cells = rows.emplace_back();
    for (const Cell& cell : row) cells.push_back({shown_text(cell), is_number(cell)});
  }
  return table(rows, color) + closing(view.summary, true);
}

std::string render_text(const Tree& tree) {
  std::string text;
  if (!is_empty(tree.document)) add_lines(tree.document, {}, text);
  const bool after_something = !text.empty();
  return text + closing(tree.summary, after_something);
}

}  // namespace pcx::cli
