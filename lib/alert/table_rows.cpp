#include "alert/table_rows.h"

#include <set>

#include "alert/memory_items.h"
#include "alert/sql.h"
#include "core/json.h"
#include "core/time.h"

namespace pcx::alert {
namespace {

using Rows = DatabaseStore::Known::Rows;

std::string text_of(const std::optional<Time>& time) { return time ? to_rfc3339(*time) : ""; }

// What is not known as it is. The last of two with one key counts: a statement takes each once.
template <typename Item>
Changed<Item> take_changed(const std::vector<Item>& items, Rows& known) {
  Changed<Item> changed;
  std::map<std::string, std::size_t> places;
  for (const Item& item : items) {
    std::string key = key_of(item);
    std::string body = stored_json(to_document(item));
    std::string& row = known[key];
    if (row == body) continue;
    row = body;
    const auto [place, is_new] = places.try_emplace(std::move(key), changed.size());
    if (is_new) {
      changed.emplace_back(&item, std::move(body));
    } else {
      changed[place->second] = {&item, std::move(body)};
    }
  }
  return changed;
}

// Keys of rows whose items are gone.
template <typename Item>
Texts take_gone(const std::vector<Item>& items, Rows& known) {
  std::set<std::string> there;
  for (const Item& item : items) there.insert(key_of(item));
  Texts gone;
  for (const auto& [key, body] : known) {
    if (!there.contains(key)) gone.push_back(key);
  }
  for (const std::string& key : gone) known.erase(key);
  return gone;
}

db::Query write_alerts(const std::string& environment, const Changed<Alert>& alerts) {
  Texts ids, rules, keys, phases, since, fired, evaluated, bodies;
  for (const auto& [alert, body] : alerts) {
    ids.push_back(key_of(*alert));
    rules.push_back(stored_text(alert->rule));
    keys.push_back(stored_text(alert->dedup_key));
    phases.emplace_back(to_string(alert->phase));
    since.push_back(to_rfc3339(alert->active_since));
    fired.push_back(text_of(alert->fired_at));
    evaluated.push_back(to_rfc3339(alert->evaluated_at));
    bodies.push_back(body);
  }
  return {sql::write_alerts,
          {environment, ids, rules, keys, phases, since, fired, evaluated, bodies}};
}

db::Query write_incidents(const std::string& environment, const Changed<Incident>& incidents) {
  Texts receivers, keys, opened, notified, severities, acked, bodies;
  for (const auto& [incident, body] : incidents) {
    receivers.push_back(stored_text(incident->receiver));
    keys.push_back(stored_text(incident->dedup_key));
    opened.push_back(to_rfc3339(incident->opened_at));
    notified.push_back(to_rfc3339(incident->notified_at));
    severities.emplace_back(to_string(incident->severity));
    acked.push_back(stored_text(incident->acked_by));
    bodies.push_back(body);
  }
  return {sql::write_incidents,
          {environment, receivers, keys, opened, notified, severities, acked, bodies}};
}

db::Query delete_incidents(const std::string& environment, const Texts& gone) {
  Texts receivers, keys;
  for (const std::string& key : gone) {
    const std::size_t end = key.find('\0');
    receivers.push_back(key.substr(0, end));
    keys.push_back(key.substr(end + 1));
  }
  return {sql::delete_incidents, {environment, receivers, keys}};
}

db::Query write_silences(const std::string& environment, const Changed<Silence>& silences) {
  Texts ids, starts, ends, expired, makers, bodies;
  for (const auto& [silence, body] : silences) {
    ids.push_back(key_of(*silence));
    starts.push_back(to_rfc3339(silence->starts_at));
    ends.push_back(text_of(silence->ends_at));
    expired.push_back(text_of(silence->expired_at));
    makers.push_back(stored_text(silence->created_by));
    bodies.push_back(body);
  }
  return {sql::write_silences, {environment, ids, starts, ends, expired, makers, bodies}};
}

db::Query write_readings(const std::string& environment, const Changed<Reading>& readings) {
  Texts times, bodies;
  for (const auto& [reading, body] : readings) {
    times.push_back(key_of(*reading));
    bodies.push_back(body);
  }
  return {sql::write_readings, {environment, times, bodies}};
}

std::string labels_json(const Labels& labels) {
  Document::Object members;
  for (const auto& [name, value] : labels) members.emplace_back(name, value);
  return stored_json(Document{std::move(members)});
}

db::Query write_events(const std::string& environment, const std::vector<Event>& events) {
  Texts ids, times, kinds, alerts, keys, labels, words, makers;
  for (const Event& event : events) {
    ids.push_back(stored_text(event.id));
    times.push_back(to_rfc3339(event.at));
    kinds.push_back(stored_text(event.kind));
    alerts.push_back(stored_text(event.alert_id));
    keys.push_back(stored_text(event.dedup_key));
    labels.push_back(labels_json(event.labels));
    words.push_back(stored_text(event.text));
    makers.push_back(stored_text(event.by));
  }
  return {sql::write_events, {environment, ids, times, kinds, alerts, keys, labels, words, makers}};
}

}  // namespace

std::string key_of(const Alert& alert) { return stored_text(alert.id()); }
std::string key_of(const Incident& incident) {
  return stored_text(incident.receiver) + '\0' + stored_text(incident.dedup_key);
}
std::string key_of(const OutboxLine& line) { return stored_text(line.id); }
std::string key_of(const Silence& silence) { return stored_text(silence.id); }
std::string key_of(const Reading& reading) { return to_rfc3339(reading.at); }

db::Query write_lines(const std::string& environment, const Changed<OutboxLine>& lines) {
  Texts ids, receivers, keys, sequences, actions, deliveries, attempts, queued, not_before, ended,
      bodies;
  for (const auto& [line, body] : lines) {
    ids.push_back(key_of(*line));
    receivers.push_back(stored_text(line->receiver));
    keys.push_back(stored_text(line->notification.dedup_key));
    sequences.push_back(std::to_string(line->sequence));
    actions.emplace_back(to_string(line->notification.action));
    deliveries.emplace_back(to_string(line->delivery));
    attempts.push_back(std::to_string(line->attempts));
    queued.push_back(to_rfc3339(line->queued_at));
    not_before.push_back(to_rfc3339(line->not_before));
    ended.push_back(text_of(line->ended_at));
    bodies.push_back(body);
  }
  return {sql::write_lines,
          {environment, ids, receivers, keys, sequences, actions, deliveries, attempts, queued,
           not_before, ended, bodies}};
}

std::vector<db::Query> write_changes(const std::string& environment, const Memory& memory,
                                     DatabaseStore::Known& known) {
  std::vector<db::Query> writes;
  const auto add = [&](bool is_needed, auto make) {
    if (is_needed) writes.push_back(make());
  };
  const auto gone_alerts = take_gone(memory.alerts, known.alerts);
  add(!gone_alerts.empty(), [&] {
    return db::Query{sql::delete_alerts, {environment, gone_alerts}};
  });
  const auto alerts = take_changed(memory.alerts, known.alerts);
  add(!alerts.empty(), [&] { return write_alerts(environment, alerts); });
  const auto gone_incidents = take_gone(memory.incidents, known.incidents);
  add(!gone_incidents.empty(), [&] { return delete_incidents(environment, gone_incidents); });
  const auto incidents = take_changed(memory.incidents, known.incidents);
  add(!incidents.empty(), [&] { return write_incidents(environment, incidents); });
  const auto lines = take_changed(memory.outbox, known.outbox);
  add(!lines.empty(), [&] { return write_lines(environment, lines); });
  const auto silences = take_changed(memory.silences, known.silences);
  add(!silences.empty(), [&] { return write_silences(environment, silences); });
  const auto gone_readings = take_gone(memory.readings, known.readings);
  add(!gone_readings.empty(), [&] {
    return db::Query{sql::delete_readings, {environment, gone_readings}};
  });
  const auto readings = take_changed(memory.readings, known.readings);
  add(!readings.empty(), [&] { return write_readings(environment, readings); });
  add(!memory.new_events.empty(), [&] { return write_events(environment, memory.new_events); });
  return writes;
}

}  // namespace pcx::alert
