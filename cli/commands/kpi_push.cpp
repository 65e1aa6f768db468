// pcx kpi push: flags -> lib/kpi -> show.
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "cli/build_info.h"
#include "cli/commands/kpi_tools.h"
#include "core/error.h"
#include "core/file.h"
#include "core/text.h"
#include "http/clear_text.h"
#include "http/http_transport.h"
#include "kpi/push_key.h"
#include "kpi/push_newrelic.h"
#include "kpi/push_otlp.h"
#include "kpi/push_pushgateway.h"
#include "kpi/push_textfile.h"

namespace pcx::cli {

namespace {

// A key has no business being longer.
constexpr std::size_t kKeyBytesMax = 4096;

// NEW_RELIC_LICENSE_KEY is the name that New Relic's own agents, and the application, know.
constexpr const char* kKeyVariable = "NEW_RELIC_LICENSE_KEY";

// It stands in the environment for others' sake, too: no other target gets it.
bool takes_variable(const std::string& to, const std::string& url) {
  return to == "newrelic" || (to == "otlp" && kpi::is_new_relic_otlp(url));
}

std::optional<Secret> find_key(Context& context, const Values& values, const std::string& url) {
  if (const auto file = values.optional_text("--key-file")) {
    return Secret{std::string{trim(read_file(*file, kKeyBytesMax))}};
  }
  if (!takes_variable(values.text("--to"), url)) return std::nullopt;
  if (const auto key = context.environment().get(kKeyVariable); key && !key->empty()) {
    return Secret{*key};
  }
  return std::nullopt;
}

std::optional<Secret> key_in(Context& context, const Values& values, const std::string& url) {
  auto key = find_key(context, values, url);
  if (key) http::require_safe_for_key(url);
  return key;
}

std::string url_in(const Values& values, const char* otherwise) {
  if (const auto url = values.optional_text("--url")) return *url;
  if (otherwise != nullptr) return otherwise;
  throw Error{ErrorCode::usage, fmt::format("--to {} needs --url", values.text("--to")),
              "Give the address of the target, without its path: http://localhost:9091."};
}

std::vector<kpi::SecretHeader> headers_in(Context& context, const Values& values,
                                          const std::string& url) {
  std::vector<kpi::SecretHeader> headers;
  if (auto key = key_in(context, values, url)) {
    headers.push_back({values.text("--key-header"), std::move(*key)});
  }
  return headers;
}

using Deadline = std::chrono::steady_clock::time_point;

kpi::PushTools tools_in(Context& context, const Values& values, Deadline deadline) {
  const auto ca_file = values.optional_text("--ca-file");
  const Interrupt* const interrupt = &context.interrupt();
  const auto connect = [ca_file, interrupt](std::chrono::milliseconds total) {
    http::HttpOptions options;
    if (ca_file) options.ca_file = *ca_file;
    options.total_timeout = total;
    options.connect_timeout = std::min(options.connect_timeout, total);
    options.user_agent = fmt::format("pcx/{}", kVersion);
    return std::make_unique<http::HttpTransport>(options, interrupt);
  };
  return {.connect = connect,
          .clock = context.clock(),
          .random = context.random(),
          .interrupt = context.interrupt(),
          .deadline = deadline};
}

kpi::Outcome push(Context& context, const Values& values, const kpi::Report& report,
                  Deadline deadline) {
  const std::string& to = values.text("--to");
  if (to == "textfile") {
    const auto file = values.optional_text("--file");
    if (!file) {
      throw Error{ErrorCode::usage, "--to textfile needs --file",
                  "Name a file that ends with .prom, in the collector's folder."};
    }
    return push_textfile(report, *file);
  }
  const kpi::PushTools tools = tools_in(context, values, deadline);
  const std::string url = url_in(values, to == "newrelic" ? kpi::kNewRelicUrl : nullptr);
  if (to == "pushgateway") {
    return push_pushgateway(report,
                            {.url = url,
                             .job = values.text("--job"),
                             .headers = headers_in(context, values, url),
                             .delete_stale = values.flag("--delete-stale")},
                            tools);
  }
  if (to == "otlp") {
    return push_otlp(
        report,
        {.url = url, .version = std::string{kVersion}, .headers = headers_in(context, values, url)},
        tools);
  }
  auto key = key_in(context, values, url);
  if (!key) {
    throw Error{ErrorCode::config, "there is no license key for New Relic",
                fmt::format("Set {}, or name a file that holds it with --key-file.", kKeyVariable)};
  }
  return push_newrelic(report, {.url = url, .license_key = std::move(*key)}, tools);
}

Document texts(const std::vector<std::string>& all) {
  Document list = Document::array();
  for (const std::string& each : all) list.add(escape_controls(each));
  return list;
}

Outcome shown(const kpi::Outcome& outcome, const kpi::Report& report) {
  Document document = Document::object();
  document.set("bodies", outcome.bodies);
  document.set("points", outcome.points);
  document.set("dropped", outcome.dropped);
  document.set("deleted", outcome.deleted);
  document.set("receipts", texts(outcome.receipts));
  document.set("warnings", texts(outcome.warnings));
  std::string summary = fmt::format("{} sent.", counted(outcome.points, "number"));
  if (outcome.dropped > 0) summary += fmt::format(" {} not.", outcome.dropped);
  Finding finding = finding_of(report);
  if (outcome.dropped > 0 && finding == Finding::ok) finding = Finding::warning;
  return {Tree{std::move(document), std::move(summary)}, finding};
}

void require_all_tenants(const Values& values) {
  if (!values.flag("--delete-stale") || !values.has("--tenant")) return;
  throw Error{ErrorCode::usage, "--delete-stale and --tenant contradict one another",
              "Groups of the other tenants would be deleted: push all of them."};
}

Outcome run_push(Context& context, const Values& values) {
  const Deadline deadline = context.clock().steady_now() + values.duration("--deadline");
  require_all_tenants(values);
  const auto catalog = kpi_catalog(values);
  kpi::ReportRequest request = kpi_request(context, values, *catalog, values.flag("--wide"));
  request.days = kpi_days(values, kpi::DaysAsked::Which::today);
  request.limits.deadline = deadline;
  request.has_comparisons = false;
  request.has_runtime = true;
  // A group of yesterday must not outlive the last row of no tenant.
  request.always_rest = values.text("--to") == "pushgateway";
  const kpi::Reading reading = read_report(context.database(), catalog, request, context.clock());
  say_left_out(context, reading);
  return shown(push(context, values, reading.report, deadline), reading.report);
}

std::vector<Opt> push_options() {
  std::vector<Opt> options = {
      {.name = "--to",
       .type = Type::choice,
       .metavar = "TARGET",
       .help = "what takes them",
       .choices = {"otlp", "newrelic", "pushgateway", "textfile"},
       .config_key = "kpi.push.to",
       .required = true},
      {.name = "--url",
       .metavar = "URL",
       .help = "the target's address, without its path (newrelic: https://metric-api.newrelic.com)",
       .environment = "PCX_KPI_PUSH_URL",
       .config_key = "kpi.push.url"},
      {.name = "--file",
       .type = Type::file,
       .metavar = "FILE",
       .help = "textfile: the file, *.prom"},
      {.name = "--key-file",
       .type = Type::file,
       .metavar = "FILE",
       .help = "file with the target's key (New Relic's: else NEW_RELIC_LICENSE_KEY)",
       .environment = "PCX_KPI_PUSH_KEY_FILE",
       .config_key = "kpi.push.key_file"},
      {.name = "--key-header",
       .metavar = "NAME",
       .help = "otlp, pushgateway: the header that the key goes into",
       .fallback = "api-key"},
      {.name = "--ca-file",
       .type = Type::file,
       .metavar = "FILE",
       .help = "trust these certificate authorities instead of the system's"},
      {.name = "--job", .metavar = "NAME", .help = "pushgateway: the job", .fallback = "pcx_kpi"},
      {.name = "--delete-stale",
       .type = Type::flag,
       .help = "pushgateway: delete groups of tenants that are gone"}};
  for (Opt& option : kpi_day_options(false)) options.push_back(option);
  for (Opt& option : kpi_question_options()) {
    if (option.name == "--deadline") {
      option.help = "how long reading and sending may take together";
      option.fallback = "50s";
    }
    options.push_back(option);
  }
  return options;
}

}  // namespace

std::vector<Cmd> kpi_push_commands() {
  return {
      {.path = "kpi push",
       .summary = "Send the numbers of a day to a monitoring system",
       .detail =
           "Of today, unless another day is named. otlp: any collector that takes OTLP over "
           "HTTP, in JSON. newrelic: the Metric API, as custom metrics "
           "(Custom/Appointments/Created, Custom/Revenue/Daily). pushgateway: a group a "
           "tenant, replaced as a whole. textfile: a file for node_exporter, replaced in one "
           "step.\n\nWhat is not known is not sent, so that nobody takes it for 0. Answers "
           "that ask for patience (429, 503) are heeded until --deadline.\n\nKeys come from a "
           "file; New Relic's also from NEW_RELIC_LICENSE_KEY, which no other target gets "
           "(with otlp: no other host than nr-data.net). They are shown nowhere, and sent "
           "over http:// to this machine only.",
       .options = push_options(),
       .examples = {{"pcx kpi push --to pushgateway --url http://localhost:9091", "today"},
                    {"pcx kpi push --to textfile --file /var/lib/prometheus/node-exporter/pcx.prom",
                     "for node_exporter"},
                    {"pcx kpi push --to newrelic --yesterday",
                     "to New Relic, in the United States"}},
       .exits = {{0, "all that is known was sent"},
                 {1, "some KPIs failed, or some numbers were refused"},
                 {3, "all KPIs failed"},
                 {64, "options that do not go together"},
                 {65, "the target refused what was sent"},
                 {69, "the target cannot be reached"},
                 {75, "another 'pcx kpi push' is at it, or the target was busy up to the deadline"},
                 {77, "the target refused the key"},
                 {78,
                  "no key, a key in clear text, no time zone, or the address is another one's"}},
       .needs = Needs::database_state,
       .locks = {&kpi::kPushLock},
       .run = run_push}};
}

}  // namespace pcx::cli
