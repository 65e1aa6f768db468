// pcx apikey usage: flags -> lib/apikey -> show.
#include <chrono>

#include "apikey/store.h"
#include "apikey/usage_report.h"
#include "cli/commands/apikey_tools.h"
#include "cli/commands/apikey_usage_views.h"
#include "core/error.h"

namespace pcx::cli {

namespace {

using apikey::UsageStep;

constexpr std::chrono::hours kByHourUpTo{48};

UsageStep step_in(const Values& values) {
  if (const auto given = values.optional_text("--by")) {
    return *given == "hour" ? UsageStep::hour : UsageStep::day;
  }
  return values.duration("--since") <= kByHourUpTo ? UsageStep::hour : UsageStep::day;
}

apikey::UsageQuestion question_in(const Values& values, Time now) {
  if (values.duration("--since") <= std::chrono::milliseconds{0}) {
    throw Error{ErrorCode::usage, "option --since: that is no time at all", "Give 24h, or 7d."};
  }
  apikey::UsageQuestion question{
      .ids = {}, .since = now - values.duration("--since"), .now = now, .step = step_in(values)};
  for (const std::string& text : values.texts("ID")) question.ids.push_back(require_key_id(text));
  return question;
}

Outcome run_usage(Context& context, const Values& values) {
  const auto question = question_in(values, context.clock().wall_now());
  db::Transaction tx =
      context.database().begin(db::Access::read_only, db::Isolation::repeatable_read);
  apikey::require_tables(tx);
  return {usage_text(apikey::read_usage(tx, question), question)};
}

}  // namespace

std::vector<Cmd> apikey_usage_commands() {
  return {
      {.path = "apikey usage",
       .summary = "Show what API keys were used for: calls, errors, times, endpoints",
       .detail =
           "Out of two sources. The application records each request in api_usage_metrics: from "
           "there are calls, errors, the time that 95 % of the answers took at most, the five "
           "endpoints with the most calls, and the series. Verifiers of pcx count by the day what "
           "they took and refused ('pcx apikey verify', the adapter), from the beginning of the "
           "first day on. Where a source never had anything of a key that is said, and null in "
           "JSON: it is not the same as no calls.\n\nWithout ID: the keys that were used, those "
           "with the most calls first. Hours and days are those of UTC, and the first one is cut "
           "where --since begins. The series is by the hour up to 48 h, else by the day; on a "
           "screen it has 60 columns at most, in JSON all of it.",
       .options = {{.name = "--since",
                    .type = Type::duration,
                    .metavar = "TIME",
                    .help = "how far back",
                    .fallback = "7d"},
                   {.name = "--by",
                    .type = Type::choice,
                    .metavar = "STEP",
                    .help = "of the series (default: hour up to 48h, else day)",
                    .choices = {"hour", "day"}}},
       .arguments = {[] {
         Arg id = key_id_argument("ID", "id of a key; without: all that were used", true);
         id.required = false;
         return id;
       }()},
       .examples = {{"pcx apikey usage", "who did what in the last week"},
                    {"pcx apikey usage 7Fq2vXb0Ka --since 24h", "one key, hour by hour"},
                    {"pcx apikey usage -o ndjson --since 30d --by day", "series for a chart"}},
       .exits = {{0, "shown; also when nothing was used"},
                 {64, "more steps or counts than pcx shows (reason too_much)"},
                 {66, "there is no such key, or no table api_keys or api_usage_metrics"},
                 {77, "the role may not read schema pcx, api_keys or api_usage_metrics"}},
       .needs = Needs::database,
       .run = run_usage}};
}

}  // namespace pcx::cli
