// pcx alert receivers list, test: flags -> lib/alert -> show.
#include <fmt/format.h>

#include "alert/receiver.h"
#include "cli/commands/alert_tools.h"
#include "core/error.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

alert::Notification sample(Context& context, alert::Action action, Time now) {
  alert::Member member;
  member.rule = "test";
  member.labels = {{"alertname", "Test"}, {"severity", "info"}};
  member.annotations = {{"summary", "a test of pcx: nothing is wrong"}};
  member.active_since = now;
  member.severity = alert::Severity::info;
  alert::Notification notification;
  notification.action = action;
  notification.dedup_key =
      alert::dedup_key_of(alert_environment(context.config()), member.labels, {});
  notification.severity = member.severity;
  notification.summary = alert::summary_of({member});
  notification.members = {member};
  notification.at = now;
  notification.began_at = now;
  notification.why = "a test";
  return notification;
}

Outcome run_list(Context& context, const Values&) {
  View view{.columns = {{"name", "NAME"},
                        {"type", "TYPE"},
                        {"default", "DEFAULT"},
                        {"group_by", "GROUP BY"}},
            .rows = {},
            .summary = {}};
  for (const alert::ReceiverConfig& each : alert::read_receivers(context.config())) {
    view.rows.push_back({escape_controls(each.name), std::string{to_string(each.kind)},
                         each.route.is_default, escape_controls(join(each.route.group_by, ", "))});
  }
  view.summary = counted(static_cast<long long>(view.rows.size()), "receiver") + ".";
  return {std::move(view)};
}

// Those that are named, in their order; all without a name.
std::vector<alert::ReceiverConfig> receivers_in(const Values& values, const Config& config) {
  const auto known = alert_require_receivers(config);
  std::vector<alert::ReceiverConfig> chosen;
  for (const std::string& name : values.texts("NAME")) {
    chosen.push_back(alert_receiver(known, name));
  }
  return chosen.empty() ? known : chosen;
}

Outcome run_test(Context& context, const Values& values) {
  const Time now = alert_now(context.clock());
  View view{.columns = {{"name", "NAME"}, {"action", "WHAT"}}, .rows = {}, .summary = {}};
  for (Column& column : attempt_columns()) view.columns.push_back(std::move(column));
  Outcome outcome;
  const alert::ReceiverTools tools = alert_receiver_tools(context);
  for (const alert::ReceiverConfig& config : receivers_in(values, context.config())) {
    const auto receiver = alert::make_receiver(config, tools);
    for (const auto action : {alert::Action::trigger, alert::Action::resolve}) {
      const alert::Attempt attempt = try_attempt(outcome, [&] {
        return receiver->send(uuid_v4(context.random()), sample(context, action, now),
                              config.timeout);
      });
      std::vector<Cell> row{escape_controls(config.name), std::string{to_string(action)}};
      for (Cell& cell : attempt_cells(attempt)) row.push_back(std::move(cell));
      view.rows.push_back(std::move(row));
    }
  }
  outcome.shown = std::move(view);
  return outcome;
}

}  // namespace

std::vector<Cmd> alert_receivers_commands() {
  return {{.path = "alert receivers", .summary = "Where alerts go"},
          {.path = "alert receivers list",
           .summary = "Show the receivers of the configuration",
           .examples = {{"pcx alert receivers list", "their names"}},
           .exits = {{0, "shown"}, {78, "a receiver is configured wrongly"}},
           .needs = Needs::config,
           .run = run_list},
          {.path = "alert receivers test",
           .summary = "Send a test and its end to receivers, at once",
           .detail = "Past the outbox: what a receiver answers is shown.",
           .arguments = {{.name = "NAME",
                          .help = "of the receiver; all without one",
                          .dynamic = "alert_receivers",
                          .required = false,
                          .repeated = true}},
           .examples = {{"pcx alert receivers test pagerduty",
                         "an incident of severity info, and its end"}},
           .exits = {{0, "delivered"},
                     {2, "refused, or not reached"},
                     {66, "no such receiver"},
                     {78, "no receiver, or one that is configured wrongly"}},
           .needs = Needs::config,
           .run = run_test}};
}

}  // namespace pcx::cli
