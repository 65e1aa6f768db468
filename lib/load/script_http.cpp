#include "load/script_http.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "core/ascii.h"
#include "core/text.h"
#include "http/url.h"
#include "load/script_tree.h"

namespace pcx::load {

namespace {

constexpr const char* kUserAgent = "Artillery (https://artillery.io)";
// What Artillery's HTTP client sends where the script has default headers of its own.
constexpr const char* kGotUserAgent = "got (https://github.com/sindresorhus/got)";
constexpr double kSecondsMax = 86'400;
constexpr double kConnectionsMax = 1'000'000;

// config.http.defaults.KEY goes before config.defaults.KEY, as a whole.
const YamlNode* find_default(const YamlNode& config, std::string_view key) {
  if (const YamlNode* http = find_value(config, "http")) {
    if (const YamlNode* defaults = find_value(*http, "defaults")) {
      if (const YamlNode* found = find_value(*defaults, key)) return found;
    }
  }
  const YamlNode* defaults = find_value(config, "defaults");
  return defaults != nullptr ? find_value(*defaults, key) : nullptr;
}

void check_target(Reading& reading, const YamlNode& node, const std::string& target) {
  std::string problem;
  try {
    http::parse_url(target);
  } catch (const Error& error) {
    problem = error.what();
  }
  if (!problem.empty()) {
    return reading.faults.refuse("bad_target", node.place,
                                 fmt::format("the target cannot be used: {}", problem),
                                 "Write http://host:port or https://host, or pass it with -t.");
  }
  if (!target.ends_with('/')) return;
  reading.faults.fault(
      "target_slash", node.place,
      "the target ends with a slash, and so do all paths begin: //path is asked for",
      "Leave out the last slash.");
}

void read_target(Reading& reading, const YamlNode& config) {
  const YamlNode* node = find_value(config, "target");
  if (node == nullptr) return;  // fine, as long as all urls are absolute
  const auto text = read_text(reading, *node, "target");
  if (!text) return;
  check_target(reading, *node, *text);
  reading.plan.target = *text;
}

void read_timeout(Reading& reading, const YamlNode& config) {
  const YamlNode* http = find_value(config, "http");
  const YamlNode* node = find_value(config, "timeout");
  if (node == nullptr && http != nullptr) node = find_value(*http, "timeout");
  if (node == nullptr) return;
  const auto seconds = read_number(reading, *node, "timeout");
  if (!seconds || *seconds == 0) return;  // 0 is the default, as Artillery has it
  if (*seconds < 0 || *seconds > kSecondsMax) {
    return reading.faults.refuse("bad_number", node->place,
                                 "a timeout of less than 0 or over a day", "Write it in seconds.");
  }
  if (*seconds >= 1000) {
    reading.faults.fault("timeout_in_seconds", node->place,
                         fmt::format("a timeout of {} seconds", escape_controls(node->text)),
                         "Timeouts are in seconds, not in milliseconds.");
  }
  reading.plan.http.timeout = nanoseconds{std::llround(*seconds * 1e9)};
}

void read_default_headers(Reading& reading, const YamlNode& config) {
  const YamlNode* node = find_default(config, "headers");
  auto& headers = reading.default_headers;
  if (node == nullptr) {
    headers.push_back({"user-agent", Template{{std::string{kUserAgent}}}});
    return;
  }
  bool has_templates = false;
  for (auto& [name, value] : read_templates(reading, *node, "headers")) {
    has_templates = has_templates || !value.is_literal();
    set_header(headers, name, std::move(value));
  }
  if (has_templates) {
    reading.faults.differs("default_headers", node->place,
                           "Artillery renders default headers before there are users: their "
                           "variables are \"undefined\"",
                           "pcx renders them for each request.");
  }
  const bool has_agent = std::ranges::any_of(
      headers, [](const HeaderTemplate& header) { return header.name == "user-agent"; });
  if (!has_agent) headers.push_back({"user-agent", Template{{std::string{kGotUserAgent}}}});
}

void read_defaults(Reading& reading, const YamlNode& config) {
  read_default_headers(reading, config);
  if (const YamlNode* cookie = find_default(config, "cookie")) {
    reading.plan.http.cookies = read_templates(reading, *cookie, "cookie");
  }
  if (const YamlNode* strict = find_default(config, "strictCapture")) {
    reading.strict_capture = read_flag(reading, *strict, "strictCapture").value_or(true);
  }
  const YamlNode* think = find_default(config, "think");
  const YamlNode* jitter = think != nullptr ? find_value(*think, "jitter") : nullptr;
  if (jitter != nullptr) reading.default_jitter = read_template(reading, *jitter);
}

void read_pool(Reading& reading, const YamlNode& http) {
  const YamlNode* pool = find_value(http, "pool");
  if (pool == nullptr) return;
  const auto size = read_number(reading, *pool, "pool");
  if (!size) return;
  if (*size < 0 || *size > kConnectionsMax || *size != std::trunc(*size)) {
    return reading.faults.refuse("bad_number", pool->place, "pool is no number of connections",
                                 "Write a whole number.");
  }
  reading.plan.http.pool = static_cast<std::size_t>(*size);
}

void read_tracing(Reading& reading, const YamlNode& node) {
  HttpOptions& http = reading.plan.http;
  if (!is_map(node)) {
    http.trace_parent = read_flag(reading, node, "distributedTracing").value_or(false);
    return;
  }
  http.trace_parent = true;
  if (const YamlNode* enabled = find_value(node, "enabled")) {
    http.trace_parent = read_flag(reading, *enabled, "enabled").value_or(false);
  }
  if (const YamlNode* sampled = find_value(node, "sampled")) {
    http.trace_sampled = read_flag(reading, *sampled, "sampled").value_or(true);
  }
  const YamlNode* prefix = find_value(node, "traceIdPrefix");
  if (prefix == nullptr) return;
  std::string digits;
  for (const char c : read_text(reading, *prefix, "traceIdPrefix").value_or("")) {
    const char lower = to_lower_ascii(c);
    if (std::isxdigit(static_cast<unsigned char>(lower)) != 0 && digits.size() < 8) digits += lower;
  }
  if (!digits.empty()) http.trace_id_prefix = digits;
}

void read_tls_file(Reading& reading, const YamlNode& tls, const char* key, std::string& file) {
  const YamlNode* node = find_value(tls, key);
  if (node == nullptr) return;
  const auto text = read_text(reading, *node, key);
  if (!text) return;
  if (text->find("-----BEGIN") != std::string::npos) {
    return reading.faults.refuse("tls_inline", node->place,
                                 fmt::format("{} holds a key or a certificate itself", key),
                                 "Write it into a file, and name the file here.");
  }
  file = (reading.file.parent_path() / *text).native();
}

void read_tls(Reading& reading, const YamlNode& tls) {
  if (!require_map(reading, tls, "tls")) return;
  TlsOptions& made = reading.plan.http.tls;
  if (const YamlNode* verify = find_value(tls, "rejectUnauthorized")) {
    made.verify = read_flag(reading, *verify, "rejectUnauthorized").value_or(true);
  }
  if (const YamlNode* pfx = find_value(tls, "pfx")) {
    reading.faults.refuse("tls_pfx", pfx->place, "a key and its certificate in one PKCS #12 file",
                          "Take it apart with `openssl pkcs12`, and name the files as `key` and "
                          "`certificate`.");
  }
  read_tls_file(reading, tls, "certificateAuthority", made.ca_file);
  read_tls_file(reading, tls, "certificate", made.certificate_file);
  read_tls_file(reading, tls, "key", made.key_file);
  if (const YamlNode* passphrase = find_value(tls, "passphrase")) {
    made.passphrase = read_text(reading, *passphrase, "passphrase").value_or("");
  }
}

// --- Plugins

void read_expect_plugin(Reading& reading, const YamlNode& node) {
  const auto flag = [&](const char* key) {
    const YamlNode* found = is_map(node) ? find_value(node, key) : nullptr;
    return found != nullptr && read_flag(reading, *found, key).value_or(false);
  };
  reading.has_expect_plugin = true;
  reading.plan.expectations_are_errors = flag("reportFailuresAsErrors");
  reading.expects_200 = flag("expectDefault200");
}

void read_endpoint_plugin(Reading& reading, const YamlNode& node) {
  const auto flag = [&](const char* key, bool otherwise) {
    const YamlNode* found = is_map(node) ? find_value(node, key) : nullptr;
    return found != nullptr ? read_flag(reading, *found, key).value_or(otherwise) : otherwise;
  };
  reading.only_request_names = flag("useOnlyRequestNames", false);
  reading.unnamed_endpoints = !flag("ignoreUnnamedRequests", false);
  reading.whole_urls = !flag("stripQueryString", false);
  const bool is_grouped = flag("groupDynamicURLs", true);
  if (!is_grouped) {
    reading.faults.differs(
        "grouped_urls", node.place, "Artillery would measure each rendered url by itself",
        "pcx measures by the url as the script has it; give requests a `name:`.");
  }
}

void read_apdex(Reading& reading, const YamlNode& config, const YamlNode* plugin) {
  const YamlNode* options = find_value(config, "apdex");
  if (options == nullptr && plugin == nullptr) return;
  reading.plan.apdex = std::chrono::milliseconds{500};
  if (options == nullptr || !is_map(*options)) options = plugin;
  const YamlNode* node =
      options != nullptr && is_map(*options) ? find_value(*options, "threshold") : nullptr;
  if (node == nullptr) return;
  const auto threshold = read_number(reading, *node, "threshold");
  if (threshold && *threshold > 0 && *threshold < kSecondsMax * 1000) {
    reading.plan.apdex = nanoseconds{std::llround(*threshold * 1e6)};
  }
}

bool is_known_plugin(std::string_view name) {
  constexpr std::string_view kKnown[] = {"expect", "ensure", "apdex", "metrics-by-endpoint",
                                         "fake-data"};
  return std::ranges::find(kKnown, name) != std::end(kKnown);
}

void refuse_plugins(Reading& reading, const YamlNode& plugins) {
  for (std::size_t i = 0; i < plugins.members.size(); ++i) {
    const std::string& name = plugins.members[i].first;
    if (is_known_plugin(name)) continue;
    const auto meant = nearest(name, {"expect", "ensure", "apdex", "metrics-by-endpoint"});
    reading.faults.refuse("plugin", plugins.key_places[i],
                          fmt::format("pcx has no plugin {}", escape_controls(name)),
                          meant ? fmt::format("Did you mean {}?", *meant)
                                : "Remove it; what pcx measures is in its reports.");
  }
}

void refuse_engines(Reading& reading, const YamlNode& config) {
  const YamlNode* engines = find_value(config, "engines");
  if (engines == nullptr) return;
  for (std::size_t i = 0; i < engines->members.size(); ++i) {
    if (engines->members[i].first == "http") continue;
    reading.faults.refuse(
        "engine", engines->key_places[i],
        fmt::format("pcx has no engine {}", escape_controls(engines->members[i].first)),
        "pcx runs scenarios over HTTP.");
  }
}

}  // namespace

void read_http(Reading& reading, const YamlNode& config) {
  read_target(reading, config);
  read_timeout(reading, config);
  read_defaults(reading, config);
  if (const YamlNode* http = find_value(config, "http"); http && is_map(*http)) {
    read_pool(reading, *http);
    if (const YamlNode* extended = find_value(*http, "extendedMetrics")) {
      reading.plan.http.extended_metrics =
          read_flag(reading, *extended, "extendedMetrics").value_or(false);
    }
    const YamlNode* tracing = find_value(*http, "distributedTracing");
    if (tracing != nullptr) read_tracing(reading, *tracing);
  }
  if (const YamlNode* tls = find_value(config, "tls")) read_tls(reading, *tls);
}

void read_plugins(Reading& reading, const YamlNode& config) {
  refuse_engines(reading, config);
  const YamlNode* plugins = find_value(config, "plugins");
  const YamlNode none;
  if (plugins == nullptr || !require_map(reading, *plugins, "plugins")) plugins = &none;
  refuse_plugins(reading, *plugins);
  if (const YamlNode* expect = plugins->find("expect")) {
    read_expect_plugin(reading, *expect);
  }
  if (const YamlNode* endpoints = plugins->find("metrics-by-endpoint")) {
    read_endpoint_plugin(reading, *endpoints);
  }
  read_apdex(reading, config, plugins->find("apdex"));
}

}  // namespace pcx::load
