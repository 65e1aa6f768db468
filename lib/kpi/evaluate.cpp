#include "kpi/evaluate.h"

#include <map>

namespace pcx::kpi {
namespace {

class Evaluation {
 public:
  Evaluation(Snapshot& snapshot, const Catalog& catalog, const Span& span, const Scope& scope)
      : snapshot_(snapshot), catalog_(catalog), span_(span), scope_(scope), answers_(catalog) {}

  std::optional<std::string> ask(const Selection& selection) {
    return snapshot_.attempt([&] {
      const db::Query query = compose_question(catalog_, selection, span_, scope_);
      answers_.add(selection, snapshot_.tx().query(query));
    });
  }

  void ask_alone(std::size_t source, const Selection& of_source) {
    const auto failure = ask(of_source);
    if (!failure) return;
    if (snapshot_.timed_out()) snapshot_.slow_sources().insert(source);
    const bool is_whole = snapshot_.timed_out() || of_source.size() == 1;
    for (const std::size_t number : of_source) {
      const auto own = is_whole ? failure : ask({number});
      if (own) answers_.fail(number, *own);
    }
  }

  // Those that nobody waits for again have failed; the others.
  Selection without_slow(const Selection& selection) {
    Selection others;
    for (const std::size_t number : selection) {
      if (snapshot_.slow_sources().contains(catalog_.definitions[number].source)) {
        answers_.fail(number, "it took too long before, and was not asked again");
      } else {
        others.push_back(number);
      }
    }
    return others;
  }

  Answers take() { return std::move(answers_); }

 private:
  Snapshot& snapshot_;
  const Catalog& catalog_;
  const Span& span_;
  const Scope& scope_;
  Answers answers_;
};

}  // namespace

Answers evaluate(Snapshot& snapshot, const Catalog& catalog, const Selection& selection,
                 const Span& span, const Scope& scope) {
  Evaluation evaluation{snapshot, catalog, span, scope};
  const Selection asked = evaluation.without_slow(selection);
  if (asked.empty() || !evaluation.ask(asked)) return evaluation.take();
  std::map<std::size_t, Selection> by_source;
  for (const std::size_t number : asked) {
    by_source[catalog.definitions[number].source].push_back(number);
  }
  for (const auto& [source, of_source] : by_source) evaluation.ask_alone(source, of_source);
  return evaluation.take();
}

}  // namespace pcx::kpi
