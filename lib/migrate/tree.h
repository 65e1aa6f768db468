// The only door to libpg_query: its parse tree as a Document, and small questions to its nodes; its
// comments. A
// node is an object with one member, its type: {"AlterTableStmt": {...}}; zero, false and empty
// members are left out.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/document.h"

namespace pcx::migrate::tree {

struct Parsed {
  // {"stmts": [{"stmt": node, "stmt_location": bytes, "stmt_len": n}]}; none when the grammar
  // cannot read the script.
  std::optional<Document> script;
  std::string error;       // the parser's own words
  int error_position = 0;  // characters, from 1; 0: not known
};

// REQUIRES: `sql` is valid UTF-8 without NUL.
Parsed parse(const std::string& sql);

struct Comment {
  std::size_t offset = 0;
  std::size_t length = 0;
  bool leads = false;  // before the first statement
};

// As PostgreSQL's scanner finds them, also in a script that its grammar cannot read. None where a
// quotation has no end, which the server refuses.
// REQUIRES: as parse().
std::vector<Comment> comments(const std::string& sql);

std::string text_of(const Document& node, std::string_view key);             // "": not there
bool flag_of(const Document& node, std::string_view key);                    // false: not there
std::int64_t number_of(const Document& node, std::string_view key);          // 0: not there
const Document::Array& list_of(const Document& node, std::string_view key);  // empty: not there
const Document& child_of(const Document& node, std::string_view key);        // null: not there

// {"Name": {...}} as its name and body. REQUIRES: `node` is one.
const Document::Member& typed(const Document& node);
// The body of a node when it is of that type, else nullptr; of null, too.
const Document* as(const Document& node, std::string_view type);

// Every member of every object in the tree, in no order. Deep trees do not exhaust the stack.
void visit(const Document& tree,
           const std::function<void(const std::string& key, const Document& value)>& look);

// {"defname": name} in a list of options.
bool has_option(const Document& node, std::string_view list, std::string_view name);

// The parts of a qualified name, from a List of Strings or a bare String.
std::vector<std::string> name_parts(const Document& node);

}  // namespace pcx::migrate::tree
