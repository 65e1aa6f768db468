// What a command shows, as bytes. Renderers know no command; commands know no format.
#pragma once

#include <string>
#include <string_view>

#include "cli/view.h"

namespace pcx::cli {

enum class Format { text, json, ndjson, csv };

// REQUIRES: one of the words of --format.
Format format_named(std::string_view word);

struct RenderOptions {
  Format format = Format::text;
  std::string schema;  // "pcx.config.show/v1", of the JSON envelope
  bool color = false;  // text only: the headings
};

// text    a table without borders, numbers to the right, nothing cut off; a Tree as indented lines
// json    {"schema": ..., "data": ...}: an array of objects for a View, the tree for a Tree
// ndjson  one object a row; a Tree that is an array one a member, else one line
// csv     RFC 4180 with a heading; a Tree as the columns key and value
//
// PlainText is written as it is in text, and in the other formats unless it has a document. Ends
// with a line break unless empty.
std::string render(const Shown& shown, const RenderOptions& options);

// The four, for a View and a Tree.
std::string render_text(const View& view, bool color);
std::string render_text(const Tree& tree);
std::string render_json(const View& view, std::string_view schema);
std::string render_json(const Tree& tree, std::string_view schema);
std::string render_ndjson(const View& view);
std::string render_ndjson(const Tree& tree);
std::string render_csv(const View& view);
std::string render_csv(const Tree& tree);

// A value for people and for CSV: NULL is empty, times RFC 3339. Control characters are not yet
// escaped.
std::string cell_text(const Cell& cell);
bool is_number(const Cell& cell);

// A tree as rows of "a.b[0].c" and its scalar; empty objects and arrays have an empty value.
View flattened(const Document& document);

}  // namespace pcx::cli
