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
  try {
    const db::Result rows =
        tx.query(sql::read_instants, {texts, days, to_rfc3339_us(now), time_zone});
    for (std::size_t i = 0; i < local.size(); ++i) {
      local[i]->instant = rows[i]["instant"].as<std::string>();
    }
  } catch (const Error& error) {
    if (error.sqlstate() != kInvalidParameterValue) throw;
    throw Error{ErrorCode::usage,
                fmt::format("there is no time zone \"{}\"", escape_controls(time_zone)),
                "Give its IANA name: Europe/Berlin."}
        .because("time_zone");
  }
}

}  // namespace pcx::audit
