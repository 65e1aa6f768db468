#include "alert/delivery.h"

#include <algorithm>
#include <cmath>
#include <list>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "alert/delivery_queue.h"
#include "core/error.h"
#include "core/sleep.h"

namespace pcx::alert {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr int kFailuresMax = 2;  // in a row
constexpr milliseconds kPauseMax =
    std::chrono::duration_cast<milliseconds>(kDeliveryRetryAfterMax) * 6 / 5;  // with jitter

struct Turn {
  DeliveryQueue queue;
  Receiver* receiver = nullptr;
  nanoseconds taken{0};  // by its attempts
  int failures = 0;      // in a row
  bool is_left_alone = false;
};

// Nobody knows of the incident what was refused: it is told again.
void note_refusal(Memory& memory, const OutboxLine& line) {
  const Notification& told = line.notification;
  const auto found = std::ranges::find_if(memory.incidents, [&](const Incident& incident) {
    return incident.receiver == line.receiver && incident.dedup_key == told.dedup_key;
  });
  const bool is_open = found != memory.incidents.end();
  const bool is_news = is_open && !found->trigger_refused_at;
  if (told.action == Action::trigger && is_news) found->trigger_refused_at = line.ended_at;
  if (told.action != Action::resolve || is_open) return;
  Incident incident{.receiver = line.receiver,
                    .dedup_key = told.dedup_key,
                    .opened_at = told.began_at,
                    .notified_at = told.at,
                    .severity = told.severity,
                    .members = told.members};
  incident.end_refused_at = line.ended_at;
  memory.incidents.push_back(std::move(incident));
}

bool is_told(const OutboxLine& line) {
  return line.delivery == Delivery::dead ||
         (line.delivery == Delivery::delivered && !line.is_routine);
}

// With one id whoever makes it: told twice it is kept once. REQUIRES: the line has ended.
Event end_of(const OutboxLine& line) {
  const Notification& notification = line.notification;
  const bool is_delivered = line.delivery == Delivery::delivered;
  Event event{.at = *line.ended_at,
              .kind = is_delivered ? "delivered" : "dead",
              .dedup_key = notification.dedup_key};
  event.id = line.id + "-" + event.kind;
  if (!notification.members.empty()) {
    event.alert_id = notification.members.front().alert_id;
    event.labels = notification.members.front().labels;
  }
  event.text = fmt::format("{} {} {}{}{}", to_string(notification.action),
                           is_delivered ? "delivered to" : "refused by", line.receiver,
                           line.last_failure.empty() ? "" : ": ", line.last_failure);
  return event;
}

// By an attempt, not by what superseded it.
bool has_answer(const OutboxLine& line) {
  return line.is_refused || line.delivery == Delivery::delivered;
}

class Deliverer {
 public:
  Deliverer(Memory& memory, const DeliveryTools& tools) : memory_(memory), tools_(tools) {}

  DeliveryReport run() {
    fill_queues();
    while (Turn* const turn = next_turn()) attempt(*turn);
    for (const OutboxLine& line : memory_.outbox) {
      if (line.delivery != Delivery::queued) continue;
      ++report_.waiting;
      report_.oldest = std::min(report_.oldest.value_or(line.queued_at), line.queued_at);
    }
    return std::move(report_);
  }

 private:
  // Times are stored as whole milliseconds.
  Time now() const { return std::chrono::floor<milliseconds>(tools_.clock.wall_now()); }

  milliseconds left() const {
    return std::chrono::floor<milliseconds>(tools_.deadline - tools_.clock.steady_now());
  }

  void fill_queues() {
    std::vector<OutboxLine*> lines;
    for (OutboxLine& line : memory_.outbox) lines.push_back(&line);
    std::ranges::stable_sort(lines, {}, &OutboxLine::sequence);
    for (OutboxLine* const line : lines) {
      Turn& turn = turn_of(line->receiver);
      turn.queue.remember_calls(*line, now());
      if (line->delivery != Delivery::queued) continue;
      // No pause is longer: a clock that once was ahead must not hold it.
      line->not_before = std::min(line->not_before, now() + kPauseMax);
      if (line->held_until) turn.queue.pause_until(std::min(*line->held_until, now() + kPauseMax));
      if (turn.receiver == nullptr && give_up(*line)) continue;
      turn.queue.add(*line);
    }
  }

  // REQUIRES: its receiver is not configured any more.
  bool give_up(OutboxLine& line) {
    report_.failures[line.receiver] = "it is not configured any more";
    if (now() - line.queued_at < kUnknownReceiverWait) return false;
    line.delivery = Delivery::dead;
    line.ended_at = now();
    line.last_failure = "its receiver is not configured any more";
    tools_.store.save_line(line);
    memory_.new_events.push_back(end_of(line));
    return true;
  }

