#include "tests/alert/memory_sample.h"

#include <algorithm>
#include <limits>

#include "alert/memory_items.h"
#include "core/json.h"

namespace pcx::alert {
namespace {

constexpr std::uint64_t kNames = 6;

std::string pick_name(Random& random) { return "Rule" + std::to_string(random.below(kNames)); }

Alert* find(Memory& memory, const std::string& id) {
  const auto found = std::ranges::find(memory.alerts, id, &Alert::id);
  return found == memory.alerts.end() ? nullptr : &*found;
}

void queue(Memory& memory, const std::string& who, const Incident& incident, Action action,
           Time now) {
  const std::int64_t sequence = memory.next_sequence++;
  OutboxLine line = sample_line(who + "-line-" + std::to_string(sequence), sequence, now);
  line.receiver = incident.receiver;
  line.notification.dedup_key = incident.dedup_key;
  line.notification.action = action;
  line.notification.at = now;
  memory.outbox.push_back(std::move(line));
}

void tell(Memory& memory, const std::string& who, const std::string& kind, const Alert& alert,
          Time now) {
  Event event = sample_event(
      who + "-" + kind + "-" + alert.id() + "-" + std::to_string(now.time_since_epoch().count()),
      now);
  event.kind = kind;
  event.alert_id = alert.id();
  memory.new_events.push_back(std::move(event));
}

void fire(Memory& memory, const std::string& who, const std::string& name, Time now) {
  Alert alert = sample_alert(name, now);
  alert.active_since = now;
  memory.alerts.push_back(alert);
  memory.incidents.push_back(sample_incident("pd", alert.dedup_key, now));
  queue(memory, who, memory.incidents.back(), Action::trigger, now);
  tell(memory, who, "fired", alert, now);
}

void resolve(Memory& memory, const std::string& who, const Alert& alert, Time now) {
  for (const Incident& incident : memory.incidents) {
    if (incident.dedup_key == alert.dedup_key) queue(memory, who, incident, Action::resolve, now);
  }
  tell(memory, who, "resolved", alert, now);
  std::erase_if(memory.incidents,
                [&](const Incident& of) { return of.dedup_key == alert.dedup_key; });
  std::erase_if(memory.alerts, [id = alert.id()](const Alert& of) { return of.id() == id; });
}

void attempt(OutboxLine& line, Random& random, Time now) {
  if (line.delivery != Delivery::queued) return;
  ++line.attempts;
  line.last_failure = "status 500";
  line.not_before = now + std::chrono::seconds{30};
  if (random.below(2) == 0) return;
  line.delivery = random.below(8) == 0 ? Delivery::dead : Delivery::delivered;
  line.ended_at = now;
}

void change_silences(Memory& memory, Random& random, const std::string& who, Time now) {
  if (random.below(4) == 0) {
    memory.silences.push_back(
        sample_silence(who + "-silence-" + std::to_string(now.time_since_epoch().count())));
  }
  for (Silence& silence : memory.silences) {
    if (silence.expired_at) continue;
    if (random.below(2) == 0) silence.fitted_at = now;
    if (random.below(4) == 0) silence.expired_at = now, silence.expired_why = "idle";
  }
}

}  // namespace

Time at(std::int64_t seconds) {
  return Time{std::chrono::sys_days{std::chrono::year{2026} / 1 / 15}} + std::chrono::hours{12} +
         std::chrono::seconds{seconds};
}

Alert sample_alert(const std::string& name, Time evaluated_at) {
  Alert alert;
  alert.rule = "practice/" + name + "/warning";
  alert.labels = {{"alertname", name}, {"severity", "warning"}, {"tenant", "north"}};
  alert.annotations = {{"summary", "12 items"}};
  alert.dedup_key = "pcx/production/" + name;
  alert.value = 12.5;
  alert.phase = Phase::firing;
  alert.active_since = at(-600);
  alert.fired_at = at(-300);
  alert.evaluated_at = evaluated_at;
  return alert;
}

OutboxLine sample_line(const std::string& id, std::int64_t sequence, Time queued_at) {
  OutboxLine line;
  line.id = id;
  line.sequence = sequence;
  line.receiver = "pd";
  line.notification.dedup_key = "pcx/production/LowStock";
  line.notification.summary = "12 items";
  line.notification.at = queued_at;
  line.notification.began_at = queued_at;
  line.notification.why = "fired";
  line.queued_at = queued_at;
  line.not_before = queued_at;
  return line;
}

Silence sample_silence(const std::string& id) {
  Silence silence;
  silence.id = id;
  silence.matchers = {{"tenant", MatchKind::equal, "north"}};
  silence.starts_at = at(0);
  silence.created_by = "ada";
  silence.comment = "moving house";
  return silence;
}

Incident sample_incident(const std::string& receiver, const std::string& key, Time notified_at) {
  Incident incident;
  incident.receiver = receiver;
  incident.dedup_key = key;
  incident.opened_at = at(-300);
  incident.notified_at = notified_at;
  incident.members = {{.alert_id = "practice/LowStock/warning#1",
                       .rule = "practice/LowStock/warning",
                       .labels = {{"tenant", "north"}},
                       .annotations = {},
                       .value = 12.5,
                       .active_since = at(-600),
                       .severity = Severity::warning}};
  return incident;
}

Event sample_event(const std::string& id, Time at) {
  return {.id = id,
          .at = at,
          .kind = "fired",
          .alert_id = "practice/LowStock/warning#1",
          .dedup_key = "pcx/production/LowStock",
          .labels = {{"tenant", "north"}},
          .text = "12 items",
          .by = ""};
}

Memory sample_memory() {
  Alert odd = sample_alert("Odd", at(1));
  odd.labels["quoted"] = "\"a\\b\"\n\xc3\xa9\xf0\x9f\x90\x88";
  odd.value = std::numeric_limits<double>::quiet_NaN();
  odd.phase = Phase::pending;
  odd.fired_at.reset();
  Alert full = sample_alert("Full", at(2) + std::chrono::milliseconds{7});
  full.value = -0.1;
  full.keep_firing_since = at(-10);
  full.no_data = full.is_flapping = true;
  full.changes = {at(-20), at(-10)};
  full.acked_by = "ada";
  full.acked_at = at(-5);

  OutboxLine ended = sample_line("line-2", 2, at(1));
  ended.notification.action = Action::resolve;
  ended.delivery = Delivery::dead;
  ended.attempts = 3;
  ended.ended_at = at(5);
  ended.last_failure = "status 400: \"no\"";

  Silence full_silence = sample_silence("silence-2");
  full_silence.matchers = {{"a", MatchKind::equal, ""},
                           {"b", MatchKind::not_equal, "x"},
                           {"c", MatchKind::matches, "Low.*|\\d"},
                           {"d", MatchKind::matches_not, "y"}};
  full_silence.ends_at = at(3600);
  full_silence.until_resolved = true;
  full_silence.idle = std::chrono::hours{4};
  full_silence.schedule = Schedule{{{.days = {true, false, false, false, false, true, true},
                                     .from_minute = 480,
                                     .to_minute = 1440,
                                     .zone = "America/New_York"}},
                                   "Sat-Mon 08:00-24:00"};
  full_silence.expired_at = at(4);
  full_silence.expired_why = "expired by ada";
  full_silence.fitted_at = at(3);

  Incident acked = sample_incident("slack", "pcx/production/Odd", at(3));
  acked.severity = Severity::critical;
  acked.acked_by = "ada";
  acked.silenced = {"a#1", "b#2"};

  Memory memory;
  memory.alerts = {odd, full};
  memory.incidents = {sample_incident("pd", "pcx/production/Full", at(2)), acked};
  memory.outbox = {sample_line("line-1", 1, at(0)), ended};
  memory.silences = {sample_silence("silence-1"), full_silence};
  memory.readings = {
      {at(0), Document{Document::Object{{"z", 1.5}, {"a", std::int64_t{7}}, {"t", "text"}}}},
      {at(60), Document::object()}};
  memory.last_run = RunSummary{at(60), 2, "ALERT CRITICAL: \xe2\x80\xa6", "run-1"};
  memory.new_events = {sample_event("event-1", at(0)), sample_event("event-2", at(0))};
  memory.new_events[1].alert_id.clear();
  memory.new_events[1].dedup_key.clear();
  memory.new_events[1].labels.clear();
  memory.new_events[1].by = "ada";
  memory.next_sequence = 3;
  return memory;
}

Memory evolved(Memory memory, Random& random, const std::string& who, Time now) {
  const std::string name = pick_name(random);
  const Alert* known = find(memory, sample_alert(name, now).id());
  if (known == nullptr) {
    fire(memory, who, name, now);
  } else if (random.below(3) == 0) {
    resolve(memory, who, Alert{*known}, now);
  }
  for (Alert& alert : memory.alerts) {
    alert.evaluated_at = now;
    alert.value = random.unit();
    if (alert.acked_at || random.below(8) != 0) continue;
    alert.acked_at = now;
    alert.acked_by = who;
  }
  for (OutboxLine& line : memory.outbox) attempt(line, random, now);
  change_silences(memory, random, who, now);
  std::erase_if(memory.readings, [now](const Reading& reading) { return reading.at == now; });
  memory.readings.push_back({now, Document{Document::Object{{"requests", random.unit()}}}});
  memory.last_run = RunSummary{now, static_cast<int>(random.below(4)), "line", who};
  return memory;
}

std::string shown(const Memory& memory) { return to_json(to_document(memory), 1); }
std::string shown(const Silence& silence) { return to_json(to_document(silence)); }

}  // namespace pcx::alert
