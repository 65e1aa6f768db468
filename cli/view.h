// What a command has to show, without a format: a table or a tree, and one closing sentence.
// Renderers (cli/render) know no command; commands know no format.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "core/document.h"

namespace pcx::cli {

struct Column {
  std::string key;    // JSON and CSV name, stable: "applied_at"
  std::string title;  // for people: "APPLIED"
};

struct View {
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;  // every row has columns.size() cells
  std::string summary;                  // one closing sentence; text format only; may be empty
};

// A tree with a closing sentence. In text it is shown as indented "key: value" lines.
struct Tree {
  Document document;
  std::string summary;
};

// Text that is the result itself, written as it is: a completion script, export lines. Where it has
// a document, that is written in the formats for programs.
struct PlainText {
  std::string text;
  Document document = {};
};

using Shown = std::variant<View, Tree, PlainText>;

}  // namespace pcx::cli
