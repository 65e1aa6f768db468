#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "alert/memory.h"
#include "alert/memory_items.h"

namespace pcx::alert {
namespace {

// Of which receiver, under which dedup key.
using IncidentKey = std::pair<std::string, std::string>;

std::string merge_key(const Alert& alert) { return alert.id(); }
std::string merge_key(const Silence& silence) { return silence.id; }
IncidentKey merge_key(const Incident& incident) { return {incident.receiver, incident.dedup_key}; }
Time merge_key(const Reading& reading) { return reading.at; }

template <typename Item>
std::string json_of(const Item& item) {
  return stored_json(to_document(item));
}

// The same whichever side is which, so that two machines that merge come to the same.
template <typename Item, typename Order>
bool is_behind(const Item& left, const Item& right, Order order) {
  const auto first = order(left), second = order(right);
  return first != second ? first < second : json_of(left) < json_of(right);
}

// An episode is acknowledged once anybody has: the evaluation of the other side knows nothing of
// it.
void take_acknowledgement(Alert& alert, const Alert& other) {
  if (alert.active_since != other.active_since || !other.acked_at) return;
  if (alert.acked_at && *alert.acked_at >= *other.acked_at) return;
  alert.acked_at = other.acked_at;
  alert.acked_by = other.acked_by;
}

Alert either(const Alert& theirs, const Alert& ours) {
  const auto order = [](const Alert& alert) { return alert.evaluated_at; };
  const bool is_ours = is_behind(theirs, ours, order);
  Alert alert = is_ours ? ours : theirs;
  take_acknowledgement(alert, is_ours ? theirs : ours);
  return alert;
}

Silence either(const Silence& theirs, const Silence& ours) {
  const auto order = [](const Silence& silence) {
    return std::pair{silence.expired_at, silence.fitted_at};
  };
  const bool is_ours = is_behind(theirs, ours, order);
  Silence silence = is_ours ? ours : theirs;
  silence.fitted_at = std::max(theirs.fitted_at, ours.fitted_at);
  return silence;
}

// Whom either saw silenced since the same notification.
void take_silenced(Incident& incident, const Incident& other) {
  std::set<std::string> all{incident.silenced.begin(), incident.silenced.end()};
  all.insert(other.silenced.begin(), other.silenced.end());
  incident.silenced.assign(all.begin(), all.end());
}

Incident either(const Incident& theirs, const Incident& ours) {
  const auto order = [](const Incident& incident) { return incident.notified_at; };
  const bool is_ours = is_behind(theirs, ours, order);
  Incident incident = is_ours ? ours : theirs;
  const Incident& other = is_ours ? theirs : ours;
  if (incident.notified_at == other.notified_at) take_silenced(incident, other);
  if (incident.opened_at != other.opened_at) return incident;
  if (incident.acked_by.empty()) incident.acked_by = other.acked_by;
  return incident;
}

Reading either(const Reading& theirs, const Reading& ours) {
  const auto order = [](const Reading& reading) { return reading.at; };
  return is_behind(theirs, ours, order) ? ours : theirs;
}

// Those of both by their key: theirs in their order, then what only ours has. Readings are put in
// order afterwards.
template <typename Item>
std::vector<Item> both(const std::vector<Item>& theirs, const std::vector<Item>& ours) {
  std::map<decltype(merge_key(theirs.front())), std::size_t> places;
  std::vector<Item> all = theirs;
  for (std::size_t place = 0; place < all.size(); ++place)
    places.emplace(merge_key(all[place]), place);
  for (const Item& item : ours) {
    const auto known = places.find(merge_key(item));
    if (known == places.end()) {
      all.push_back(item);
    } else {
      all[known->second] = either(all[known->second], item);
    }
  }
  return all;
}

// When a resolve of each incident was last decided; but for those that were refused.
std::map<IncidentKey, Time> resolves_of(const std::vector<OutboxLine>& outbox) {
  std::map<IncidentKey, Time> resolves;
  for (const OutboxLine& line : outbox) {
    const Notification& said = line.notification;
    if (said.action != Action::resolve || line.is_refused) continue;
    Time& last = resolves.try_emplace({line.receiver, said.dedup_key}, said.at).first->second;
    last = std::max(last, said.at);
  }
  return resolves;
}

// Open incidents, but for those whose end the other side has decided later.
std::vector<Incident> still_open(const Memory& side, const Memory& other) {
  const auto resolves = resolves_of(other.outbox);
  std::vector<Incident> open;
  for (const Incident& incident : side.incidents) {
    const auto end = resolves.find(merge_key(incident));
    if (end == resolves.end() || end->second < incident.notified_at) open.push_back(incident);
  }
  return open;
}

int rank_of(Delivery delivery) {
  switch (delivery) {
    case Delivery::queued: return 0;
    case Delivery::dead: return 1;
    case Delivery::delivered: return 2;
  }
  return 0;
}

// What became of a line on either side; what it says and its place are the first's.
void take_attempts(OutboxLine& line, const OutboxLine& other) {
  const auto progress = [](const OutboxLine& of) {
    return std::tuple{rank_of(of.delivery), of.attempts, of.not_before, of.last_failure};
  };
  const bool is_ahead = progress(line) >= progress(other);
  const OutboxLine& further = is_ahead ? line : other;
  auto ended_at = further.ended_at;
  if (line.delivery == other.delivery) ended_at = std::min(line.ended_at, other.ended_at);
  line.attempts = std::max(line.attempts, other.attempts);
  line.not_before = further.not_before;
  line.held_until = further.held_until;
  line.delivery = further.delivery;
  line.ended_at = ended_at;
  line.is_refused = further.is_refused;
  line.last_failure = further.last_failure;
}

// A line and when it was queued, which never goes back within its side, whatever its clock did.
struct Placed {
  OutboxLine line;
  Time queued_at;
};

std::vector<Placed> placed(std::vector<OutboxLine> lines) {
  std::ranges::stable_sort(lines, {}, &OutboxLine::sequence);
  std::vector<Placed> all;
  for (OutboxLine& line : lines) {
    const Time before = all.empty() ? line.queued_at : all.back().queued_at;
    const Time queued_at = std::max(before, line.queued_at);
    all.push_back({std::move(line), queued_at});
  }
  return all;
}

std::map<std::string, const OutboxLine*> by_id(const std::vector<OutboxLine>& lines) {
  std::map<std::string, const OutboxLine*> all;
  for (const OutboxLine& line : lines) all.emplace(line.id, &line);
  return all;
}

// Lines of a side with what the other knows of them.
std::vector<OutboxLine> informed(std::vector<OutboxLine> lines,
                                 const std::vector<OutboxLine>& others) {
  const auto known = by_id(others);
  for (OutboxLine& line : lines) {
    const auto other = known.find(line.id);
    if (other != known.end()) take_attempts(line, *other->second);
  }
  return lines;
}

// Sequences rise; those that do already stay as they are.
void number(std::vector<OutboxLine>& lines) {
  std::int64_t last = 0;
  for (OutboxLine& line : lines) {
    line.sequence = std::max(line.sequence, last + 1);
    last = line.sequence;
  }
}

std::vector<OutboxLine> all_lines(const Memory& theirs, const Memory& ours) {
  const std::vector<Placed> first = placed(informed(theirs.outbox, ours.outbox));
  std::vector<Placed> second = placed(ours.outbox);
  const auto known = by_id(theirs.outbox);
  std::erase_if(second, [&](const Placed& of) { return known.contains(of.line.id); });

  std::vector<Placed> merged;
  std::ranges::merge(first, second, std::back_inserter(merged), {}, &Placed::queued_at,
                     &Placed::queued_at);
  std::vector<OutboxLine> lines;
  for (Placed& of : merged) lines.push_back(std::move(of.line));
  number(lines);
  return lines;
}

// Whether it opens or ends its incident: an acknowledgement does neither.
bool is_of_state(const OutboxLine& line) { return line.notification.action != Action::acknowledge; }

// What waits though something later of its incident was delivered by the other side: sent now, a
// trigger would open again what is over, and a resolve would end what goes on.
void give_up_superseded(Memory& merged) {
  std::map<std::pair<std::string, std::string>, const OutboxLine*> delivered;  // the last of each
  for (const OutboxLine& line : merged.outbox) {
    if (line.delivery != Delivery::delivered || !is_of_state(line)) continue;
    delivered.insert_or_assign({line.receiver, line.notification.dedup_key}, &line);
  }
  for (OutboxLine& line : merged.outbox) {
    if (line.delivery != Delivery::queued || !is_of_state(line)) continue;
    const auto later = delivered.find({line.receiver, line.notification.dedup_key});
    if (later == delivered.end() || later->second->sequence < line.sequence) continue;
    line.delivery = Delivery::dead;
    line.ended_at = later->second->ended_at;
    line.last_failure = "a later one was delivered meanwhile";
    merged.new_events.push_back(
        {.id = line.id + "-superseded",
         .at = *line.ended_at,
         .kind = "dead",
         .dedup_key = line.notification.dedup_key,
         .text = fmt::format("{} for {}: {}", to_string(line.notification.action), line.receiver,
                             line.last_failure)});
  }
}

// When each alert last ended, of those that did.
std::map<std::string, Time> ends_of(const std::vector<Event>& events) {
  std::map<std::string, Time> ends;
  for (const Event& event : events) {
    if (event.kind != "resolved" && event.kind != "gave_up_pending") continue;
    Time& last = ends.try_emplace(event.alert_id, event.at).first->second;
    last = std::max(last, event.at);
  }
  return ends;
}

// Theirs, but for those that ended in ours after they were evaluated in theirs.
std::vector<Alert> not_ended(std::vector<Alert> theirs, const std::vector<Event>& events) {
  const auto ends = ends_of(events);
  std::erase_if(theirs, [&](const Alert& alert) {
    const auto end = ends.find(alert.id());
    return end != ends.end() && end->second > alert.evaluated_at;
  });
  return theirs;
}

std::optional<RunSummary> last_run(const Memory& theirs, const Memory& ours) {
  if (!theirs.last_run || !ours.last_run) return theirs.last_run ? theirs.last_run : ours.last_run;
  const auto order = [](const RunSummary& run) { return run.at; };
  return is_behind(*theirs.last_run, *ours.last_run, order) ? ours.last_run : theirs.last_run;
}

// Both went on.
Memory united(const Memory& theirs, const Memory& ours) {
  Memory merged;
  merged.alerts = both(not_ended(theirs.alerts, ours.new_events), ours.alerts);
  merged.incidents = both(still_open(theirs, ours), still_open(ours, theirs));
  merged.silences = both(theirs.silences, ours.silences);
  merged.readings = both(theirs.readings, ours.readings);
  std::ranges::sort(merged.readings, {}, &Reading::at);
  merged.last_run = last_run(theirs, ours);
  merged.new_events = ours.new_events;
  return merged;
}

}  // namespace

Memory merge(const Memory& theirs, const Memory& ours, std::int64_t base) {
  Memory merged = theirs.generation == base ? ours : united(theirs, ours);
  merged.generation = theirs.generation;
  merged.origin = theirs.origin.empty() ? ours.origin : theirs.origin;
  merged.outbox = all_lines(theirs, ours);
  if (theirs.generation != base) give_up_superseded(merged);
  const std::int64_t behind = merged.outbox.empty() ? 1 : merged.outbox.back().sequence + 1;
  merged.next_sequence = std::max({theirs.next_sequence, ours.next_sequence, behind});
  return merged;
}

}  // namespace pcx::alert
