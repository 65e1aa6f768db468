#include "migrate/tree.h"

#include <algorithm>
#include <memory>
#include <pg_query.h>

#include "core/json.h"

namespace pcx::migrate::tree {

namespace {

// The parser's JSON is about twelve times the script; deep expressions nest deep.
constexpr JsonLimits kLimits{std::size_t{2} * 1024 * 1024 * 1024, 50'000};

struct ResultCloser {
  void operator()(PgQueryParseResult* result) const {
    pg_query_free_parse_result(*result);
    delete result;
  }
};

}  // namespace

Parsed parse(const std::string& sql) {
  const std::unique_ptr<PgQueryParseResult, ResultCloser> result{
      new PgQueryParseResult{pg_query_parse(sql.c_str())}};
  if (result->error != nullptr) {
    return {std::nullopt, result->error->message, result->error->cursorpos};
  }
  return {parse_json(result->parse_tree, "parse tree", kLimits), "", 0};
}

std::string text_of(const Document& node, std::string_view key) {
  const Document* value = node.find(key);
  const std::string* text = value == nullptr ? nullptr : value->text();
  return text == nullptr ? "" : *text;
}

bool flag_of(const Document& node, std::string_view key) {
  const Document* value = node.find(key);
  return value != nullptr && *value == Document{true};
}

std::int64_t number_of(const Document& node, std::string_view key) {
  const Document* value = node.find(key);
  if (value == nullptr || !value->is_scalar()) return 0;
  const auto* number = std::get_if<std::int64_t>(&value->scalar());
  return number == nullptr ? 0 : *number;
}

const Document::Array& list_of(const Document& node, std::string_view key) {
  static const Document::Array kNone;
  const Document* value = node.find(key);
  return value == nullptr || !value->is_array() ? kNone : value->items();
}

const Document& child_of(const Document& node, std::string_view key) {
  static const Document kNone;
  const Document* value = node.find(key);
  return value == nullptr ? kNone : *value;
}

const Document::Member& typed(const Document& node) { return node.members().front(); }

const Document* as(const Document& node, std::string_view type) { return node.find(type); }

void visit(const Document& tree,
           const std::function<void(const std::string& key, const Document& value)>& look) {
  std::vector<const Document*> open = {&tree};
  while (!open.empty()) {
    const Document& node = *open.back();
    open.pop_back();
    if (node.is_array()) {
      for (const auto& item : node.items()) open.push_back(&item);
    } else if (node.is_object()) {
      for (const auto& [key, value] : node.members()) {
        look(key, value);
        open.push_back(&value);
      }
    }
  }
}

bool has_option(const Document& node, std::string_view list, std::string_view name) {
  const auto& options = list_of(node, list);
  return std::any_of(options.begin(), options.end(), [name](const Document& option) {
    return text_of(typed(option).second, "defname") == name;
  });
}

std::vector<std::string> name_parts(const Document& node) {
  const auto& [type, body] = typed(node);
  if (type == "String") return {text_of(body, "sval")};
  std::vector<std::string> parts;
  for (const auto& item : list_of(body, "items")) {
    parts.push_back(text_of(typed(item).second, "sval"));
  }
  return parts;
}

}  // namespace pcx::migrate::tree
