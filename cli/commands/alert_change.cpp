// pcx alert change: flags -> lib/alert -> show.
#include <fmt/format.h>

#include "alert/change_event.h"
#include "cli/commands/alert_tools.h"
#include "core/error.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::cli {

namespace {

using Receivers = std::vector<alert::ReceiverConfig>;

// Those of --receiver, else all that take changes.
Receivers receivers_in(const Values& values, const Config& config) {
  const Receivers known = alert_require_receivers(config);
  Receivers chosen;
  for (const std::string& name : values.texts("--receiver")) {
    chosen.push_back(alert_receiver(known, name));
  }
  if (!chosen.empty()) return chosen;
  for (const alert::ReceiverConfig& each : known) {
    if (each.kind == alert::ReceiverKind::pagerduty) chosen.push_back(each);
  }
  if (!chosen.empty()) return chosen;
  throw Error{ErrorCode::config, "no receiver takes changes",
              "Add one of kind pagerduty under alert.receivers."};
}

Document details_in(const Values& values) {
  const auto texts = values.texts("--detail");
  if (texts.empty()) return {};
  Document details = Document::object();
  for (const std::string& text : texts) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw Error{ErrorCode::usage,
                  fmt::format("--detail: {} is no NAME=VALUE", escape_controls(text)),
                  "Write it as version=1.4.2."};
    }
    const std::string name = text.substr(0, equals);
    if (details.find(name) != nullptr) {
      throw Error{ErrorCode::usage,
                  fmt::format("--detail: {} is given twice", escape_controls(name)),
                  "Give each name once."};
    }
    details.set(name, text.substr(equals + 1));
  }
  return details;
}

Time time_in(Context& context, const Values& values) {
  const auto text = values.optional_text("--at");
  if (!text) return alert_now(context.clock());
  if (const auto time = parse_rfc3339(*text)) return *time;
  throw Error{ErrorCode::usage, fmt::format("--at: {} is no time", escape_controls(*text)),
              "Write it as 2026-01-31T18:00:00Z."};
}

alert::ChangeEvent event_in(Context& context, const Values& values) {
  alert::ChangeEvent event;
  event.summary = values.text("SUMMARY");
  if (trim(event.summary).empty()) {
    throw Error{ErrorCode::usage, "SUMMARY is blank", "Say what was changed."};
  }
  event.at = time_in(context, values);
  event.source = values.optional_text("--source").value_or("");
  event.details = details_in(values);
  for (const std::string& href : values.texts("--link")) {
    if (!href.starts_with("https://")) {
      throw Error{ErrorCode::usage,
                  fmt::format("--link: {} is no https address", escape_controls(href)),
                  "PagerDuty shows links that begin with https:// only."};
    }
    event.links.push_back(href);
  }
  return event;
}

Outcome run_change(Context& context, const Values& values) {
  const alert::ChangeEvent event = event_in(context, values);
  const Receivers receivers = receivers_in(values, context.config());
  const alert::ReceiverTools tools = alert_receiver_tools(context);
  View view{.columns = attempt_columns(), .rows = {}, .summary = {}};
  view.columns.insert(view.columns.begin(), {"name", "NAME"});
  Outcome outcome;
  for (const alert::ReceiverConfig& each : receivers) {
    const alert::Attempt attempt =
        try_attempt(outcome, [&] { return alert::send_change(each, tools, event, each.timeout); });
    std::vector<Cell> row = attempt_cells(attempt);
    row.insert(row.begin(), Cell{escape_controls(each.name)});
    view.rows.push_back(std::move(row));
  }
  outcome.shown = std::move(view);
  return outcome;
}

std::vector<Opt> change_options() {
  return {{.name = "--detail",
           .metavar = "NAME=VALUE",
           .help = "more about it; may be repeated",
           .repeated = true},
          {.name = "--link",
           .metavar = "URL",
           .help = "where to read on, https; may be repeated",
           .repeated = true},
          {.name = "--at", .metavar = "TIME", .help = "when it was, as 2026-01-31T18:00:00Z; now"},
          {.name = "--source", .metavar = "NAME", .help = "what was changed; this host"},
          {.name = "--receiver",
           .metavar = "NAME",
           .help = "only this one; may be repeated",
           .dynamic = "alert_receivers",
           .repeated = true}};
}

}  // namespace

std::vector<Cmd> alert_change_commands() {
  return {
      {.path = "alert change",
       .summary = "Tell PagerDuty of a deployment, or of another change",
       .detail =
           "A change event pages nobody: it stands beside the incidents that may come of it. It "
           "is sent at once, and its answer shown; it does not wait in the outbox.",
       .options = change_options(),
       .arguments = {{.name = "SUMMARY", .help = "what was changed"}},
       .examples = {{"pcx alert change 'release 1.4.2' --detail commit=4a1f09c",
                     "after a rollout"}},
       .exits = {{0, "delivered"},
                 {2, "refused, or not reached"},
                 {64, "no summary, or an option that does not hold up"},
                 {66, "no such receiver"},
                 {78, "no receiver of kind pagerduty, or one that is configured wrongly"}},
       .needs = Needs::config,
       .run = run_change}};
}

}  // namespace pcx::cli
