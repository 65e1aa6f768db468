#include "alert/memory_items.h"

#include <array>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "alert/memory_fields.h"
#include "core/error.h"
#include "core/json.h"
#include "core/text.h"

namespace pcx::alert {
namespace {

constexpr std::int64_t kIntMax = std::numeric_limits<int>::max();
constexpr std::int64_t kWholeMax = std::numeric_limits<std::int64_t>::max();
constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

void set_maybe(Document& document, const char* name, const std::optional<Time>& time) {
  if (time) document.set(name, stored_time(*time));
}

void set_maybe(Document& document, const char* name, const std::string& text) {
  if (!text.empty()) document.set(name, text);
}

std::string maybe_text(const Fields& fields, std::string_view name) {
  return fields.find(name) == nullptr ? std::string{} : fields.text(name);
}

// The word of an enumeration at `name`.
template <typename Value, typename Parse>
Value word_of(const Fields& fields, std::string_view name, Parse parse) {
  const std::string word = fields.text(name);
  const std::optional<Value> value = parse(word);
  if (!value) fields.refuse(name, fmt::format("\"{}\" is none", escape_controls(word)));
  return *value;
}

std::optional<Delivery> parse_delivery(std::string_view word) {
  for (const Delivery delivery : {Delivery::queued, Delivery::delivered, Delivery::dead}) {
    if (word == to_string(delivery)) return delivery;
  }
  return std::nullopt;
}

// What another file of this slice stores; its errors say where within that.
template <typename Read>
auto read_at(const Fields& fields, const std::string& name, const Document& document, Read read) {
  try {
    return read(document);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::data) throw;
    fields.refuse(name, error.what());
  }
}

std::string item_name(std::string_view list, std::size_t place) {
  return fmt::format("{}[{}]", list, place);
}

std::vector<Member> members_in(const Fields& fields, std::string_view name) {
  std::vector<Member> members;
  for (const Document& item : fields.list(name)) {
    members.push_back(read_at(fields, item_name(name, members.size()), item, member_of));
  }
  return members;
}

std::vector<std::string> texts_in(const Fields& fields, std::string_view name) {
  std::vector<std::string> texts;
  for (const Document& item : fields.list(name)) {
    if (item.text() == nullptr) fields.refuse(item_name(name, texts.size()), "it is no text");
    texts.push_back(*item.text());
  }
  return texts;
}

std::vector<Time> times_in(const Fields& fields, std::string_view name) {
  std::vector<Time> times;
  for (const Document& item : fields.list(name)) {
    times.push_back(time_of(item, fields.place_of(item_name(name, times.size()))));
  }
  return times;
}

Document storable(const Document& document) {
  if (const std::string* text = document.text()) return stored_text(*text);
  if (document.is_array()) {
    Document::Array items;
    for (const Document& item : document.items()) items.push_back(storable(item));
    return items;
  }
  if (!document.is_object()) return document;
  Document::Object members;
  for (const auto& [name, value] : document.members()) {
    members.emplace_back(stored_text(name), storable(value));
  }
  return members;
}

}  // namespace

const char* to_string(Delivery delivery) noexcept {
  switch (delivery) {
    case Delivery::queued: return "queued";
    case Delivery::delivered: return "delivered";
    case Delivery::dead: return "dead";
  }
  return "";
}

Document to_document(const Alert& alert) {
  Document changes = Document::array();
  for (const Time time : alert.changes) changes.add(stored_time(time));
  Document document = Document::object();
  document.set("rule", alert.rule);
  document.set("labels", stored_labels(alert.labels));
  document.set("annotations", stored_labels(alert.annotations));
  document.set("dedup_key", alert.dedup_key);
  document.set("value", stored_number(alert.value));
  document.set("phase", to_string(alert.phase));
  document.set("active_since", stored_time(alert.active_since));
  set_maybe(document, "fired_at", alert.fired_at);
  set_maybe(document, "keep_firing_since", alert.keep_firing_since);
  set_maybe(document, "resolved_at", alert.resolved_at);
  document.set("evaluated_at", stored_time(alert.evaluated_at));
  document.set("no_data", alert.no_data);
  document.set("is_flapping", alert.is_flapping);
  document.set("changes", std::move(changes));
  set_maybe(document, "acked_by", alert.acked_by);
  set_maybe(document, "acked_at", alert.acked_at);
  return document;
}

