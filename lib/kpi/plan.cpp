#include "kpi/plan.h"

#include "core/error.h"
#include "core/json.h"

namespace pcx::kpi {
namespace {

using std::chrono::microseconds;

db::Result ask(Snapshot& snapshot, std::string_view how, const db::Query& query) {
  const std::string text = std::string{how} + query.text();
  return snapshot.tx().query(db::Statement{query.name(), text}, query.params());
}

double number_in(const Document& node, std::string_view key) {
  const Document* const found = node.find(key);
  if (found == nullptr || !found->is_scalar()) return 0;
  if (const auto* const whole = std::get_if<std::int64_t>(&found->scalar())) {
    return static_cast<double>(*whole);
  }
  const auto* const real = std::get_if<double>(&found->scalar());
  return real == nullptr ? 0 : *real;
}

std::string text_in(const Document& node, std::string_view key) {
  const Document* const found = node.find(key);
  const std::string* const text = found == nullptr ? nullptr : found->text();
  return text == nullptr ? std::string{} : *text;
}

microseconds from_ms(double ms) { return microseconds{static_cast<std::int64_t>(ms * 1000)}; }

// Of a loop, rows and times are averages.
void find_scans(const Document& node, Plan& plan) {
  const double loops = number_in(node, "Actual Loops");
  if (text_in(node, "Node Type") == "Seq Scan" && loops > 0) {
    const double rows = number_in(node, "Actual Rows") + number_in(node, "Rows Removed by Filter");
    plan.whole_scans.push_back({text_in(node, "Relation Name"),
                                static_cast<std::int64_t>(rows * loops),
                                from_ms(number_in(node, "Actual Total Time") * loops)});
  }
  const Document* const below = node.find("Plans");
  if (below == nullptr || !below->is_array()) return;
  for (const Document& each : below->items()) find_scans(each, plan);
}

}  // namespace

Plan parse_plan(std::string_view json) {
  const Document document = parse_json(json, "EXPLAIN");
  const bool is_plan = document.is_array() && document.items().size() == 1 &&
                       document.items().front().find("Plan") != nullptr;
  if (!is_plan) throw Error{ErrorCode::data, "EXPLAIN answered with something that is no plan"};
  const Document& root = document.items().front();
  Plan plan;
  plan.time = from_ms(number_in(root, "Planning Time") + number_in(root, "Execution Time"));
  find_scans(*root.find("Plan"), plan);
  return plan;
}

Plan explain(Snapshot& snapshot, const Catalog& catalog, const Selection& selection,
             const Span& span, const Scope& scope) {
  const db::Query query = compose_question(catalog, selection, span, scope);
  const db::Result json = ask(snapshot, "EXPLAIN (ANALYZE, FORMAT JSON) ", query);
  Plan plan = parse_plan(json.one()[0].as<std::string_view>());
  const db::Result lines = ask(snapshot, "EXPLAIN (ANALYZE, BUFFERS) ", query);
  for (const db::Row line : lines) {
    plan.text += line[0].as<std::string>();
    plan.text += '\n';
  }
  return plan;
}

std::optional<std::string> find_fault(Snapshot& snapshot, const Catalog& catalog,
                                      const Selection& selection, const Span& span,
                                      const Scope& scope) {
  return snapshot.attempt(
      [&] { ask(snapshot, "EXPLAIN ", compose_question(catalog, selection, span, scope)); });
}

}  // namespace pcx::kpi
