#include "load/script_differences.h"

namespace pcx::load {

namespace {

constexpr Difference kDifferences[] = {
    {"default_headers", "default headers with variables",
     "renders them before there are users: \"undefined\"", "renders them for each request"},
    {"ensure_without_plugin", "config.ensure without the plugin", "judges nothing and ends with 0",
     "judges it"},
    {"environment_phases", "an environment with fewer phases than the script",
     "runs the script's last ones as well", "runs those of the environment"},
    {"expect_without_plugin", "expect without the plugin", "checks nothing", "checks it"},
    {"fractional_duration", "a duration with a fraction", "cannot read it", "reads it"},
    {"fractional_rate", "a rate with a fraction", "stops with an assertion", "keeps the rate"},
    {"fractional_think", "think: 0.5", "thinks one millisecond", "thinks half a second"},
    {"framing_header", "content-length, transfer-encoding as headers", "sends what is written",
     "sends the length of the body"},
    {"grouped_urls", "groupDynamicURLs: false", "measures each rendered url",
     "measures by the url in the script"},
    {"header_case", "a captured header with capitals", "never finds it", "does not look at case"},
    {"hook_skipped", "a JavaScript hook, with --skip-hooks", "runs it", "leaves it out"},
    {"javascript_operator", "&& || === in a condition",
     "cannot read the condition and sends the request always", "does what is written"},
    {"old_metric_name", "a metric's name of Artillery 1", "fails the check", "takes today's name"},
    {"parallel_without_pool", "parallel", "sends one request after another over one connection",
     "opens more connections"},
    {"pcx_function", "a function of pcx's own", "sends \"undefined\"", "calls it"},
    {"proxy", "HTTP_PROXY and HTTPS_PROXY", "sends requests through the proxy",
     "asks the target itself"},
    {"qs_replaces_query", "qs: beside a query in the url", "drops the url's own query",
     "sends both"},
    {"shared_loop_variable", "a loop in a loop, both with one $loopCount",
     "counts the rounds of both with it", "keeps them apart"},
    {"thresholds_map", "thresholds: as a map", "judges nothing", "judges it"},
    {"yaml_base_60", "12:30 without quotes", "sends a number to the base 60",
     "sends what is written"},
    {"yaml_date", "a date without quotes", "sends an instant", "sends what is written"},
};

constexpr Refusal kRefusals[] = {
    {"engine", "engines other than http, and their steps", "There is nothing instead."},
    {"hook", "JavaScript: processor functions as hooks, steps, conditions",
     "`set:`, `check:` and functions like $uuid() do most of what hooks do; --skip-hooks leaves "
     "them out."},
    {"plugin", "plugins that publish, and those of others",
     "expect, ensure, apdex, metrics-by-endpoint and fake-data are known; what was measured is in "
     "the reports."},
    {"capture_kind", "captures by selector, xpath and jmespath",
     "Capture by json, regexp or header; a regexp can read HTML, too."},
    {"capture_template", "a JSONPath with a variable in it",
     "Capture the list, and take an element of it."},
    {"weight_template", "a weight that differs from user to user", "Write a number."},
    {"tls_inline", "keys and certificates in the script itself", "Name files."},
    {"tls_pfx", "keys and certificates in PKCS #12 files (pfx)", "Name them as PEM files."},
    {"url_credentials", "users and passwords in urls (user:pass@)",
     "Write `auth: {user: ..., pass: ...}` beside the url."},
    {"csv_option", "options of csv-parse other than the common ones",
     "delimiter, quote, escape, comment, trim, cast, skip_empty_lines, relax_column_count and "
     "from_line are known."},
};

}  // namespace

std::span<const Difference> differences() { return kDifferences; }
std::span<const Refusal> refusals() { return kRefusals; }

}  // namespace pcx::load