Alert alert_of(const Document& document, const std::string& place) {
  const Fields fields{document, place};
  Alert alert;
  alert.rule = fields.text("rule");
  alert.labels = fields.labels("labels");
  alert.annotations = fields.labels("annotations");
  alert.dedup_key = fields.text("dedup_key");
  alert.value = fields.number("value");
  alert.phase = word_of<Phase>(fields, "phase", parse_phase);
  alert.active_since = fields.time("active_since");
  alert.fired_at = fields.maybe_time("fired_at");
  alert.keep_firing_since = fields.maybe_time("keep_firing_since");
  alert.resolved_at = fields.maybe_time("resolved_at");
  alert.evaluated_at = fields.time("evaluated_at");
  alert.no_data = fields.flag("no_data");
  alert.is_flapping = fields.flag("is_flapping");
  alert.changes = times_in(fields, "changes");
  alert.acked_by = maybe_text(fields, "acked_by");
  alert.acked_at = fields.maybe_time("acked_at");
  return alert;
}

Document to_document(const Incident& incident) {
  Document members = Document::array();
  for (const Member& member : incident.members) members.add(to_document(member));
  Document silenced = Document::array();
  for (const std::string& alert : incident.silenced) silenced.add(alert);
  Document document = Document::object();
  document.set("receiver", incident.receiver);
  document.set("dedup_key", incident.dedup_key);
  document.set("opened_at", stored_time(incident.opened_at));
  document.set("notified_at", stored_time(incident.notified_at));
  document.set("severity", to_string(incident.severity));
  document.set("members", std::move(members));
  set_maybe(document, "acked_by", incident.acked_by);
  set_maybe(document, "trigger_refused_at", incident.trigger_refused_at);
  set_maybe(document, "end_refused_at", incident.end_refused_at);
  document.set("silenced", std::move(silenced));
  return document;
}

Incident incident_of(const Document& document, const std::string& place) {
  const Fields fields{document, place};
  Incident incident;
  incident.receiver = fields.text("receiver");
  incident.dedup_key = fields.text("dedup_key");
  incident.opened_at = fields.time("opened_at");
  incident.notified_at = fields.time("notified_at");
  incident.severity = word_of<Severity>(fields, "severity", parse_severity);
  incident.members = members_in(fields, "members");
  incident.acked_by = maybe_text(fields, "acked_by");
  incident.trigger_refused_at = fields.maybe_time("trigger_refused_at");
  incident.end_refused_at = fields.maybe_time("end_refused_at");
  incident.silenced = texts_in(fields, "silenced");
  return incident;
}

Document to_document(const OutboxLine& line) {
  Document document = Document::object();
  document.set("id", line.id);
  document.set("sequence", line.sequence);
  document.set("receiver", line.receiver);
  document.set("notification", to_document(line.notification));
  if (line.is_routine) document.set("is_routine", true);
  document.set("delivery", to_string(line.delivery));
  document.set("attempts", line.attempts);
  document.set("queued_at", stored_time(line.queued_at));
  document.set("not_before", stored_time(line.not_before));
  set_maybe(document, "held_until", line.held_until);
  set_maybe(document, "ended_at", line.ended_at);
  if (line.is_refused) document.set("is_refused", true);
  set_maybe(document, "last_failure", line.last_failure);
  return document;
}

