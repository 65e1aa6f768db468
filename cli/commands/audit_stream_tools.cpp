#include "cli/commands/audit_stream_tools.h"

#include <fmt/format.h>

#include "audit/calendar.h"
#include "audit/pg_time.h"
#include "core/error.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::cli {

namespace {

using audit::Expression;
using audit::Field;

Expression times_in(const Values& values) {
  Expression expression;
  if (const auto since = values.optional_text("--since")) {
    expression = both(std::move(expression), audit::parse_option("--since", Field::since, *since));
  }
  if (const auto until = values.optional_text("--until")) {
    expression = both(std::move(expression), audit::parse_option("--until", Field::until, *until));
  }
  return expression;
}

std::string zone_in(Context& context, const Values& values) {
  if (auto given = values.optional_text("--time-zone")) return *given;
  return context.config().text("default_time_zone").value_or("UTC");
}

}  // namespace

Opt stream_source_option() {
  return {.name = "--source",
          .type = Type::choice,
          .metavar = "SOURCE",
          .help = "the application's audit_logs, captured changes, notes about the trail, or all",
          .choices = {"app", "trigger", "meta", "all"},
          .fallback = "all"};
}

Opt stream_cursor_option(std::string_view help) {
  return {.name = "--cursor", .type = Type::file, .metavar = "FILE", .help = help};
}

std::vector<Opt> stream_time_options() {
  return {{.name = "--since",
           .metavar = "TIME",
           .help = "written at this time or after it: RFC 3339, 2026-01-31, today, -7d"},
          {.name = "--until",
           .metavar = "TIME",
           .help = "written before this time; of a day its end is meant"},
          {.name = "--time-zone", .metavar = "NAME", .help = "whose days are meant; else UTC"}};
}

audit::TrailFilter stream_times_in(Context& context, const Values& values) {
  audit::TrailFilter filter;
  Expression times = times_in(values);
  db::Transaction tx = context.database().begin(db::Access::read_only);
  const std::string zone = zone_in(context, values);
  if (values.has("--time-zone")) audit::require_time_zone(tx, zone);
  resolve_times(tx, times, context.clock().wall_now(), zone);
  audit::require_order(times);
  tx.commit();
  for (const audit::Term* term : demanded(times)) {
    const auto instant = parse_rfc3339(term->instant);
    if (!instant) throw Error{ErrorCode::internal, "a time was not resolved"};
    auto& bound = term->field == Field::since ? filter.since : filter.until;
    bound = audit::to_pg_time(*instant);
  }
  return filter;
}

audit::TrailFilter stream_filter_in(Context& context, const Values& values) {
  audit::TrailFilter filter = stream_times_in(context, values);
  if (const std::string& word = values.text("--source"); word != "all") {
    filter.source = audit::source_of_word(word);
  }
  return filter;
}

std::string rows_text(std::uint64_t count) { return counted(static_cast<long long>(count), "row"); }

}  // namespace pcx::cli
