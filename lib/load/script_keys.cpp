#include "load/script_keys.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "core/text.h"

namespace pcx::load {

namespace {

using Words = std::span<const std::string_view>;

// A key that people write and that means nothing, with what they mean.
struct Mistake {
  std::string_view key, rule, hint;
};
using Mistakes = std::span<const Mistake>;

// A map of the script.
struct Place {
  const char* name;
  Words known;
  Mistakes mistakes;
  bool is_closed = false;  // whatever is not known there is a mistake
};

constexpr std::string_view kScriptKeys[] = {"config", "scenarios", "before", "after"};
constexpr Mistake kScriptMistakes[] = {
    {"thresholds", "unknown_section", "Write `config: {ensure: {thresholds: [...]}}`."},
    {"metrics", "unknown_section", "What pcx measures is in its reports."},
    {"reporting", "unknown_section", "Reports are asked for on the command line: -o FILE."},
    {"ensure", "unknown_section", "Put it below config."},
    {"expect", "unknown_section", "Put it below each request."},
    {"phases", "unknown_section", "Put it below config."},
    {"target", "unknown_section", "Put it below config."},
    {"environments", "unknown_section", "Put it below config."},
    {"variables", "unknown_section", "Put it below config."},
    {"payload", "unknown_section", "Put it below config."},
    {"plugins", "unknown_section", "Put it below config."},
    {"http", "unknown_section", "Put it below config."},
    {"tls", "unknown_section", "Put it below config."},
    {"defaults", "unknown_section", "Put it below config."},
    {"flow", "unknown_section", "Put it below an element of scenarios."},
};

constexpr std::string_view kConfigKeys[] = {
    "target",       "phases",    "mode",          "variables", "payload",
    "environments", "processor", "http",          "tls",       "plugins",
    "ensure",       "apdex",     "engines",       "defaults",  "timeout",
    "includeFiles", "bundling",  "statsInterval", "fake-data", "metrics-by-endpoint",
    "expect",       "ws",        "socketio",      "name"};
constexpr Mistake kConfigMistakes[] = {
    {"thresholds", "misplaced_section", "Write `ensure: {thresholds: [...]}`."},
    {"conditions", "misplaced_section", "Write `ensure: {conditions: [...]}`."},
    {"headers", "misplaced_section", "Write `http: {defaults: {headers: ...}}`."},
    {"scenarios", "misplaced_section", "Indent it less: it stands beside config."},
    {"duration", "misplaced_section", "Put it into an element of phases."},
    {"arrivalRate", "misplaced_section", "Put it into an element of phases."},
    {"pool", "misplaced_section", "Write `http: {pool: ...}`."},
    {"statsInterval", "no_effect", "Reports have periods of 10 seconds."},
};

constexpr std::string_view kHttpKeys[] = {"timeout",  "pool",       "extendedMetrics",
                                          "defaults", "maxSockets", "distributedTracing"};
constexpr Mistake kHttpMistakes[] = {
    {"maxSockets", "no_effect", "Artillery 2 reads `pool:`, the connections that all users share."},
    {"headers", "misplaced_section", "Write `defaults: {headers: ...}` here."},
    {"followRedirect", "no_effect", "Put it below each request."},
    {"followRedirects", "no_effect", "Put `followRedirect:` below each request."},
    {"cookieJarOptions", "no_effect", "Cookies are kept as RFC 6265 has it."},
};

constexpr std::string_view kTlsKeys[] = {
    "rejectUnauthorized", "certificateAuthority", "certificate", "key", "passphrase", "pfx"};
constexpr Mistake kTlsMistakes[] = {
    {"ca", "unknown_key", "It is called certificateAuthority."},
    {"cert", "unknown_key", "It is called certificate."},
    {"servername", "no_effect", "The name is that of the url's host."},
    {"ciphers", "no_effect", "pcx takes what OpenSSL takes for itself."},
    {"minVersion", "no_effect", "pcx speaks TLS 1.2 and 1.3."},
    {"maxVersion", "no_effect", "pcx speaks TLS 1.2 and 1.3."},
};

constexpr std::string_view kDefaultsKeys[] = {"headers", "cookie", "strictCapture", "think"};
constexpr Mistake kDefaultsMistakes[] = {
    {"cookies", "unknown_key", "It is called cookie."},
};

constexpr std::string_view kPhaseKeys[] = {"duration",  "arrivalRate", "arrivalCount", "rampTo",
                                           "maxVusers", "pause",       "name",         "mode"};
constexpr Mistake kPhaseMistakes[] = {
    {"maxVUsers", "unknown_key", "It is called maxVusers; as it is, there is no limit."},
    {"rampUp", "unknown_key", "It is called rampTo."},
    {"users", "unknown_key", "Users arrive by `arrivalRate:` or `arrivalCount:`."},
    {"vusers", "unknown_key", "Users arrive by `arrivalRate:` or `arrivalCount:`."},
};

constexpr std::string_view kPayloadKeys[] = {"path",      "fields", "order",          "skipHeader",
                                             "delimiter", "cast",   "skipEmptyLines", "loadAll",
                                             "name",      "options"};
constexpr Mistake kPayloadMistakes[] = {
    {"file", "unknown_key", "It is called path."},
    {"columns", "unknown_key", "It is called fields."},
    {"skipHeaders", "unknown_key", "It is called skipHeader; as it is, the header is a row."},
};

constexpr std::string_view kScenarioKeys[] = {"name",          "weight",         "flow",
                                              "engine",        "beforeScenario", "afterScenario",
                                              "beforeRequest", "afterResponse",  "onError"};
constexpr Mistake kScenarioMistakes[] = {
    {"steps", "unknown_key", "It is called flow."},
    {"probability", "no_effect", "Scenarios have a `weight:`."},
    {"variables", "no_effect", "Put them below config, or write a `set:` step."},
    {"think", "no_effect", "It is a step of the flow."},
    {"expect", "no_effect", "Put it below each request."},
    {"capture", "no_effect", "Put it below the request whose response it reads."},
    {"headers", "no_effect", "Put them below each request, or below config.http.defaults."},
    {"loop", "no_effect", "It is a step of the flow."},
};

constexpr std::string_view kRequestKeys[] = {
    "url",      "uri",    "name",   "headers",     "json",          "body",           "form",
    "formData", "qs",     "cookie", "auth",        "gzip",          "followRedirect", "capture",
    "match",    "expect", "ifTrue", "probability", "beforeRequest", "afterResponse"};
constexpr Mistake kRequestMistakes[] = {
    {"if", "request_if", "It is called ifTrue; as it is, the request is always sent."},
    {"when", "request_if", "It is called ifTrue; as it is, the request is always sent."},
    {"query", "request_query", "It is called qs; as it is, nothing of it is sent."},
    {"params", "request_query", "It is called qs; as it is, nothing of it is sent."},
    {"queryString", "request_query", "It is called qs; as it is, nothing of it is sent."},
    {"followRedirects", "follow_redirects", "It is called followRedirect; redirects are followed."},
    {"cookies", "unknown_key", "It is called cookie."},
    {"data", "unknown_key", "Bodies are json, body, form or formData."},
    {"payload", "unknown_key", "Bodies are json, body, form or formData."},
    {"header", "unknown_key", "It is called headers."},
    {"captures", "unknown_key", "It is called capture."},
    {"expects", "unknown_key", "It is called expect."},
    {"think", "misplaced_step", "It is a step of its own: `- think: 1`."},
    {"log", "misplaced_step", "It is a step of its own: `- log: text`."},
    {"setContentLengthHeader", "no_effect", "pcx sends the length of every form."},
    {"timeout", "no_effect", "Set config.http.timeout, which counts for all requests."},
    {"retry", "no_effect", "Requests of a load test are not repeated."},
    {"weight", "no_effect", "Scenarios have weights; a request may have a `probability:`."},
    {"method", "no_effect", "The key of the step is the method: `- post: {url: ...}`."},
};

constexpr std::string_view kCaptureKeys[] = {"json",     "regexp", "header", "selector", "xpath",
                                             "jmespath", "as",     "strict", "multiple", "group",
                                             "flags",    "attr",   "index",  "value"};
constexpr Mistake kCaptureMistakes[] = {
    {"jsonpath", "unknown_key", "It is called json."},
    {"jsonPath", "unknown_key", "It is called json."},
    {"regex", "unknown_key", "It is called regexp."},
    {"name", "unknown_key", "It is called as."},
    {"transform", "no_effect", "Artillery 2 has no transforms."},
    {"default", "no_effect",
     "Write {{ name || 'default' }} where it is used, and `strict: false`."},
};

constexpr Place kScript{"the script", kScriptKeys, kScriptMistakes};
constexpr Place kConfig{"config", kConfigKeys, kConfigMistakes};
constexpr Place kHttp{"http", kHttpKeys, kHttpMistakes};
constexpr Place kTls{"tls", kTlsKeys, kTlsMistakes, true};
constexpr Place kDefaults{"defaults", kDefaultsKeys, kDefaultsMistakes};
constexpr Place kPhase{"a phase", kPhaseKeys, kPhaseMistakes, true};
constexpr Place kPayload{"a payload", kPayloadKeys, kPayloadMistakes};
constexpr Place kScenario{"a scenario", kScenarioKeys, kScenarioMistakes};
constexpr Place kRequest{"a request", kRequestKeys, kRequestMistakes};
constexpr Place kCapture{"a capture", kCaptureKeys, kCaptureMistakes, true};

// Keys that are refused where they are read, or passed over.
constexpr std::string_view kElsewhere[] = {"selector",     "xpath",    "jmespath",  "attr",
                                           "index",        "ws",       "socketio",  "engines",
                                           "includeFiles", "bundling", "processor", "pfx"};

// What people write for each other, and places for anchors.
bool is_remark(std::string_view key) {
  constexpr std::string_view kRemarks[] = {"description", "comment", "note", "label", "tags"};
  return key.starts_with("x-") || key.starts_with('.') || key.starts_with('_') ||
         std::ranges::find(kRemarks, key) != std::end(kRemarks);
}

class KeyCheck {
 public:
  explicit KeyCheck(Faults& faults) : faults_(faults) {}