OutboxLine line_of(const Document& document, const std::string& place) {
  const Fields fields{document, place};
  OutboxLine line;
  line.id = fields.text("id");
  if (line.id.empty()) fields.refuse("id", "it is empty");
  line.sequence = fields.whole("sequence", 0, kWholeMax);
  line.receiver = fields.text("receiver");
  line.notification = read_at(fields, "notification", fields.at("notification"), notification_of);
  line.is_routine = fields.find("is_routine") != nullptr && fields.flag("is_routine");
  line.delivery = word_of<Delivery>(fields, "delivery", parse_delivery);
  line.attempts = static_cast<int>(fields.whole("attempts", 0, kIntMax));
  line.queued_at = fields.time("queued_at");
  line.not_before = fields.time("not_before");
  line.held_until = fields.maybe_time("held_until");
  line.ended_at = fields.maybe_time("ended_at");
  line.is_refused = fields.find("is_refused") != nullptr && fields.flag("is_refused");
  line.last_failure = maybe_text(fields, "last_failure");
  if ((line.delivery == Delivery::queued) == line.ended_at.has_value()) {
    fields.refuse("ended_at", "a line has it when it is delivered or dead, and only then");
  }
  return line;
}

Document to_document(const Reading& reading) {
  Document document = Document::object();
  document.set("at", stored_time(reading.at));
  document.set("values", reading.values);
  return document;
}

Reading reading_of(const Document& document, const std::string& place) {
  const Fields fields{document, place};
  Reading reading{.at = fields.time("at"), .values = fields.at("values")};
  if (!reading.values.is_object()) fields.refuse("values", "it is no object");
  return reading;
}

Document to_document(const RunSummary& run) {
  Document document = Document::object();
  document.set("at", stored_time(run.at));
  document.set("exit_code", run.exit_code);
  document.set("line", run.line);
  document.set("run_id", run.run_id);
  document.set("since_previous_ms", run.since_previous.count());
  document.set("pace_ms", run.pace.count());
  return document;
}

// Not there: pcx did not write it yet.
std::chrono::milliseconds maybe_pause(const Fields& fields, const char* name) {
  if (fields.find(name) == nullptr) return {};
  return std::chrono::milliseconds{fields.whole(name, 0, kWholeMax)};
}

RunSummary run_of(const Document& document, const std::string& place) {
  const Fields fields{document, place};
  return {.at = fields.time("at"),
          .exit_code = static_cast<int>(fields.whole("exit_code", 0, 255)),
          .line = fields.text("line"),
          .run_id = fields.text("run_id"),
          .since_previous = maybe_pause(fields, "since_previous_ms"),
          .pace = maybe_pause(fields, "pace_ms")};
}

Document to_document(const Event& event) {
  Document document = Document::object();
  document.set("id", event.id);
  document.set("at", stored_time(event.at));
  document.set("kind", event.kind);
  set_maybe(document, "alert_id", event.alert_id);
  set_maybe(document, "dedup_key", event.dedup_key);
  document.set("labels", stored_labels(event.labels));
  document.set("text", event.text);
  set_maybe(document, "by", event.by);
  return document;
}

Event event_of(const Document& document, const std::string& place) {
  const Fields fields{document, place};
  Event event{.id = fields.text("id"),
              .at = fields.time("at"),
              .kind = fields.text("kind"),
              .alert_id = maybe_text(fields, "alert_id"),
              .dedup_key = maybe_text(fields, "dedup_key"),
              .labels = fields.labels("labels"),
              .text = fields.text("text"),
              .by = maybe_text(fields, "by")};
  for (const char* name : {"id", "kind"}) {
    if (fields.text(name).empty()) fields.refuse(name, "it is empty");
  }
  return event;
}

std::string stored_text(std::string_view text) {
  std::string stored;
  stored.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    const bool is_stored = point.bytes != 0 && point.value != 0;
    stored += is_stored ? text.substr(0, point.bytes) : kReplacement;
    text.remove_prefix(is_stored ? point.bytes : 1);
  }
  return stored;
}

std::string stored_json(const Document& document) {
  std::string json = to_json(document);
  if (json.find("\\u0000") == std::string::npos) return json;
  return to_json(storable(document));
}

}  // namespace pcx::alert
