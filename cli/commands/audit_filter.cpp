#include "cli/commands/audit_filter.h"

#include <fmt/format.h>

#include "audit/calendar.h"
#include "audit/reader_rights.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

using audit::Expression;
using audit::Field;

struct FilterOption {
  std::string_view name;
  Field field;
  std::string_view metavar;
  std::string_view help;
};

constexpr FilterOption kOptions[] = {
    {"--user", Field::user, "ID", "who did it; several with commas, * for any text"},
    {"--action", Field::action, "ACTION", "what was done: Patient.update, Patient.*"},
    {"--resource", Field::resource, "MODEL", "on what: the application's model"},
    {"--id", Field::id, "ID", "on which one"},
    {"--tenant", Field::tenant, "ID", "of which practice"},
    {"--correlation", Field::correlation, "ID", "in which request"},
    {"--ip", Field::ip, "ADDRESS", "from where: an address, a range (10.0.0.0/8), 10.0.*"},
    {"--since", Field::since, "TIME", "at this time or after it"},
    {"--until", Field::until, "TIME", "before this time; of a day its end is meant"},
    {"--op", Field::op, "OP", "of captured changes: insert, update, delete, truncate"},
    {"--success", Field::success, "BOOL", "true or false, as metadata.success has it"},
};

// The guide's names.
constexpr FilterOption kGuideOptions[] = {
    {"--user-id", Field::user, "ID", "the same as --user"},
    {"--entity-type", Field::resource, "MODEL", "the same as --resource"},
    {"--entity-id", Field::id, "ID", "the same as --id"},
    {"--start-date", Field::since, "TIME", "the same as --since"},
    {"--end-date", Field::until, "TIME", "the same as --until"},
};

template <std::size_t N>
void add_options(std::vector<Opt>& options, const FilterOption (&all)[N]) {
  for (const FilterOption& option : all) {
    options.push_back({.name = option.name, .metavar = option.metavar, .help = option.help});
  }
}

template <std::size_t N>
Expression with_options(Expression expression, const Values& values, const FilterOption (&all)[N]) {
  for (const FilterOption& option : all) {
    const auto text = values.optional_text(option.name);
    if (!text) continue;
    expression = both(std::move(expression), audit::parse_option(option.name, option.field, *text));
  }
  return expression;
}

// That of the command line, of the tenant that is asked for, or of whoever configured one.
std::optional<std::string> zone_in(Context& context, const Values& values) {
  if (auto given = values.optional_text("--time-zone")) return given;
  if (const auto tenant = values.optional_text("--tenant")) {
    if (const YamlNode* const tenants = context.config().find("tenants")) {
      const YamlNode* const own = tenants->find(*tenant);
      const YamlNode* const zone = own == nullptr ? nullptr : own->find("time_zone");
      if (zone != nullptr && zone->kind == YamlNode::Kind::scalar) return zone->text;
    }
  }
  return context.config().text("default_time_zone");
}

}  // namespace

const std::string_view kAuditLanguage =
    "EXPRESSION is made of terms, all of which have to hold: field:value, field:a,b (one of them), "
    "field>value (also >=, <, <=), and text without a field, which is looked for everywhere. * in "
    "a "
    "value stands for any text; quotes take blanks and stars as they are. -term or NOT negates, OR "
    "and parentheses do what they say. Behind '--' an expression may begin with '-'.\n\nFields: "
    "user, action, resource, id (of what was acted on), record (of the event), tenant, "
    "correlation, "
    "ip (an address or a range), agent, since, until, source (app, trigger), op (insert, update, "
    "delete, truncate), relation, success, changes.PATH, metadata.PATH. The guide's and the "
    "application's names are known, too: userId, entityType, resourceId... Large and small letters "
    "are different in values, and the same in text without a field. changes.PATH of a captured "
    "change is its new value; > and < compare numbers with numbers and texts with texts. What a "
    "source does not have fits nothing there: action, resource and agent are the application's, op "
    "and relation those of captured changes.\n\nTimes: 2026-01-31T10:00:00Z, 2026-01-31T10:00, "
    "2026-01-31, today, yesterday (in --time-zone, else the tenant's or default_time_zone of the "
    "configuration, else UTC), -2h, -7d.\n\nAn expression has at most 8,192 bytes, 200 terms, "
    "1,000 "
    "values, and parentheses 32 deep.";
static_assert(audit::kExpressionBytesMax == 8192 && audit::kExpressionTermsMax == 200 &&
                  audit::kExpressionValuesMax == 1000 && audit::kExpressionDepthMax == 32,
              "the help says so");

Arg expression_argument() {
  return {.name = "EXPRESSION",
          .help = "what to look for, as 'action:Patient.* user:u1 since:-7d'",
          .required = false};
}

std::vector<Opt> audit_filter_options() {
  std::vector<Opt> options;
  add_options(options, kOptions);
  options.push_back({.name = "--source",
                     .type = Type::choice,
                     .metavar = "SOURCE",
                     .help = "the application's audit_logs, captured changes, or both",
                     .choices = {"app", "trigger", "all"},
                     .fallback = "all"});
  add_options(options, kGuideOptions);
  options.push_back(
      {.name = "--time-zone", .metavar = "NAME", .help = "whose days are meant: Europe/Berlin"});
  options.push_back({.name = "--timeout",
                     .type = Type::duration,
                     .metavar = "TIME",
                     .help = "how long one statement may take",
                     .fallback = "30s"});
  return options;
}

audit::Expression audit_expression_in(const Values& values) {
  Expression expression;
  if (const auto text = values.optional_text("EXPRESSION")) {
    expression = audit::parse_expression(*text);
  }
  expression = with_options(std::move(expression), values, kOptions);
  expression = with_options(std::move(expression), values, kGuideOptions);
  if (const std::string& source = values.text("--source"); source != "all") {
    expression =
        both(std::move(expression), audit::parse_option("--source", Field::source, source));
  }
  return expression;
}

AuditFilter audit_filter_in(Context& context, const Values& values, db::Transaction& tx) {
  AuditFilter filter{.expression = audit_expression_in(values), .sources = {}, .time_zone = {}};
  audit::limit_reading(tx, values.duration("--timeout"));
  filter.sources = audit::find_sources(tx);
  const auto zone = zone_in(context, values);
  filter.time_zone = zone.value_or("UTC");
  filter.has_zone = zone.has_value();
  if (values.has("--time-zone")) audit::require_time_zone(tx, filter.time_zone);
  resolve_times(tx, filter.expression, context.clock().wall_now(), filter.time_zone);
  audit::require_order(filter.expression);
  return filter;
}

Outcome ask_trail(Context& context, const Values& values, const std::function<Outcome()>& ask) {
  Outcome outcome{PlainText{}};
  try {
    audit::with_reader_rights(context.database(), [&] { outcome = ask(); });
  } catch (const Error& error) {
    throw audit::about_limit(error, values.duration("--timeout"));
  }
  return outcome;
}

std::string words_about_zone(const AuditFilter& filter, bool needed) {
  if (filter.has_zone || !needed) return {};
  return " Days are those of UTC: neither --time-zone nor the configuration names a time zone.";
}

}  // namespace pcx::cli
