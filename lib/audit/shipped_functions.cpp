#include "audit/shipped_functions.h"

#include <algorithm>
#include <set>

#include "audit/sql.h"
#include "db/schema_steps.h"

namespace pcx::audit {

namespace {

constexpr std::string_view kSchema = "pcx.";
constexpr std::string_view kSegment = "audit_segment";

// What is between the first `open` and the next `close` behind it; empty: nothing is.
std::string_view between(std::string_view text, std::size_t open, std::string_view close) {
  const std::size_t end = text.find(close, open);
  return end == text.npos ? std::string_view{} : text.substr(open, end - open);
}

std::string_view body_in(std::string_view definition) {
  constexpr std::string_view kDollars = "AS $$", kQuote = "AS '";
  const std::size_t dollars = definition.find(kDollars);
  const std::size_t quote = definition.find(kQuote);
  if (quote < dollars) return between(definition, quote + kQuote.size(), "'");
  if (dollars == definition.npos) return {};
  return between(definition, dollars + kDollars.size(), "$$");
}

void add_functions(std::string_view script, std::string_view beginning,
                   std::vector<ShippedFunction>& functions) {
  for (std::size_t at = 0; (at = script.find(beginning, at)) != script.npos;) {
    const bool begins_line = at == 0 || script[at - 1] == '\n';
    at += beginning.size();
    const std::string_view definition = script.substr(at);
    if (!begins_line || !definition.starts_with("audit_")) continue;
    functions.push_back({definition.substr(0, definition.find('(')), body_in(definition)});
  }
}

std::vector<ShippedFunction> read_shipped() {
  std::vector<ShippedFunction> all;
  for (const db::SchemaStep& step : db::kSchemaSteps) {
    for (const ShippedFunction& function : find_functions(step.sql)) {
      std::erase_if(all, [&](const auto& each) { return each.name == function.name; });
      all.push_back(function);
    }
  }
  return all;
}

bool is_segment_body(std::string_view body) {
  constexpr std::string_view kSelect = "SELECT ";
  if (!body.starts_with(kSelect)) return false;
  const std::string_view number = body.substr(kSelect.size());
  return !number.empty() && number.find_first_not_of("0123456789") == number.npos &&
         (number.back() - '0') % 2 == 1;
}

bool is_shipped(std::string_view name, std::string_view body) {
  if (name == kSegment) return is_segment_body(body);
  return std::ranges::any_of(shipped_functions(), [&](const ShippedFunction& function) {
    return function.name == name && function.body == body;
  });
}

}  // namespace

std::vector<ShippedFunction> find_functions(std::string_view script) {
  std::vector<ShippedFunction> functions;
  for (const std::string_view create : {"CREATE FUNCTION ", "CREATE OR REPLACE FUNCTION "}) {
    add_functions(script, std::string{create}.append(kSchema), functions);
  }
  return functions;
}

const std::vector<ShippedFunction>& shipped_functions() {
  static const std::vector<ShippedFunction> functions = read_shipped();
  return functions;
}

std::vector<std::string> find_replaced_functions(db::Transaction& tx) {
  std::set<std::string> present;
  std::set<std::string> replaced;
  const db::Result rows = tx.query(sql::list_functions);
  for (const db::Row row : rows) {
    const auto name = row["name"].as<std::string>();
    present.insert(name);
    if (!is_shipped(name, row["body"].as<std::string>())) replaced.insert(name);
  }
  for (const ShippedFunction& function : shipped_functions()) {
    const std::string name{function.name};
    if (!present.contains(name)) replaced.insert(name);
  }
  return {replaced.begin(), replaced.end()};
}

}  // namespace pcx::audit
