#include "cli/commands/outlook_view.h"

#include <fmt/format.h>

#include "core/text.h"
#include "core/time.h"

namespace pcx::cli {

namespace {

using migrate::Forecast;
using migrate::Holder;
using migrate::LockMode;
using migrate::ScriptOutlook;
using migrate::StatementOutlook;
using migrate::Touch;

constexpr const char* kWhole = "(all of it)";

// Readers wait for nobody but ACCESS EXCLUSIVE, and an index is locked with its table.
bool is_shown(const Touch& touch) {
  return touch.mode > LockMode::access_share && touch.kind != 'i' && touch.kind != 'I';
}

std::string effect_of(const Touch& touch) {
  if (touch.rewrites) return "rewritten";
  return touch.scans ? "read whole" : "";
}

// "812 (report job, idle in transaction for 40m)": the pid first, it is what one needs.
std::string short_text(const Holder& holder) {
  std::vector<std::string> facts;
  if (!holder.application.empty()) facts.push_back(holder.application);
  if (!holder.user.empty()) facts.push_back(holder.user);
  if (!holder.state.empty()) {
    facts.push_back(fmt::format("{} for {}", holder.state, to_short_text(holder.in_transaction)));
  }
  return fmt::format("{} ({})", holder.pid, join(facts, ", "));
}

class Rows {
 public:
  Rows(const std::vector<Holder>& holders, View& view) : holders_(holders), view_(view) {}

  void add(const ScriptOutlook& script) {
    if (!script.analysed) {
      const std::int64_t line = script.error_place.line;
      add_row(script.name, line, "", true, nullptr,
              fmt::format("not analysed, the server will judge: column {}: {}",
                          script.error_place.column, script.parse_error));
      return;
    }
    if (script.statements.empty()) add_row(script.name, {}, "", true, nullptr, "no statement");
    for (const StatementOutlook& statement : script.statements) add(script, statement);
    if (script.statements.size() > 1 && !script.in_steps) add_total(script);
  }

 private:
  void add(const ScriptOutlook& script, const StatementOutlook& statement) {
    const std::string note = join(statement.forecast.unseen, "; ");
    const std::int64_t line = statement.place.line;
    bool any = false;
    for (const Touch& touch : statement.forecast.touches) {
      if (!is_shown(touch)) continue;
      add_row(script.name, line, statement.kind, statement.transactional, &touch, note);
      any = true;
    }
    if (!any) {
      add_row(script.name, line, statement.kind, statement.transactional, nullptr, note);
    }
  }

  void add_total(const ScriptOutlook& script) {
    for (const Touch& touch : script.total.touches) {
      if (is_shown(touch)) add_row(script.name, {}, kWhole, true, &touch, "");
    }
  }

  void add_row(const std::string& name, Cell line, const std::string& statement, bool transactional,
               const Touch* touch, const std::string& note) {
    std::vector<Cell> row = {name, std::move(line), statement, transactional};
    if (touch == nullptr) {
      row.insert(row.end(), {Cell{}, Cell{}, Cell{}, Cell{}, Cell{}, Cell{}});
    } else {
      const std::int64_t rows = touch->rows;
      row.insert(row.end(), {std::string{to_string(touch->mode)}, touch->schema + "." + touch->name,
                             touch->bytes, rows < 0 ? Cell{} : Cell{rows}, effect_of(*touch),
                             blockers_of(*touch)});
    }
    row.emplace_back(note);
    view_.rows.push_back(std::move(row));
  }

  std::string blockers_of(const Touch& touch) const {
    std::vector<std::string> blockers;
    for (const Holder& holder : holders_) {
      const bool in_the_way =
          holder.relation == touch.oid && migrate::conflicts(touch.mode, holder.mode);
      if (in_the_way) blockers.push_back(short_text(holder));
    }
    return join(blockers, ", ");
  }

  const std::vector<Holder>& holders_;
  View& view_;
};

}  // namespace

Outcome show_outlook(const std::vector<ScriptOutlook>& scripts, const std::vector<Holder>& holders,
                     const PlanWords& words) {
  View view{{{"name", "MIGRATION"},
             {"line", "LINE"},
             {"statement", "STATEMENT"},
             {"transactional", "TRANSACTION"},
             {"lock", "LOCK"},
             {"relation", "TABLE"},
             {"bytes", "BYTES"},
             {"rows", "ROWS"},
             {"effect", "EFFECT"},
             {"blocked_by", "BLOCKED BY"},
             {"note", "NOTE"}},
            {},
            ""};
  Rows rows{holders, view};
  for (const ScriptOutlook& script : scripts) rows.add(script);
  const auto count = static_cast<long long>(scripts.size());
  view.summary = scripts.empty() ? words.nothing
                                 : fmt::format("{} {}", counted(count, "migration"), words.next);
  return {view, scripts.empty() ? Finding::ok : Finding::warning};
}

}  // namespace pcx::cli
