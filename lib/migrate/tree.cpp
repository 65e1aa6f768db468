#include "migrate/tree.h"

#include <algorithm>
#include <memory>
#include <pg_query.h>

#include "core/json.h"

namespace pcx::migrate::tree {

namespace {

// The parser's JSON is about twelve times the script; deep expressions nest deep.
constexpr JsonLimits kLimits{std::size_t{2} * 1024 * 1024 * 1024, 50'000};

// The scanner answers in protobuf, of which this much is needed: numbers, and messages in messages.
// (pg_query.proto: ScanResult has tokens as field 2, ScanToken has start 1, end 2, token 4.)
class Protobuf {
 public:
  explicit Protobuf(std::string_view bytes) : rest_(bytes) {}

  // The next field; false at the end.
  bool next() {
    if (rest_.empty()) return false;
    const std::uint64_t tag = number();
    field = tag >> 3U;
    const bool is_message = (tag & 7U) == 2;
    value = number();
    message = is_message ? rest_.substr(0, value) : std::string_view{};
    rest_.remove_prefix(message.size());
    return true;
  }

  std::uint64_t field = 0;
  std::uint64_t value = 0;  // of a message: its length
  std::string_view message;

 private:
  std::uint64_t number() {
    std::uint64_t result = 0;
    for (unsigned shift = 0; !rest_.empty() && shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      result |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
      if ((byte & 0x80U) == 0) break;
    }
    return result;
  }

  std::string_view rest_;
};

struct Token {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::uint64_t kind = 0;
};

Token token_in(std::string_view message) {
  Token token;
  for (Protobuf fields{message}; fields.next();) {
    if (fields.field == 1) token.begin = fields.value;
    if (fields.field == 2) token.end = fields.value;
    if (fields.field == 4) token.kind = fields.value;
  }
  return token;
}

struct ScanCloser {
  void operator()(PgQueryScanResult* result) const {
    pg_query_free_scan_result(*result);
    delete result;
  }
};

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

std::vector<Comment> comments(const std::string& sql) {
  constexpr std::uint64_t kLineComment = 275;  // pg_query.proto: SQL_COMMENT
  constexpr std::uint64_t kBlockComment = 276;
  const std::unique_ptr<PgQueryScanResult, ScanCloser> result{
      new PgQueryScanResult{pg_query_scan(sql.c_str())}};
  std::vector<Comment> found;
  if (result->error != nullptr) return found;
  bool leads = true;
  for (Protobuf scan{{result->pbuf.data, result->pbuf.len}}; scan.next();) {
    if (scan.field != 2) continue;
    const Token token = token_in(scan.message);
    if (token.kind == kLineComment || token.kind == kBlockComment) {
      found.push_back({token.begin, token.end - token.begin, leads});
    } else if (token.kind != ';') {
      leads = false;
    }
  }
  return found;
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
