// pcx audit stats: flags -> lib/audit -> show.
#include <algorithm>

#include <fmt/format.h>

#include "audit/calendar.h"
#include "audit/mask.h"
#include "audit/query.h"
#include "audit/stats.h"
#include "cli/commands/audit_filter.h"
#include "cli/commands/audit_tools.h"
#include "cli/commands/audit_views.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

using audit::Count;
using audit::Dimension;
using audit::Stats;
using audit::Tally;

constexpr std::size_t kValueColumns = 60;
constexpr std::size_t kDayHours = 24;
constexpr const char* kDays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr const char* kShades[] = {"·", "░", "▒", "▓", "█"};  // none, then quarters of the most

double percent(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string line_of(std::int64_t events, std::int64_t total, const std::string& what) {
  return fmt::format("{:>12}  {:>5.1f} %  {}\n", events, percent(events, total), what);
}

const char* shade_of(std::int64_t events, std::int64_t most) {
  if (events == 0) return kShades[0];
  return kShades[1 + std::min<std::int64_t>((events * 4 - 1) / most, 3)];
}

std::string heat_map(const Tally& tally, const std::string& time_zone) {
  const std::int64_t most = *std::ranges::max_element(tally.hours);
  std::string text = fmt::format("by hour ({}), at most {} in one\n     0     6     12    18\n",
                                 escape_controls(time_zone), most);
  for (std::size_t day = 0; day < std::size(kDays); ++day) {
    text += fmt::format("{}  ", kDays[day]);
    for (std::size_t hour = 0; hour < kDayHours; ++hour) {
      text += shade_of(tally.hours[day * kDayHours + hour], most);
    }
    text += "\n";
  }
  if (tally.timeless > 0) text += fmt::format("{:>12}  at no time of a calendar\n", tally.timeless);
  return text;
}

std::string text_of(const Tally& tally, const std::string& time_zone) {
  if (tally.dimension == Dimension::hour) return heat_map(tally, time_zone);
  std::string text =
      fmt::format("by {}, {}\n", to_string(tally.dimension), counted(tally.values, "value"));
  for (const Count& count : tally.top) {
    text += line_of(count.events, tally.total,
                    count.value ? shown(count.value, kValueColumns) : "(none)");
  }
  const auto left = tally.values - static_cast<std::int64_t>(tally.top.size());
  if (left > 0)
    text += line_of(tally.others, tally.total, fmt::format("({})", counted(left, "other")));
  return text;
}

Document document_of(const Tally& tally) {
  Document document = Document::object();
  document.set("by", std::string{to_string(tally.dimension)});
  document.set("total", tally.total);
  if (tally.dimension == Dimension::hour) {
    Document days = Document::array();
    for (std::size_t day = 0; day < std::size(kDays); ++day) {
      Document hours = Document::array();
      for (std::size_t hour = 0; hour < kDayHours; ++hour) {
        hours.add(tally.hours[day * kDayHours + hour]);
      }
      days.add(std::move(hours));
    }
    document.set("week", std::move(days));
    document.set("timeless", tally.timeless);
    return document;
  }
  document.set("values", tally.values);
  Document top = Document::array();
  for (const Count& count : tally.top) {
    Document each = Document::object();
    each.set("value", count.value ? Document{audit::masked(*count.value)} : Document{});
    each.set("events", count.events);
    top.add(std::move(each));
  }
  document.set("top", std::move(top));
  document.set("others", tally.others);
  return document;
}

void add_rows(View& view, const Tally& tally) {
  const std::string by{to_string(tally.dimension)};
  for (std::size_t hour = 0; hour < audit::kWeekHours; ++hour) {
    if (tally.dimension != Dimension::hour) break;
    const std::string name = fmt::format("{} {}", kDays[hour / kDayHours], hour % kDayHours);
    view.rows.push_back({by, name, tally.hours[hour]});
  }
  for (const Count& count : tally.top) {
    const Cell value = count.value ? Cell{escape_controls(audit::masked(*count.value))} : Cell{};
    view.rows.push_back({by, value, count.events});
  }
  const std::int64_t rest = tally.dimension == Dimension::hour ? tally.timeless : tally.others;
  if (rest > 0) view.rows.push_back({by, std::string{"(others)"}, rest});
}

std::vector<Dimension> dimensions_in(const Values& values) {
  std::vector<Dimension> by;
  for (const Dimension dimension : audit::kDimensions) {
    const auto& named = values.texts("--by");
    if (named.empty() || std::ranges::find(named, to_string(dimension)) != named.end()) {
      by.push_back(dimension);
    }
  }
  return by;
}

Shown shown_stats(const Stats& stats, const AuditFilter& filter, const std::string& format) {
  if (format == "csv") {
    View view{.columns = {{"by", "BY"}, {"value", "VALUE"}, {"events", "EVENTS"}},
              .rows = {},
              .summary = {}};
    for (const Tally& tally : stats.tallies) add_rows(view, tally);
    return view;
  }
  std::string text;
  bool needed = needs_zone(filter.expression);
  Document tallies = Document::array();
  for (const Tally& tally : stats.tallies) {
    text += text_of(tally, filter.time_zone) + "\n";
    tallies.add(document_of(tally));
    needed = needed || tally.dimension == Dimension::hour;
  }
  text += fmt::format("{}.{}\n", counted(stats.events, "event"), words_about_zone(filter, needed));
  Document document = Document::object();
  document.set("events", stats.events);
  document.set("time_zone", filter.time_zone);
  document.set("counts", std::move(tallies));
  return PlainText{std::move(text), std::move(document)};
}

Outcome ask(Context& context, const Values& values) {
  audit_expression_in(values);
  db::Transaction tx =
      context.database().begin(db::Access::read_only, db::Isolation::repeatable_read);
  const AuditFilter filter = audit_filter_in(context, values, tx);
  audit::require_time_zone(tx, filter.time_zone);
  const Stats stats = audit::read_stats(tx, {.filter = filter.expression,
                                             .sources = filter.sources,
                                             .by = dimensions_in(values),
                                             .top = values.integer("--top"),
                                             .time_zone = filter.time_zone});
  return {shown_stats(stats, filter, values.text("--format"))};
}

Outcome run_stats(Context& context, const Values& values) {
  return ask_trail(context, values, [&] { return ask(context, values); });
}

std::vector<Opt> stats_options() {
  std::vector<Opt> options = audit_filter_options();
  options.push_back({.name = "--by",
                     .type = Type::choice,
                     .metavar = "WHAT",
                     .help = "what to count by; may be repeated (default: all of them)",
                     .choices = {"user", "action", "resource", "tenant", "hour", "field"},
                     .repeated = true});
  options.push_back({.name = "--top",
                     .type = Type::integer,
                     .metavar = "N",
                     .help = "how many values of each are shown; the others are one sum",
                     .fallback = "10",
                     .minimum = 1,
                     .maximum = audit::kTopMax});
  return options;
}

}  // namespace

