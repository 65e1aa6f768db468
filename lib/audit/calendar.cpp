#include "audit/calendar.h"

#include <vector>

#include <fmt/format.h>

#include "audit/sql.h"
#include "core/error.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::audit {

namespace {

constexpr std::string_view kInvalidParameterValue = "22023";

template <typename Visit>
void each_time(Expression& expression, const Visit& visit) {
  if (expression.term.moment) visit(expression.term);
  for (Expression& part : expression.parts) each_time(part, visit);
}

int days_of(const Term& term) {
  const bool is_end = term.field == Field::until && term.moment->is_day();
  return term.moment->days + (is_end ? 1 : 0);
}

std::vector<std::string> read_instants(db::Transaction& tx, const std::vector<std::string>& texts,
                                       const std::vector<std::string>& days, Time now,
                                       const std::string& time_zone) {
  try {
    std::vector<std::string> instants;
    const db::Result rows =
        tx.query(sql::read_instants, {texts, days, to_rfc3339_us(now), time_zone});
    for (const db::Row row : rows) instants.push_back(row["instant"].as<std::string>());
    return instants;
  } catch (const Error& error) {
    if (error.sqlstate() != kInvalidParameterValue) throw;
    throw Error{ErrorCode::usage,
                fmt::format("there is no time zone \"{}\"", escape_controls(time_zone)),
                "Give its IANA name: Europe/Berlin."}
        .because("time_zone");
  }
}

}  // namespace

bool needs_zone(const Expression& expression) {
  if (expression.term.moment && expression.term.moment->needs_zone()) return true;
  for (const Expression& part : expression.parts) {
    if (needs_zone(part)) return true;
  }
  return false;
}

void resolve_times(db::Transaction& tx, Expression& expression, Time now,
                   const std::string& time_zone) {
  std::vector<Term*> local;
  std::vector<std::string> texts;
  std::vector<std::string> days;
  each_time(expression, [&](Term& term) {
    const Moment& moment = *term.moment;
    if (!moment.needs_zone()) {
      term.instant =
          to_rfc3339_us(moment.kind == Moment::Kind::ago ? now - moment.ago : moment.instant);
      return;
    }
    local.push_back(&term);
    texts.push_back(moment.text);
    days.push_back(std::to_string(days_of(term)));
  });
  if (local.empty()) return;
  const auto instants = read_instants(tx, texts, days, now, time_zone);
  for (std::size_t i = 0; i < local.size(); ++i) local[i]->instant = instants[i];
}

void require_order(const Expression& expression) {
  std::string since;  // the latest; empty: none
  std::string until;  // the earliest
  for (const Term* term : demanded(expression)) {
    if (!term->moment) continue;
    const std::string& instant = term->instant;  // of one form and length: texts are in its order
    if (term->field == Field::since && instant > since) since = instant;
    if (term->field == Field::until && (until.empty() || instant < until)) until = instant;
  }
  if (since.empty() || until.empty() || since < until) return;
  throw Error{ErrorCode::usage, fmt::format("since ({}) is not before until ({})", since, until),
              "Nothing lies between them: exchange them, or leave one out."}
      .because("range");
}

void require_time_zone(db::Transaction& tx, const std::string& time_zone) {
  read_instants(tx, {""}, {"0"}, Time{}, time_zone);
}

}  // namespace pcx::audit