  void script(const YamlNode& node) {
    check(node, kScript);
    if (const YamlNode* found = find_value(node, "config")) config(*found);
    for (const char* key : {"scenarios", "before", "after"}) {
      const YamlNode* found = find_value(node, key);
      if (found == nullptr) continue;
      for (const YamlNode* item : read_items(*found)) scenario(*item);
    }
  }

 private:
  void config(const YamlNode& node) {
    check(node, kConfig);
    if (const YamlNode* http = find_value(node, "http")) {
      check(*http, kHttp);
      if (const YamlNode* defaults = find_value(*http, "defaults")) check(*defaults, kDefaults);
    }
    if (const YamlNode* tls = find_value(node, "tls")) check(*tls, kTls);
    if (const YamlNode* defaults = find_value(node, "defaults")) check(*defaults, kDefaults);
    each(find_value(node, "phases"), kPhase);
    each(find_value(node, "payload"), kPayload);
    const YamlNode* environments = find_value(node, "environments");
    if (environments == nullptr) return;
    for (const auto& member : environments->members) config(member.second);
  }

  void each(const YamlNode* node, const Place& place) {
    if (node == nullptr) return;
    for (const YamlNode* item : read_items(*node)) check(*item, place);
  }

  void scenario(const YamlNode& node) {
    check(node, kScenario);
    const YamlNode* engine = find_value(node, "engine");
    if (engine != nullptr && engine->text != "http") return;
    if (const YamlNode* flow = find_value(node, "flow")) steps(*flow);
  }