  Turn& turn_of(const std::string& name) {
    const auto is_it = [&](const Turn& turn) { return turn.queue.name() == name; };
    const auto found = std::ranges::find_if(turns_, is_it);
    if (found != turns_.end()) return *found;
    Turn& made = turns_.emplace_back(Turn{.queue{name, tools_.calls_per_minute_max(name)}});
    made.receiver = tools_.receiver(name);
    made.is_left_alone = made.receiver == nullptr;
    return made;
  }

  // The receiver that can be tried now and took least of the time so far; waits when there is none.
  // nullptr: nothing more in this run.
  Turn* next_turn() {
    while (true) {
      tools_.interrupt.throw_if_requested();
      if (left() < kAttemptMin || !tools_.store.is_ours()) return nullptr;
      const Time current = now();
      Turn* best = nullptr;
      std::optional<Time> later;
      for (Turn& turn : turns_) {
        const auto at = turn.is_left_alone ? std::nullopt : turn.queue.earliest(current);
        if (!at) continue;
        if (*at > current) {
          later = later ? std::min(*later, *at) : *at;
        } else if (best == nullptr || turn.taken < best->taken) {
          best = &turn;
        }
      }
      if (best != nullptr) return best;
      if (!later || !may_wait(*later - current)) return nullptr;
      sleep_unless_stopped(tools_.clock, tools_.interrupt, *later - current);
    }
  }

  bool may_wait(nanoseconds pause) const { return pause + kAttemptMin <= left(); }

  void attempt(Turn& turn) {
    OutboxLine& line = turn.queue.take();
    const auto begun = tools_.clock.steady_now();
    const auto attempt = try_line(turn, line);
    turn.taken += tools_.clock.steady_now() - begun;
    if (attempt) settle(turn, line, *attempt);
    tools_.store.save_line(line);
    if (is_told(line)) memory_.new_events.push_back(end_of(line));
    turn.queue.give_back(line);
  }

  static std::string words_of(const Error& error) {
    if (error.hint().empty()) return error.what();
    return fmt::format("{} ({})", error.what(), error.hint());
  }

  // std::nullopt: it could not be tried at all.
  std::optional<Attempt> try_line(Turn& turn, OutboxLine& line) {
    try {
      return turn.receiver->send(line.id, line.notification, left());
    } catch (const Error& error) {
      if (error.code() == ErrorCode::interrupted || error.code() == ErrorCode::terminated) throw;
      turn.is_left_alone = true;
      line.last_failure = report_.failures[turn.queue.name()] = words_of(error);
      return std::nullopt;
    }
  }

  void settle(Turn& turn, OutboxLine& line, const Attempt& attempt) {
    line.attempts += 1;
    line.last_failure = attempt.words;
    turn.queue.call_ended(now());
    if (attempt.verdict == Verdict::later) {
      put_off(turn, line, attempt);
      return;
    }
    const bool is_delivered = attempt.verdict == Verdict::delivered;
    line.delivery = is_delivered ? Delivery::delivered : Delivery::dead;
    line.ended_at = now();
    (is_delivered ? report_.delivered : report_.refused) += 1;
    if (!is_delivered) {
      report_.failures[turn.queue.name()] = attempt.words;
      line.is_refused = true;
      note_refusal(memory_, line);
    }
    turn.failures = 0;  // a refusal is an answer, too
  }

  void put_off(Turn& turn, OutboxLine& line, const Attempt& attempt) {
    milliseconds pause = least_pause(line.attempts);
    pause += milliseconds{
        std::llround(static_cast<double>(pause.count()) * kDeliveryJitter * tools_.random.unit())};
    if (attempt.retry_after) {
      const auto asked = std::min<milliseconds>(*attempt.retry_after, kDeliveryRetryAfterMax);
      turn.queue.pause_until(now() + asked);
      line.held_until = now() + asked;
      pause = std::max(pause, asked);
    }
    line.not_before = now() + pause;
    report_.failures[turn.queue.name()] = attempt.words;
    turn.is_left_alone = ++turn.failures >= kFailuresMax;
  }

  Memory& memory_;
  const DeliveryTools& tools_;
  std::list<Turn> turns_;  // where they are they stay
  DeliveryReport report_;
};

}  // namespace

void note_ends(Memory& memory) {
  std::map<std::pair<std::string, std::string>, const OutboxLine*> last;
  for (const OutboxLine& line : memory.outbox) {
    if (line.notification.action == Action::acknowledge) continue;
    const OutboxLine*& newest =
        last.try_emplace({line.receiver, line.notification.dedup_key}, &line).first->second;
    if (newest->sequence < line.sequence) newest = &line;
  }
  for (const auto& [key, line] : last) {
    if (line->is_refused) note_refusal(memory, *line);
  }
  if (!memory.last_run) return;
  for (const OutboxLine& line : memory.outbox) {
    const bool is_recent = line.ended_at && *line.ended_at >= memory.last_run->at;
    if (is_recent && is_told(line) && has_answer(line)) memory.new_events.push_back(end_of(line));
  }
}

DeliveryReport deliver(Memory& memory, const DeliveryTools& tools) {
  return Deliverer{memory, tools}.run();
}

}  // namespace pcx::alert
