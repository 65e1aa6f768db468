// pcx alert silence add, expire, list: flags -> lib/alert -> show.
#include <algorithm>

#include <fmt/format.h>

#include "alert/silence.h"
#include "alert/zone_files.h"
#include "cli/commands/alert_tools.h"
#include "core/error.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::cli {

namespace {

using alert::Silence;

// Its other ends, of which the first counts.
Cell other_ends_of(const Silence& silence) {
  std::vector<std::string> ends;
  if (silence.until_resolved) ends.emplace_back("resolved");
  if (silence.idle) ends.push_back("idle for " + to_short_text(*silence.idle));
  return ends.empty() ? Cell{} : Cell{join(ends, ", ")};
}

std::string state_of(const Silence& silence, const alert::ZoneClock& zones, Time now) {
  if (silence.expired_at) return "ended";
  if (now < silence.starts_at) return "pending";
  if (!alert::has_known_zones(silence, zones)) return "unknown_zone";
  return is_active(silence, zones, now) ? "active" : "off_schedule";
}

Cell until_of(const Silence& silence) {
  if (silence.expired_at) return Cell{*silence.expired_at};
  return silence.ends_at ? Cell{*silence.ends_at} : Cell{};
}

View view_of(const std::vector<Silence>& silences, Time now) {
  const alert::ZoneFiles zones = alert_zones();
  View view{.columns = {{"id", "ID"},
                        {"state", "STATE"},
                        {"matchers", "FITS"},
                        {"from", "FROM"},
                        {"until", "UNTIL"},
                        {"or_when", "OR WHEN"},
                        {"schedule", "SCHEDULE"},
                        {"by", "BY"},
                        {"comment", "COMMENT"}},
            .rows = {},
            .summary = {}};
  for (const Silence& each : silences) {
    view.rows.push_back({each.id, state_of(each, zones, now),
                         escape_controls(to_string(each.matchers)), Cell{each.starts_at},
                         until_of(each), other_ends_of(each),
                         each.schedule ? Cell{escape_controls(each.schedule->text)} : Cell{},
                         escape_controls(each.created_by), escape_controls(each.comment)});
  }
  return view;
}

std::optional<Time> time_in(const Values& values, const char* option) {
  const auto text = values.optional_text(option);
  if (!text) return std::nullopt;
  if (const auto time = parse_rfc3339(*text)) {
    return std::chrono::floor<std::chrono::milliseconds>(*time);
  }
  throw Error{ErrorCode::usage, fmt::format("{}: {} is no time", option, escape_controls(*text)),
              "Write it as 2026-01-31T18:00:00Z."};
}

// As Alertmanager: a label that is not there counts as empty, so a silence that every empty value
// fits would be one of nearly everything.
std::vector<alert::Matcher> matchers_in(const Values& values) {
  std::vector<alert::Matcher> matchers;
  for (const std::string& text : values.texts("MATCHER")) {
    matchers.push_back(alert::parse_matcher(text));
  }
  const bool is_narrow = std::ranges::any_of(
      matchers, [](const alert::Matcher& each) { return !alert::Matchers{{each}}.match({}); });
  if (is_narrow) return matchers;
  throw Error{
      ErrorCode::data,
      fmt::format("{} {} alerts without the label, too, and so nearly all",
                  escape_controls(to_string(matchers)), matchers.size() == 1 ? "fits" : "fit"),
      "Give at least one matcher that does not fit an empty value: severity=warning."};
}

alert::Schedule schedule_in(Context& context, const std::string& text) {
  const Location place{"--schedule", 1, 1};
  alert::Schedule schedule = alert::parse_schedule(text, alert_zone(context.config()), place);
  try {
    alert::require_zones(schedule, alert_zones());
  } catch (const Error& error) {
    throw Error{error}.at(place);
  }
  return schedule;
}

Silence silence_in(Context& context, const Values& values, Time now) {
  Silence silence;
  silence.id = uuid_v4(context.random());
  silence.matchers = matchers_in(values);
  silence.starts_at = time_in(values, "--from").value_or(now);
  silence.ends_at = time_in(values, "--until");
  if (values.has("--for")) silence.ends_at = silence.starts_at + values.duration("--for");
  silence.until_resolved = values.flag("--until-resolved");
  if (values.has("--idle")) silence.idle = values.duration("--idle");
  if (const auto text = values.optional_text("--schedule")) {
    silence.schedule = schedule_in(context, *text);
  }
  silence.created_by = context.actor().os_user;
  silence.comment = values.optional_text("--comment").value_or("");
  return silence;
}

void require_end(const Values& values, const Silence& silence, Time now) {
  if (values.has("--until") && values.has("--for")) {
    throw Error{ErrorCode::usage, "--until and --for are both given", "Give one of them."};
  }
  const bool ends = silence.ends_at || silence.until_resolved || silence.idle || silence.schedule;
  if (!ends) {
    throw Error{ErrorCode::usage, "the silence has no end",
                "Give --for, --until, --until-resolved, --idle or --schedule."};
  }
  if (silence.idle && silence.idle->count() == 0) {
    throw Error{ErrorCode::usage, "--idle is 0", "Give 4h, or 7d."};
  }
  if (silence.ends_at && *silence.ends_at <= std::max(silence.starts_at, now)) {
    throw Error{ErrorCode::usage, "the silence would be over before it begins",
                "Give a later end."};
  }
}

alert::Event event_of(Context& context, const char* kind, const Silence& silence, Time now) {
  return {.id = uuid_v4(context.random()),
          .at = now,
          .kind = kind,
          .alert_id = {},
          .dedup_key = {},
          .labels = {},
          .text = fmt::format("{}: {}", silence.id, to_string(silence.matchers)),
          .by = context.actor().os_user};
}

std::string fitting_words(const Silence& silence, const std::vector<alert::Alert>& alerts) {
  long long open = 0, fitting = 0;
  for (const alert::Alert& each : alerts) {
    if (each.phase == alert::Phase::resolved) continue;
    ++open;
    fitting += fits(silence, each.labels) ? 1 : 0;
  }
  const char* const all = open > 1 && fitting == open ? ", all that there are" : "";
  return fmt::format("It fits {} now{}.", counted(fitting, "alert"), all);
}

Outcome run_add(Context& context, const Values& values) {
  const Time asked_at = alert_now(context.clock());
  require_end(values, silence_in(context, values, asked_at), asked_at);
  AlertDesk desk{context, values, "pcx alert silence add", values.duration("--lock-wait")};
  desk.load();
  Silence silence = silence_in(context, values, desk.now());  // a run may have been waited for
  require_end(values, silence, desk.now());
  // What it fits now may be over before the next run looks.
  for (Silence& seen : alert::age_silences({silence}, desk.memory().alerts, desk.now())) {
    silence = std::move(seen);
  }
  desk.memory().silences.push_back(silence);
  desk.memory().new_events.push_back(event_of(context, "silence_added", silence, desk.now()));
  desk.save();
  desk.say_loss(context);
  View view = view_of({silence}, desk.now());
  view.summary = fitting_words(silence, desk.memory().alerts);
  return {std::move(view)};
}

Silence& require_silence(std::vector<Silence>& silences, const std::string& id) {
  std::vector<Silence*> found;
  for (Silence& each : silences) {
    if (each.id.starts_with(id)) found.push_back(&each);
  }
  if (found.size() == 1) return *found.front();
  throw Error{ErrorCode::not_found,
              found.empty()
                  ? fmt::format("no silence {}", escape_controls(id))
                  : fmt::format("{} silences begin with '{}'", found.size(), escape_controls(id)),
              "'pcx alert silence list' shows them."}
      .because("silence");
}

Outcome run_expire(Context& context, const Values& values) {
  AlertDesk desk{context, values, "pcx alert silence expire", values.duration("--lock-wait")};
  desk.load();
  View view = view_of({}, desk.now());
  for (const std::string& id : values.texts("ID")) {
    Silence& silence = require_silence(desk.memory().silences, id);
    if (!silence.expired_at) {
      silence.expired_at = desk.now();
      silence.expired_why = "expired by " + context.actor().os_user;
      desk.memory().new_events.push_back(event_of(context, "silence_ended", silence, desk.now()));
    }
    view.rows.push_back(view_of({silence}, desk.now()).rows.front());
  }
  desk.save();
  desk.say_loss(context);
  return {std::move(view)};
}

Outcome run_list(Context& context, const Values& values) {
  const Time now = alert_now(context.clock());
  std::vector<Silence> silences = alert_memory(context, values, "pcx alert silence list").silences;
  if (!values.flag("--all"))
    std::erase_if(silences, [](const Silence& each) { return each.expired_at.has_value(); });
  View view = view_of(silences, now);
  view.summary = counted(static_cast<long long>(silences.size()), "silence") + ".";
  return {std::move(view)};
}

Cmd add_command() {
  return {
      .path = "alert silence add",
      .summary = "Let alerts that fit make no noise for a while",
      .detail =
          "They are evaluated and remembered as ever. A receiver that was told of one before still "
          "hears of its end. It ends at the first of the ends that are given.",
      .options = {{.name = "--for", .type = Type::duration, .metavar = "TIME", .help = "so long"},
                  {.name = "--until",
                   .metavar = "TIME",
                   .help = "until then: 2026-01-31T18:00:00Z"},
                  {.name = "--from", .metavar = "TIME", .help = "not before then"},
                  {.name = "--until-resolved",
                   .type = Type::flag,
                   .help = "until what it fits has resolved"},
                  {.name = "--idle",
                   .type = Type::duration,
                   .metavar = "TIME",
                   .help = "until it has fitted no alert for so long"},
                  {.name = "--schedule",
                   .metavar = "TEXT",
                   .help = "only then: \"Sat-Sun 00:00-24:00 Europe/Paris\""},
                  {.name = "--comment", .metavar = "TEXT", .help = "why"},
                  alert_state_option(),
                  alert_lock_wait_option()},
      .arguments = {{.name = "MATCHER",
                     .help = "alertname=LowStock, severity!=critical, tenant=~north|south; all fit",
                     .repeated = true}},
      .examples = {{"pcx alert silence add alertname=LowStock --for 2h --comment delivery",
                    "two hours"},
                   {"pcx alert silence add tenant=north --until-resolved", "until it is over"}},
      .exits = {{0, "added"},
                {64, "no end, or an end before its begin"},
                {65,
                 "a matcher that is none, or only such as fit an empty value; a wrong schedule"},
                {75, "another run of 'pcx alert' was under way for all of --lock-wait"}},
      .needs = Needs::config,
      .run = run_add};
}

Cmd expire_command() {
  return {.path = "alert silence expire",
          .summary = "End silences now",
          .options = {alert_state_option(), alert_lock_wait_option()},
          .arguments = {{.name = "ID",
                         .help = "of the silence, or how it begins",
                         .dynamic = "alert_silences",
                         .repeated = true}},
          .examples = {{"pcx alert silence expire 4a1f", "the one that begins so"}},
          .exits = {{0, "they are over"},
                    {66, "no such silence"},
                    {75, "another run of 'pcx alert' was under way for all of --lock-wait"}},
          .needs = Needs::config,
          .run = run_expire};
}

Cmd list_command() {
  return {.path = "alert silence list",
          .summary = "Show silences",
          .options = {{.name = "--all",
                       .type = Type::flag,
                       .help = "also those that ended within a day"},
                      alert_state_option()},
          .examples = {{"pcx alert silence list", "those that are there"}},
          .exits = {{0, "shown"}},
          .needs = Needs::config,
          .run = run_list};
}

}  // namespace

std::vector<Cmd> alert_silence_commands() {
  return {{.path = "alert silence", .summary = "Alerts that nobody wants to hear of for a while"},
          add_command(),
          expire_command(),
          list_command()};
}

}  // namespace pcx::cli
