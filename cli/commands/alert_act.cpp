// pcx alert ack, flush, resolve, send: flags -> lib/alert -> show.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "alert/delivery.h"
#include "cli/commands/alert_tools.h"
#include "core/error.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::cli {

namespace {

using alert::Alert;
using alert::Incident;
using alert::Memory;

// What ALERT stands for: all alerts of that name, or those of the one key that begins so.
struct Chosen {
  std::set<std::string> alerts, incidents;  // ids, and dedup keys

  bool operator()(const Alert& each) const {
    return each.phase != alert::Phase::resolved && alerts.contains(each.id());
  }
  bool operator()(const Incident& each) const { return incidents.contains(each.dedup_key); }
  bool is_empty() const { return alerts.empty() && incidents.empty(); }
};

Chosen of_name(const Memory& memory, const std::string& name) {
  Chosen chosen;
  const auto is_named = [&](const auto& each) { return each.labels.at("alertname") == name; };
  for (const Alert& each : memory.alerts) {
    if (each.phase != alert::Phase::resolved && is_named(each)) chosen.alerts.insert(each.id());
  }
  for (const Incident& each : memory.incidents) {
    if (std::ranges::any_of(each.members, is_named)) chosen.incidents.insert(each.dedup_key);
  }
  return chosen;
}

// An incident of several alerts has a key of its own, which stands for them all.
Chosen of_key(const Memory& memory, const std::string& key) {
  Chosen chosen;
  for (const Alert& each : memory.alerts) {
    if (each.dedup_key == key) chosen.alerts.insert(each.id());
  }
  for (const Incident& each : memory.incidents) {
    if (each.dedup_key != key) continue;
    chosen.incidents.insert(key);
    for (const alert::Member& member : each.members) chosen.alerts.insert(member.alert_id);
  }
  return chosen;
}

// Who is at an incident is at all of its alerts.
void add_members(const Memory& memory, Chosen& chosen) {
  for (const Incident& each : memory.incidents) {
    if (!chosen(each)) continue;
    for (const alert::Member& member : each.members) chosen.alerts.insert(member.alert_id);
  }
  // The same alerts may be incidents of their own at another receiver.
  for (const Incident& each : memory.incidents) {
    const bool has_others = std::ranges::any_of(each.members, [&](const alert::Member& member) {
      return !chosen.alerts.contains(member.alert_id);
    });
    if (!has_others) chosen.incidents.insert(each.dedup_key);
  }
}

// Others of the incident's alerts are not over.
bool goes_on(const Incident& incident, const Memory& memory, const Chosen& chosen) {
  return std::ranges::any_of(memory.alerts, [&](const Alert& each) {
    return each.is_firing() && !chosen(each) &&
           std::ranges::find(incident.members, each.id(), &alert::Member::alert_id) !=
               incident.members.end();
  });
}

std::set<std::string> keys_of(const Memory& memory, const std::string& beginning) {
  std::set<std::string> keys;
  const auto add = [&](const std::string& key) {
    if (key.starts_with(beginning)) keys.insert(key);
  };
  for (const Alert& each : memory.alerts) {
    if (each.phase != alert::Phase::resolved) add(each.dedup_key);
  }
  for (const Incident& each : memory.incidents) add(each.dedup_key);
  return keys;
}

[[noreturn]] void throw_unknown(const Memory& memory, const std::string& name, std::size_t keys) {
  if (keys > 1) {
    throw Error{ErrorCode::not_found,
                fmt::format("{} keys begin with '{}'", keys, escape_controls(name)),
                "Give a name, or more of a key: 'pcx alert list' shows them."}
        .because("alert");
  }
  std::vector<std::string> names;
  for (const Alert& each : memory.alerts) {
    if (each.phase != alert::Phase::resolved) names.push_back(each.labels.at("alertname"));
  }
  const auto near = nearest(name, names);
  throw Error{ErrorCode::not_found,
              fmt::format("no alert {} is pending or firing", escape_controls(name)),
              near ? fmt::format("Did you mean {}? 'pcx alert list' shows all.", *near)
                   : "'pcx alert list' shows them."}
      .because("alert");
}

// A beginning that fits several could end what nobody meant.
Chosen chosen_in(const Values& values, const Memory& memory) {
  const std::string& name = values.text("ALERT");
  Chosen chosen = of_name(memory, name);
  if (!chosen.is_empty()) return chosen;
  const auto keys = keys_of(memory, name);
  if (keys.size() != 1) throw_unknown(memory, name, keys.size());
  return of_key(memory, *keys.begin());
}

alert::Event event_of(Context& context, const char* kind, const Alert& each, Time now) {
  return {.id = uuid_v4(context.random()),
          .at = now,
          .kind = kind,
          .alert_id = each.id(),
          .dedup_key = each.dedup_key,
          .labels = each.labels,
          .text = {},
          .by = context.actor().os_user};
}

// Saved, then sent as far as it goes.
Outcome finish(Context& context, const Values& values, AlertDesk& desk,
               const std::vector<alert::ReceiverConfig>& receivers, const std::string& done) {
  desk.save();
  const auto deadline = context.clock().steady_now() + values.duration("--deadline");
  const auto report = alert_deliver(context, desk, receivers, deadline);
  desk.save();
  desk.say_loss(context);
  for (const auto& [receiver, words] : report.failures) {
    context.progress().say(alert_failure_words(receiver, words));
  }
  Document document = Document::object();
  document.set("delivered", report.delivered);
  document.set("refused", report.refused);
  document.set("waiting", report.waiting);
  Tree tree{std::move(document), done};
  return {std::move(tree), report.refused + report.waiting == 0 ? Finding::ok : Finding::warning};
}

Outcome run_ack(Context& context, const Values& values) {
  const auto receivers = alert::read_receivers(context.config());
  AlertDesk desk{context, values, "pcx alert ack", values.duration("--lock-wait")};
  desk.load();
  Memory& memory = desk.memory();
  Chosen chosen = chosen_in(values, memory);
  add_members(memory, chosen);
  const std::string who = context.actor().os_user;
  long long count = 0;
  for (Alert& each : memory.alerts) {
    if (!chosen(each)) continue;
    ++count;
    each.acked_by = who;
    each.acked_at = desk.now();
    memory.new_events.push_back(event_of(context, "acknowledged", each, desk.now()));
  }
  std::vector<alert::Queued> queue;
  for (Incident& each : memory.incidents) {
    if (!chosen(each) || !each.acked_by.empty()) continue;
    each.acked_by = who;
    queue.push_back({each.receiver, made_notification(each, alert::Action::acknowledge, desk.now(),
                                                      "acknowledged by " + who)});
  }
  alert::enqueue(memory, queue, desk.now(), context.random());
  return finish(context, values, desk, receivers,
                fmt::format("{} acknowledged.", counted(count, "alert")));
}

Outcome run_resolve(Context& context, const Values& values) {
  const auto receivers = alert::read_receivers(context.config());
  AlertDesk desk{context, values, "pcx alert resolve", values.duration("--lock-wait")};
  desk.load();
  Memory& memory = desk.memory();
  const Chosen chosen = chosen_in(values, memory);
  std::vector<alert::Queued> queue;
  const std::string why = "resolved by " + context.actor().os_user;
  std::erase_if(memory.incidents, [&](const Incident& each) {
    if (!chosen(each) || goes_on(each, memory, chosen)) return false;
    queue.push_back(
        {each.receiver, made_notification(each, alert::Action::resolve, desk.now(), why)});
    return true;
  });
  const auto count = std::erase_if(memory.alerts, [&](const Alert& each) {
    if (!chosen(each)) return false;
    memory.new_events.push_back(event_of(context, "resolved", each, desk.now()));
    return true;
  });
  alert::enqueue(memory, queue, desk.now(), context.random());
  return finish(
      context, values, desk, receivers,
      fmt::format("{} over. What is still true begins anew at the next run.",
                  counted(static_cast<long long>(count), "alert") + (count == 1 ? " is" : " are")));
}

Outcome run_flush(Context& context, const Values& values) {
  const auto receivers = alert::read_receivers(context.config());
  AlertDesk desk{context, values, "pcx alert flush", values.duration("--lock-wait")};
  desk.load();
  if (values.flag("--now")) {
    for (alert::OutboxLine& line : desk.memory().outbox) {
      if (line.delivery != alert::Delivery::queued) continue;
      line.not_before = desk.now();
      line.held_until = std::nullopt;
    }
    // What was refused for good is told again by the next run.
    for (Incident& incident : desk.memory().incidents) {
      if (incident.trigger_refused_at) incident.trigger_refused_at = Time{};
      if (incident.end_refused_at) incident.end_refused_at = Time{};
    }
  }
  return finish(context, values, desk, receivers, "The outbox was taken as far as it goes.");
}

alert::Severity severity_in(const Values& values) {
  return *alert::parse_severity(values.text("--severity"));
}

std::vector<std::string> receivers_in(const Values& values,
                                      const std::vector<alert::ReceiverConfig>& known) {
  std::vector<std::string> names = values.texts("--receiver");
  if (!names.empty()) {
    for (const std::string& name : names) alert_receiver(known, name);
    return names;
  }
  for (const alert::ReceiverConfig& each : known) {
    if (each.route.is_default) names.push_back(each.name);
  }
  if (!names.empty()) return names;
  throw Error{ErrorCode::config, "no receiver is the default",
              "Name one with --receiver, or set default: true on one of alert.receivers."};
}

alert::Labels labels_in(const Values& values) {
  alert::Labels labels{{"alertname", values.text("--name")},
                       {"severity", values.text("--severity")}};
  for (const std::string& text : values.texts("--label")) {
    const alert::Matcher label = alert::parse_matcher(text);
    if (label.kind != alert::MatchKind::equal) {
      throw Error{ErrorCode::data,
                  fmt::format("--label: {} is no NAME=VALUE", escape_controls(text)),
                  "Write it as tenant=north."};
    }
    if (!labels.emplace(label.label, label.value).second) {
      throw Error{ErrorCode::usage,
                  fmt::format("--label: {} is given twice", escape_controls(label.label)),
                  "alertname is --name, and severity is --severity."};
    }
  }
  return labels;
}

const std::string& summary_in(const Values& values) {
  const std::string& summary = values.text("SUMMARY");
  if (!trim(summary).empty()) return summary;
  throw Error{ErrorCode::usage, "SUMMARY is blank", "Say what people are to read."};
}

// Another summary is another problem. Who ends one says which.
std::string key_in(const Values& values, const Config& config, alert::Labels labels,
                   const std::string& summary) {
  if (const auto key = values.optional_text("--key")) {
    if (key->size() <= alert::kDedupKeyBytesMax && !trim(*key).empty()) return *key;
    throw Error{ErrorCode::usage, fmt::format("--key has {} bytes", key->size()),
                fmt::format("A key has 1 to {} bytes.", alert::kDedupKeyBytesMax)};
  }
  if (values.flag("--resolve")) {
    throw Error{ErrorCode::usage, "--resolve is given without --key",
                "Give the key that 'pcx alert send' printed."};
  }
  labels.emplace("summary", summary);
  return alert::dedup_key_of(alert_environment(config), labels, {});
}

Outcome run_send(Context& context, const Values& values) {
  const auto receivers = alert_require_receivers(context.config());
  const auto names = receivers_in(values, receivers);
  const alert::Labels labels = labels_in(values);
  const std::string& summary = summary_in(values);
  const std::string key = key_in(values, context.config(), labels, summary);
  AlertDesk desk{context, values, "pcx alert send", values.duration("--lock-wait")};
  desk.load();
  alert::Member member;
  member.rule = "by hand";
  member.labels = labels;
  member.annotations = {{"summary", summary}};
  member.active_since = desk.now();
  member.severity = severity_in(values);
  Incident incident;
  incident.dedup_key = key;
  incident.opened_at = desk.now();
  incident.severity = member.severity;
  incident.members = {member};
  const auto action = values.flag("--resolve") ? alert::Action::resolve : alert::Action::trigger;
  std::vector<alert::Queued> queue;
  for (const std::string& receiver : names) {
    queue.push_back({receiver, made_notification(incident, action, desk.now(),
                                                 "sent by " + context.actor().os_user)});
  }
  alert::enqueue(desk.memory(), queue, desk.now(), context.random());
  return finish(context, values, desk, receivers,
                fmt::format("Its key is {}.", incident.dedup_key));
}

Opt deadline_option() {
  return {.name = "--deadline",
          .type = Type::duration,
          .metavar = "TIME",
          .help = "how long sending may take; the rest waits in the outbox",
          .fallback = "50s"};
}

std::vector<ExitNote> exit_notes() {
  return {{0, "done, and all receivers were told"},
          {1, "done; some notification was refused, or waits in the outbox"},
          {66, "no such alert, or a beginning of several keys"},
          {75, "another run of 'pcx alert' was under way for all of --lock-wait"},
          {78, "a receiver is configured wrongly"}};
}

std::vector<ExitNote> flush_exits() {
  std::vector<ExitNote> notes = exit_notes();
  std::erase_if(notes, [](const ExitNote& note) { return note.code == 66; });
  return notes;
}

std::vector<ExitNote> send_exits() {
  return {{0, "done, and all receivers were told"},
          {1, "done; some notification was refused, or waits in the outbox"},
          {64, "a blank summary, a label twice, a key that is none, or --resolve without one"},
          {65, "a label that is none"},
          {66, "no such receiver"},
          {75, "another run of 'pcx alert' was under way for all of --lock-wait"},
          {78, "no receiver, or one that is configured wrongly"}};
}

Arg alert_argument() {
  return {.name = "ALERT", .help = "its name, or how its key alone begins", .dynamic = "alerts"};
}

Cmd ack_command() {
  return {.path = "alert ack",
          .summary = "Say that somebody is at it",
          .detail =
              "The alert goes on; it is not repeated any more, and told again when it gets worse, "
              "better or more, or when a silence of it ends. PagerDuty is told that somebody has "
              "it.",
          .options = {alert_state_option(), alert_lock_wait_option(), deadline_option()},
          .arguments = {alert_argument()},
          .examples = {{"pcx alert ack LowStock", "all that are named so"}},
          .exits = exit_notes(),
          .needs = Needs::config,
          .run = run_ack};
}

Cmd resolve_command() {
  return {.path = "alert resolve",
          .summary = "End an incident by hand",
          .detail =
              "Receivers are told that it is over, and the alert is forgotten. If its condition "
              "is still true, it begins anew at the next run, with the rule's own patience. An "
              "incident of several alerts (group_by) goes on until all of them are over.",
          .options = {alert_state_option(), alert_lock_wait_option(), deadline_option()},
          .arguments = {alert_argument()},
          .examples = {{"pcx alert resolve LowStock", "all that are named so"}},
          .exits = exit_notes(),
          .needs = Needs::config,
          .run = run_resolve};
}

Cmd flush_command() {
  return {.path = "alert flush",
          .summary = "Send what waits in the outbox",
          .options = {{.name = "--now",
                       .type = Type::flag,
                       .help = "also what is to be tried again later only; what was refused is due "
                               "again at the next run"},
                      alert_state_option(),
                      alert_lock_wait_option(),
                      deadline_option()},
          .examples = {{"pcx alert flush --now", "once a receiver is back"}},
          .exits = flush_exits(),
          .needs = Needs::config,
          .run = run_flush};
}

Cmd send_command() {
  return {
      .path = "alert send",
      .summary = "Tell receivers something by hand",
      .detail =
          "It goes through the outbox, as everything does. Another summary is another incident; "
          "the key that is printed ends it: pcx alert send --resolve --key KEY SUMMARY.",
      .options = {{.name = "--severity",
                   .type = Type::choice,
                   .metavar = "WORD",
                   .help = "how bad it is",
                   .choices = {"info", "warning", "error", "critical"},
                   .fallback = "warning"},
                  {.name = "--name", .metavar = "NAME", .help = "alertname", .fallback = "ByHand"},
                  {.name = "--label",
                   .metavar = "NAME=VALUE",
                   .help = "a label; may be repeated",
                   .repeated = true},
                  {.name = "--receiver",
                   .metavar = "NAME",
                   .help = "only this one; may be repeated",
                   .dynamic = "alert_receivers",
                   .repeated = true},
                  {.name = "--key", .metavar = "KEY", .help = "the incident's dedup key"},
                  {.name = "--resolve", .type = Type::flag, .help = "that it is over"},
                  alert_state_option(),
                  alert_lock_wait_option(),
                  deadline_option()},
      .arguments = {{.name = "SUMMARY", .help = "what people read"}},
      .examples = {{"pcx alert send --severity critical 'the server room is hot'", "an incident"}},
      .exits = send_exits(),
      .needs = Needs::config,
      .run = run_send};
}

}  // namespace

std::vector<Cmd> alert_act_commands() {
  return {ack_command(), flush_command(), resolve_command(), send_command()};
}

}  // namespace pcx::cli
