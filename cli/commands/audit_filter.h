// Questions about the trail as command lines put them: an expression, and options that narrow it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "audit/expression.h"
#include "audit/query.h"
#include "cli/command.h"
#include "cli/context.h"

namespace pcx::cli {

// What the language is, for the details of commands that take it.
extern const std::string_view kAuditLanguage;

Arg expression_argument();
// --user, --action, ...: also by the names that the product's guide has for them; --source,
// --since,
// --until, --time-zone, --timeout.
std::vector<Opt> audit_filter_options();

struct AuditFilter {
  audit::Expression expression;  // its times are resolved
  std::vector<audit::Source> sources;
  std::string time_zone;  // that days and hours are meant in
  bool has_zone = false;  // otherwise it is UTC, since nobody said one
};

// Begins with the limits of --timeout. Throws Error{usage} as audit::parse_expression() and
// audit::resolve_times(), Error{not_found} when there is no trail.
AuditFilter audit_filter_in(Context& context, const Values& values, db::Transaction& tx);

// The same before anything is asked: what is wrong with the words needs no database.
audit::Expression audit_expression_in(const Values& values);

// Runs `ask`, a question with --timeout: what ended it comes out in words about that limit, and
// about the rights that an auditor needs.
Outcome ask_trail(Context& context, const Values& values, const std::function<Outcome()>& ask);

// "Days are those of UTC: ...", or nothing. `needed`: a time zone decided something.
std::string words_about_zone(const AuditFilter& filter, bool needed);

}  // namespace pcx::cli
