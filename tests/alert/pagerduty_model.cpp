#include "tests/alert/pagerduty_model.h"

#include <algorithm>
#include <optional>
#include <set>

#include "core/error.h"
#include "core/json.h"
#include "core/time.h"

namespace pcx::alert {
namespace {

using Names = std::set<std::string>;

const char* const kEvents = "/v2/enqueue";
const char* const kChanges = "/v2/change/enqueue";

std::size_t characters_of(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// Looks at one body, and gathers what is wrong.
class Checker {
 public:
  std::vector<std::string> faults;

  void check_event(const Document& body) {
    require_keys(body, "event",
                 {"routing_key", "event_action", "dedup_key", "client", "client_url", "payload",
                  "images", "links"});
    routing_key(body);
    const std::string action = text(body, "event_action", 1, 20);
    if (!Names{"trigger", "acknowledge", "resolve"}.contains(action))
      say("event_action: " + action);
    text(body, "dedup_key", 1, 255);
    optional_text(body, "client", 1024);
    optional_text(body, "client_url", 2048);
    list(body, "images", {"src", "href", "alt"}, "src");
    list(body, "links", {"href", "text"}, "href");
    const Document* const payload = body.find("payload");
    if (payload != nullptr) return check_payload(*payload);
    if (action == "trigger") say("payload is missing");
  }

  void check_change(const Document& body) {
    require_keys(body, "change", {"routing_key", "payload", "links"});
    routing_key(body);
    const Document* const payload = body.find("payload");
    if (payload == nullptr) return say("payload is missing");
    require_keys(*payload, "payload", {"summary", "timestamp", "source", "custom_details"});
    text(*payload, "summary", 1, 1024);
    optional_text(*payload, "source", 1024);
    timestamp(*payload);
    details(*payload);
    list(body, "links", {"href", "text"}, "href");
  }

 private:
  void say(std::string fault) { faults.push_back(std::move(fault)); }

  void check_payload(const Document& payload) {
    require_keys(payload, "payload",
                 {"summary", "source", "severity", "timestamp", "component", "group", "class",
                  "custom_details"});
    text(payload, "summary", 1, 1024);
    text(payload, "source", 1, 1024);
    const std::string severity = text(payload, "severity", 1, 10);
    if (!Names{"critical", "error", "warning", "info"}.contains(severity)) {
      say("severity: " + severity);
    }
    timestamp(payload);
    for (const char* key : {"component", "group", "class"}) optional_text(payload, key, 1024);
    details(payload);
  }

  void require_keys(const Document& object, const std::string& noun, const Names& known) {
    if (!object.is_object()) return say(noun + " is no object");
    Names seen;
    for (const auto& member : object.members()) {
      if (!known.contains(member.first)) say(noun + " has " + member.first);
      if (!seen.insert(member.first).second) say(noun + " has twice " + member.first);
    }
  }

  std::string text(const Document& object, const char* key, std::size_t min, std::size_t max) {
    const Document* const found = object.find(key);
    if (found == nullptr) return say(std::string{key} + " is missing"), "";
    if (found->text() == nullptr) return say(std::string{key} + " is no string"), "";
    const std::size_t size = characters_of(*found->text());
    if (size < min || size > max) say(std::string{key} + " has " + std::to_string(size));
    return *found->text();
  }

  void optional_text(const Document& object, const char* key, std::size_t max) {
    if (object.find(key) != nullptr) text(object, key, 1, max);
  }

  void routing_key(const Document& body) {
    if (text(body, "routing_key", 1, 1024).size() == 32) return;
    say("Length of 'routing_key' is incorrect (should be 32 characters)");
  }

  void timestamp(const Document& payload) {
    if (payload.find("timestamp") == nullptr) return;
    const std::string at = text(payload, "timestamp", 1, 64);
    if (!parse_rfc3339(at)) say("timestamp: " + at);
  }

  void details(const Document& payload) {
    const Document* const found = payload.find("custom_details");
    if (found != nullptr && !found->is_object()) say("custom_details is no object");
  }

  void list(const Document& body, const char* key, const Names& known, const char* https) {
    const Document* const found = body.find(key);
    if (found == nullptr) return;
    if (!found->is_array()) return say(std::string{key} + " is no list");
    for (const Document& each : found->items()) {
      require_keys(each, key, known);
      const std::string url = text(each, https, 1, 2048);
      if (!url.starts_with("https://")) say(std::string{key} + ": " + url);
      for (const auto& name : known) {
        if (each.find(name) != nullptr) text(each, name.c_str(), 1, 2048);
      }
    }
  }
};

std::string accepted(const std::string& dedup_key) {
  Document body = Document::object();
  body.set("status", "success");
  body.set("message", "Event processed");
  if (!dedup_key.empty()) body.set("dedup_key", dedup_key);
  return to_json(body);
}

std::string refusal(const std::vector<std::string>& faults) {
  Document errors = Document::array();
  for (const std::string& fault : faults) errors.add(fault);
  Document body = Document::object();
  body.set("status", "invalid event");
  body.set("message", "Event object is invalid");
  return to_json(body.set("errors", std::move(errors)));
}

}  // namespace

std::vector<std::string> pagerduty_faults(const testing::Received& request) {
  Checker checker;
  const std::string type = request.header("Content-Type");
  if (type != "application/json") checker.faults.push_back("Content-Type: " + type);
  if (request.body.size() > 512'000) checker.faults.emplace_back("the body is too large");
  try {
    const Document body = parse_json(request.body, "body");
    if (request.target == kChanges) {
      checker.check_change(body);
    } else {
      checker.check_event(body);
    }
  } catch (const Error& error) {
    checker.faults.emplace_back(error.what());
  }
  return checker.faults;
}

testing::Script PagerDutyModel::take(const testing::Received& request) {
  const std::lock_guard guard{mutex_};
  const bool is_change = request.target == kChanges;
  if (!is_change && request.target != kEvents) return testing::answer(404, "");
  if (request.method != "POST") return testing::answer(405, "");
  const auto faults = pagerduty_faults(request);
  if (!faults.empty()) {
    faults_.insert(faults_.end(), faults.begin(), faults.end());
    return testing::answer(400, refusal(faults));
  }
  if (is_change) {
    changes_.push_back(request.body);
    return testing::answer(202, accepted(""));
  }
  bodies_.push_back(request.body);
  apply(request.body);
  return testing::answer(202, accepted(*parse_json(request.body, "").find("dedup_key")->text()));
}

void PagerDutyModel::apply(const std::string& text) {
  using State = PagerDutyIncident::State;
  const Document body = parse_json(text, "body");
  const auto of = [&](const char* key) { return *body.find(key)->text(); };
  PagerDutyIncident& incident = incidents_[{of("routing_key"), of("dedup_key")}];
  const bool is_open = incident.opened > 0 && incident.state != State::resolved;
  const std::string action = of("event_action");
  if (action != "trigger" && !is_open) {
    ++incident.dropped;
    return;
  }
  incident.actions.push_back(action);
  if (action == "trigger") {
    if (!is_open) ++incident.opened;
    if (!is_open) incident.state = State::triggered;
    incident.severity = *body.find("payload")->find("severity")->text();
  } else {
    incident.state = action == "resolve" ? State::resolved : State::acknowledged;
  }
}

std::map<PagerDutyModel::Key, PagerDutyIncident> PagerDutyModel::incidents() const {
  const std::lock_guard guard{mutex_};
  return incidents_;
}

std::vector<std::string> PagerDutyModel::bodies() const {
  const std::lock_guard guard{mutex_};
  return bodies_;
}

std::vector<std::string> PagerDutyModel::changes() const {
  const std::lock_guard guard{mutex_};
  return changes_;
}

std::vector<std::string> PagerDutyModel::faults() const {
  const std::lock_guard guard{mutex_};
  return faults_;
}

}  // namespace pcx::alert
