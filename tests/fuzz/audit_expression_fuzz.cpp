// Questions about the trail: what is read is compiled for both sources, and nothing of it is in
// SQL.
#include <string>

#include "audit/expression.h"
#include "audit/filter.h"
#include "core/error.h"
#include "tests/fuzz/fuzz.h"

namespace {

using pcx::audit::Expression;
using pcx::audit::Source;
using pcx::fuzz::promise;

// Instants that audit/calendar would ask the server for.
void resolve(Expression& expression) {
  if (expression.term.moment) expression.term.instant = "2026-01-31T00:00:00Z";
  for (Expression& part : expression.parts) resolve(part);
}

// Without what may stand in it: SQL is made of literals of pcx and of numbers of parameters.
bool is_made_of_parameters(const pcx::db::Query& query) {
  std::size_t params = 0;
  for (std::size_t at = query.text().find('$'); at != std::string::npos;
       at = query.text().find('$', at + 1)) {
    const char next = query.text()[at + 1];
    if (next >= '1' && next <= '9') ++params;
  }
  return params == query.params().size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = pcx::fuzz::text_of(data, size);
  Expression expression;
  try {
    expression = pcx::audit::parse_expression(text);
  } catch (const pcx::Error& error) {
    promise(error.reason() == "expression" && error.location().column > 0, "a fault has a place");
    return 0;
  }
  promise(canonical(expression) == canonical(pcx::audit::parse_expression(text)),
          "a text is one question");
  promise(both(expression, Expression{}).parts.size() <= pcx::audit::kExpressionTermsMax,
          "questions have a limit");
  resolve(expression);
  for (const Source source : pcx::audit::kSources) {
    pcx::db::Query query{"fuzz"};
    append_filter(query, expression, source);
    promise(is_made_of_parameters(query), "values are parameters");
  }
  return 0;
}
