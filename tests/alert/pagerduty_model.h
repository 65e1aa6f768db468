// PagerDuty as its documents have it, and stricter: every key has to be a known one, every value of
// its type and within its limits. Written from those documents, not from what pcx sends.
// Source: PagerDuty/developer-docs, "Send an Event" and "Send a Change Event" of the Events API v2.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/loopback_server.h"

namespace pcx::alert {

// Everything that is wrong with a request to POST /v2/enqueue, or /v2/change/enqueue; empty:
// nothing.
std::vector<std::string> pagerduty_faults(const testing::Received& request);

// What an integration knows of one dedup key.
struct PagerDutyIncident {
  enum class State { triggered, acknowledged, resolved };
  State state = State::triggered;
  int opened = 0;                    // how often a new incident began
  std::vector<std::string> actions;  // that had an effect, in order
  int dropped = 0;                   // acknowledge and resolve without an open alert
  std::string severity;              // of the last trigger
};

// For a LoopbackServer's thread and a test's at the same time.
class PagerDutyModel {
 public:
  using Key = std::pair<std::string, std::string>;  // routing key, dedup key

  // 202, or 400 with what is wrong, 404 and 405 for another path or method.
  testing::Script take(const testing::Received& request);

  std::map<Key, PagerDutyIncident> incidents() const;
  std::vector<std::string> bodies() const;   // of events that were taken
  std::vector<std::string> changes() const;  // bodies of change events
  std::vector<std::string> faults() const;   // of those that were not

 private:
  void apply(const std::string& body);

  mutable std::mutex mutex_;
  std::map<Key, PagerDutyIncident> incidents_;
  std::vector<std::string> bodies_;
  std::vector<std::string> changes_;
  std::vector<std::string> faults_;
};

}  // namespace pcx::alert
