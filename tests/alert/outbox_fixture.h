// An outbox and receivers that do what a test tells them, for tests of delivery.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "alert/delivery.h"
#include "core/error.h"
#include "core/time.h"
#include "tests/support/fake_clock.h"

namespace pcx::alert {

// A call as the receiver saw it.
struct Call {
  Time at{};
  std::string id;
  std::string dedup_key;
  Action action{};
  Attempt answer;
};

// Answers after `takes` of the clock, as `answer` says.
class ScriptedReceiver final : public Receiver {
 public:
  using Answer = std::function<Attempt(const Call&)>;
  ScriptedReceiver(testing::FakeClock& clock, Answer answer, std::chrono::milliseconds takes)
      : clock_(clock), answer_(std::move(answer)), takes_(takes) {}

  Attempt send(const std::string& id, const Notification& notification,
               std::chrono::milliseconds time_max) override {
    times_max.push_back(time_max);
    clock_.advance(std::min(takes_, time_max));
    Call call{clock_.wall_now(), id, notification.dedup_key, notification.action, {}};
    call.answer = answer_(call);
    calls.push_back(call);
    return call.answer;
  }

  std::vector<Call> calls;
  std::vector<std::chrono::milliseconds> times_max;

 private:
  testing::FakeClock& clock_;
  Answer answer_;
  std::chrono::milliseconds takes_;
};

inline Attempt delivered() { return {.verdict = Verdict::delivered}; }
inline Attempt refused(std::string words) { return {Verdict::refused, std::move(words), {}}; }
inline Attempt later(std::string words = "answered 500",
                     std::optional<std::chrono::milliseconds> retry_after = {}) {
  return {Verdict::later, std::move(words), retry_after};
}

// What is on disk: a copy of the outbox, line by line; load() leaves out what ended more than an
// hour ago, as stores do. `saving` may throw, as death does.
class KeptOutbox final : public Store {
 public:
  explicit KeptOutbox(const Clock& clock) : clock_(clock) {}

  Memory load() override {
    Memory memory;
    memory.incidents = incidents;
    const Time old = clock_.wall_now() - std::chrono::hours{1};
    for (const auto& line : lines) {
      if (line.second.ended_at.value_or(Time::max()) > old) memory.outbox.push_back(line.second);
    }
    return memory;
  }
  void save(Memory& memory) override {
    for (const OutboxLine& line : memory.outbox) lines[line.sequence] = line;
    for (Event& event : memory.new_events) events.push_back(std::move(event));
    memory.new_events.clear();
    incidents = memory.incidents;
  }
  void save_line(const OutboxLine& line) override {
    if (saving) saving(line);
    lines[line.sequence] = line;
    ++saved;
  }

  std::map<std::int64_t, OutboxLine> lines;
  std::vector<Event> events;
  std::vector<Incident> incidents;
  bool is_ours() const override { return saved < saved_max; }

  std::function<void(const OutboxLine&)> saving;
  int saved_max = 1'000'000;  // until somebody else may have the memory
  int saved = 0;

 private:
  const Clock& clock_;
};

class Outbox {
 public:
  void queue(const std::string& receiver, const std::string& dedup_key,
             Action action = Action::trigger) {
    OutboxLine line{.id = "line-" + std::to_string(next_),
                    .sequence = next_++,
                    .receiver = receiver,
                    .queued_at = clock.wall_now()};
    line.notification.action = action;
    line.notification.dedup_key = dedup_key;
    line.notification.members = {{.alert_id = "rule#" + dedup_key, .labels = {{"k", dedup_key}}}};
    store.lines[line.sequence] = line;
  }

  ScriptedReceiver& receiver(const std::string& name, ScriptedReceiver::Answer answer,
                             std::chrono::milliseconds takes = std::chrono::milliseconds{100}) {
    auto& made = receivers_[name];
    made = std::make_unique<ScriptedReceiver>(clock, std::move(answer), takes);
    return *made;
  }

  DeliveryReport run(std::chrono::seconds time = std::chrono::seconds{50}) {
    Memory memory = store.load();
    const DeliveryTools tools{.store = store,
                              .receiver = [this](const std::string& name) -> Receiver* {
                                const auto found = receivers_.find(name);
                                return found == receivers_.end() ? nullptr : found->second.get();
                              },
                              .calls_per_minute_max = [this](const std::string&) { return limit; },
                              .clock = clock,
                              .random = random,
                              .interrupt = interrupt,
                              .deadline = clock.steady_now() + time};
    const DeliveryReport report = deliver(memory, tools);
    store.save(memory);
    return report;
  }

  const OutboxLine& line(std::int64_t sequence) const { return store.lines.at(sequence); }

  testing::FakeClock clock;
  SeededRandom random{7};
  Interrupt interrupt;
  KeptOutbox store{clock};
  int limit = 0;

 private:
  std::map<std::string, std::unique_ptr<ScriptedReceiver>> receivers_;
  std::int64_t next_ = 1;
};

}  // namespace pcx::alert