std::vector<Cmd> audit_stats_commands() {
  static const std::string detail =
      "Counts of the events that fit EXPRESSION: by user, action, resource, tenant, hour of the "
      "week, and by the fields that updates changed. All counts are of one snapshot and each adds "
      "up to its total; of fields that is more than the number of events, since one update "
      "changes several. Hours are those of --time-zone, else of the tenant or default_time_zone "
      "of the configuration, else UTC. Every event that fits is read once for each count: give "
      "--since for a large trail.\n\n" +
      std::string{kAuditLanguage};
  return {
      {.path = "audit stats",
       .summary = "Count events by who, what, where and when",
       .detail = detail,
       .options = stats_options(),
       .arguments = {expression_argument()},
       .examples = {{"pcx audit stats --since -7d", "the last week, by everything"},
                    {"pcx audit stats 'action:*.delete' --by user --top 20", "who deletes most"},
                    {"pcx audit stats --by hour --time-zone Europe/Berlin --since -30d",
                     "when people work"}},
       .exits = {{0, "shown; also when there is nothing"},
                 {64, "an expression, option or time that does not hold up, or since after until"},
                 {66, "there is neither audit_logs nor pcx.change"},
                 {75, "a count took longer than --timeout"},
                 {77, "the role may not read audit_logs or pcx.change"}},
       .needs = Needs::database,
       .run = run_stats}};
}

}  // namespace pcx::cli