  void steps(const YamlNode& flow) {
    for (const YamlNode& item : flow.items) {
      if (is_list(item)) steps(item);
      for (const auto& [key, value] : item.members) {
        if (key == "loop" || key == "parallel") {
          steps(value);
        } else if (is_map(value) && (value.find("url") || value.find("uri"))) {
          check(value, kRequest);
          each(find_value(value, "capture"), kCapture);
        }
      }
    }
  }

  void check(const YamlNode& node, const Place& place) {
    for (std::size_t i = 0; i < node.members.size(); ++i) {
      check(node.members[i].first, node.key_places[i], place);
    }
  }

  void check(const std::string& key, const Location& where, const Place& place) {
    const std::string name = escape_controls(key);
    const auto mistake = std::ranges::find(place.mistakes, key, &Mistake::key);
    if (mistake != place.mistakes.end()) {
      return faults_.fault(std::string{mistake->rule}, where,
                           fmt::format("nobody looks at {} in {}", name, place.name),
                           std::string{mistake->hint});
    }
    if (is_remark(key) || std::ranges::find(place.known, key) != place.known.end()) return;
    const auto meant = nearest(key, {place.known.begin(), place.known.end()});
    if (!meant && !place.is_closed) return;
    faults_.fault("unknown_key", where, fmt::format("{} has no {}", place.name, name),
                  meant ? fmt::format("Did you mean {}?", *meant) : "Remove it.");
  }

  Faults& faults_;
};

}  // namespace

std::vector<KnownKeys> known_keys() {
  std::vector<KnownKeys> all;
  for (const Place* place : {&kScript, &kConfig, &kHttp, &kTls, &kDefaults, &kPhase, &kPayload,
                             &kScenario, &kRequest, &kCapture}) {
    KnownKeys known{place->name, {}};
    for (const std::string_view key : place->known) {
      const bool is_mistake =
          std::ranges::find(place->mistakes, key, &Mistake::key) != place->mistakes.end();
      const bool is_elsewhere = std::ranges::find(kElsewhere, key) != std::end(kElsewhere);
      if (!is_mistake && !is_elsewhere) known.keys.push_back(key);
    }
    all.push_back(std::move(known));
  }
  return all;
}

void check_keys(Reading& reading, const YamlNode& script) {
  KeyCheck{reading.faults}.script(script);
}

}  // namespace pcx::load
