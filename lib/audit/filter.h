// Expressions as SQL: conditions over the rows `e` of one of the trail's two sources. Values are
// parameters, names are written here; nothing of an expression is ever part of the SQL text.
//
// What a source does not have (the action of a captured change, the relation of an application's
// row) fits nothing there; neither does NULL. A negation fits exactly what the rest does not.
#pragma once

#include <string>
#include <vector>

#include "audit/expression.h"
#include "db/query.h"

namespace pcx::audit {

enum class Source {
  app,      // public.audit_logs
  trigger,  // pcx.change
};
inline constexpr Source kSources[] = {Source::app, Source::trigger};

std::string_view to_string(Source source) noexcept;  // "app", "trigger"

// A condition that is never NULL when it stands behind (...) IS TRUE; in WHERE the same without.
// REQUIRES: its times are resolved (audit/calendar.h)
void append_filter(db::Query& query, const Expression& expression, Source source);

// The column or expression of a field, for whoever compares it himself; nothing, and false, for a
// field that the source does not have, that is no text, or that needs a path.
bool append_column(db::Query& query, Field field, Source source);

// Whether nothing of the source can fit: "source:app" of captured changes.
bool excludes(const Expression& expression, Source source);

// "app%" of a value with stars: as LIKE has it.
std::string like_pattern(const Value& value);

}  // namespace pcx::audit
