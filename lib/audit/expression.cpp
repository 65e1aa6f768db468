#include "audit/expression.h"

#include <utility>

#include <fmt/format.h>

namespace pcx::audit {

const std::vector<FieldName> kFieldNames = {
    {"user", Field::user, "who did it; of captured changes the actor"},
    {"userId", Field::user, ""},
    {"action", Field::action, "Patient.update"},
    {"resource", Field::resource, "the application's model: Patient"},
    {"entityType", Field::resource, ""},
    {"id", Field::id, "of what was acted on; of captured changes the primary key"},
    {"resourceId", Field::id, ""},
    {"entityId", Field::id, ""},
    {"record", Field::record, "id of the event itself, as 'pcx audit show' takes it"},
    {"tenant", Field::tenant, "the practice"},
    {"tenantId", Field::tenant, ""},
    {"correlation", Field::correlation, "id of the request"},
    {"correlationId", Field::correlation, ""},
    {"ip", Field::ip, "an address, a range (10.0.0.0/8), or a text with *"},
    {"ipAddress", Field::ip, ""},
    {"agent", Field::agent, "the user agent"},
    {"userAgent", Field::agent, ""},
    {"since", Field::since, "at this time or after it"},
    {"until", Field::until, "before this time; a day is meant to its end"},
    {"source", Field::source, "app: audit_logs; trigger: captured changes"},
    {"op", Field::op, "insert, update, delete, truncate: of captured changes"},
    {"relation", Field::relation, "schema.table: of captured changes"},
    {"success", Field::success, "true or false, as metadata.success has it"},
    {"changes", Field::changes, "a path: changes.status; of captured changes the new values"},
    {"metadata", Field::metadata, "a path: metadata.correlationId"},
};

std::string_view to_string(Field field) noexcept {
  for (const FieldName& name : kFieldNames) {
    if (name.field == field) return name.name;
  }
  return "text";
}

namespace {

const char* to_string(Operator op) noexcept {
  switch (op) {
    case Operator::match: return ":";
    case Operator::above: return ">";
    case Operator::at_least: return ">=";
    case Operator::below: return "<";
    case Operator::at_most: return "<=";
  }
  return "";
}

// With its length in front, so that nothing in it is taken for more than it is.
void append(std::string& text, std::string_view part) {
  fmt::format_to(std::back_inserter(text), "{}\"{}", part.size(), part);
}

void append(std::string& text, const Term& term) {
  text += fmt::format("{}", static_cast<int>(term.field));
  for (const std::string& segment : term.path) append(text += '.', segment);
  text += to_string(term.op);
  for (const Value& value : term.values) {
    text += ',';
    for (const std::string& piece : value.pieces) append(text += '*', piece);
  }
}

void append(std::string& text, const Expression& expression) {
  if (expression.kind == Expression::Kind::term) return append(text, expression.term);
  text += expression.kind == Expression::Kind::all   ? "&("
          : expression.kind == Expression::Kind::any ? "|("
                                                     : "!(";
  for (const Expression& part : expression.parts) {
    append(text, part);
    text += ' ';
  }
  text += ')';
}

}  // namespace

Expression both(Expression left, Expression right) {
  Expression whole;
  for (Expression* each : {&left, &right}) {
    if (each->kind == Expression::Kind::all) {
      for (Expression& part : each->parts) whole.parts.push_back(std::move(part));
    } else {
      whole.parts.push_back(std::move(*each));
    }
  }
  return whole;
}

std::string canonical(const Expression& expression) {
  std::string text;
  append(text, expression);
  return text;
}

std::vector<const Term*> demanded(const Expression& expression) {
  std::vector<const Term*> terms;
  if (expression.kind == Expression::Kind::term) terms.push_back(&expression.term);
  if (expression.kind == Expression::Kind::all) {
    for (const Expression& part : expression.parts) {
      for (const Term* term : demanded(part)) terms.push_back(term);
    }
  }
  return terms;
}

}  // namespace pcx::audit
