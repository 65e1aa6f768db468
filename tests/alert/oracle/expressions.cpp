// What pcx makes of expressions, for promtool to judge: see promql_test.py.
//
// usage: alert_expressions <CASES >ANSWERS
//
// A case is a line of JSON, and so is its answer. {"series": TEXT} are those of what follows
// (tests/alert/expression_series.h), and is answered by {}. {"expr": TEXT, "minute": N} is answered
// by one of
//   {"refused": MESSAGE, "line": N, "column": N}    no expression for pcx
//   {"failed": MESSAGE}                             not to be evaluated
//   {"number": VALUE}
//   {"samples": [[LABELS, VALUE]...], "present": [LABELS...]}    or "present_failed": MESSAGE
// with values as text ("nan", "inf"), and metrics' names among the labels of samples.
#include <cstdio>
#include <iostream>
#include <string>
#include <variant>

#include "alert/expression.h"
#include "alert/expression_evaluator.h"
#include "alert/expression_parser.h"
#include "core/json.h"
#include "tests/alert/expression_series.h"

namespace pcx::alert {
namespace {

Document document_of(const Labels& labels) {
  Document members = Document::object();
  for (const auto& [name, value] : labels) members.set(name, value);
  return members;
}

Document fault(const char* kind, const Error& error) {
  Document answer;
  answer.set(kind, std::string{error.what()});
  answer.set("line", error.location().line);
  answer.set("column", error.location().column);
  return answer;
}

Document evaluated(const Expression& expression, const Node& root, const Series& series, Time at) {
  Document answer;
  const Answer value = evaluate_tree(root, series, at);
  if (const auto* const number = std::get_if<double>(&value)) {
    answer.set("number", written(*number));
    return answer;
  }
  Document samples = Document::array();
  for (const Sample& sample : std::get<Samples>(value)) {
    samples.add(Document{Document::Array{document_of(sample.labels), written(sample.value)}});
  }
  answer.set("samples", std::move(samples));
  try {
    Document present = Document::array();
    for (const Sample& sample : expression.present(series, at)) {
      present.add(document_of(sample.labels));
    }
    answer.set("present", std::move(present));
  } catch (const Error& error) {
    answer.set("present_failed", std::string{error.what()});
  }
  return answer;
}

Document answer_to(const std::string& text, const Series& series, Time at) {
  const Location place{"case", 1, 1};
  try {
    const Expression expression = Expression::parse(text, place);
    const Node root = parse_tree(text, place);
    try {
      return evaluated(expression, root, series, at);
    } catch (const Error& error) {
      return fault("failed", error);
    }
  } catch (const Error& error) {
    return fault("refused", error);
  }
}

void answer_all() {
  TextSeries series{""};
  for (std::string line; std::getline(std::cin, line);) {
    const Document request = parse_json(line, "case");
    Document answer = Document::object();
    if (const Document* const text = request.find("series")) {
      series = TextSeries{*text->text()};
    } else {
      const auto at = std::get<std::int64_t>(request.find("minute")->scalar());
      answer = answer_to(*request.find("expr")->text(), series, minute(static_cast<int>(at)));
    }
    std::cout << to_json(answer) << '\n';
  }
}

}  // namespace
}  // namespace pcx::alert

int main() {
  try {
    pcx::alert::answer_all();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "alert_expressions: %s\n", error.what());
    return 1;
  }
  return 0;
}
