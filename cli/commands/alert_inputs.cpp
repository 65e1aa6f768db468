#include "cli/commands/alert_inputs.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "alert/app.h"
#include "alert/health.h"
#include "cli/commands/alert_kpis.h"
#include "cli/commands/kpi_tools.h"
#include "core/error.h"
#include "core/file.h"
#include "core/text.h"
#include "http/http_transport.h"
#include "load/metric.h"
#include "load/result.h"

namespace pcx::cli {

namespace {

using alert::InputSet;

constexpr std::size_t kResultBytesMax = std::size_t{1} << 30;
constexpr std::string_view kLoadInput = "load";
constexpr int kAppRequestsMax = 5;  // live, ready, metrics; a login, and metrics once more
constexpr const char* kNoTime = "there was no time left for it";

// What a load test has measured, by the name that rules have for it. Seconds and ratios.
struct LoadMetric {
  const char* name;
  const char* of;  // load::metric_of()
  double factor;   // milliseconds to seconds
};
constexpr LoadMetric kLoadMetrics[] = {
    {"pcx_load_response_time_median_seconds", "http.response_time.median", 1e-3},
    {"pcx_load_response_time_p95_seconds", "http.response_time.p95", 1e-3},
    {"pcx_load_response_time_p99_seconds", "http.response_time.p99", 1e-3},
    {"pcx_load_requests", "http.requests", 1},
    {"pcx_load_users_created", "vusers.created", 1},
    {"pcx_load_users_failed", "vusers.failed", 1},
};
constexpr const char* kLoadErrorRatio = "pcx_load_error_ratio";

bool asks_for(const std::vector<alert::Selector>& selectors, std::string_view prefix) {
  return std::ranges::any_of(
      selectors, [&](const alert::Selector& each) { return each.name.starts_with(prefix); });
}

// --metric makes a rule without a name.
std::string prefix_of(const alert::Rule& rule) {
  return rule.alert.empty() ? "" : fmt::format("rule {}: ", escape_controls(rule.alert));
}

// `all` is asked for only to help with one that is not known.
void require_known(const std::vector<alert::Rule>& rules, const InputSet& inputs,
                   const std::function<std::vector<std::string>()>& all) {
  for (const alert::Rule& rule : rules) {
    for (const alert::Selector& selector : alert_selectors({rule})) {
      if (inputs.knows(selector.name)) continue;
      const auto metrics = all();
      const auto near = nearest(selector.name, metrics);
      throw Error{
          ErrorCode::data,
          fmt::format("{}there is no metric {}", prefix_of(rule), escape_controls(selector.name)),
          near ? fmt::format("Did you mean {}? 'pcx alert list --metrics' shows all.", *near)
               : "'pcx alert list --metrics' shows those there are."}
          .at(rule.place)
          .because("metric");
    }
  }
}

// Answers of 500 and more, and requests without an answer, over all requests.
std::optional<double> error_ratio(const load::Result& result) {
  const auto count = [&](const std::string& name) {
    return load::metric_of(result, name).value.value_or(0);
  };
  const double requests = count("http.requests");
  if (requests <= 0) return std::nullopt;
  double bad = requests - count("http.responses");
  for (int status = 500; status < 600; ++status) bad += count(fmt::format("http.codes.{}", status));
  return bad / requests;
}

void know_load(InputSet& inputs) {
  for (const LoadMetric& each : kLoadMetrics) inputs.know(each.name, std::string{kLoadInput});
  inputs.know(kLoadErrorRatio, std::string{kLoadInput});
}

void read_load_file(const std::string& file, InputSet& inputs) {
  const load::Result result = load::parse_result(read_file(file, kResultBytesMax), file);
  const alert::Labels labels{{"result", std::filesystem::path{file}.stem().string()}};
  for (const LoadMetric& each : kLoadMetrics) {
    const auto value = load::metric_of(result, each.of).value;
    if (value) inputs.add(each.name, labels, *value * each.factor);
  }
  if (const auto ratio = error_ratio(result)) inputs.add(kLoadErrorRatio, labels, *ratio);
}

bool is_stop(const Error& error) {
  return error.code() == ErrorCode::interrupted || error.code() == ErrorCode::terminated;
}

void read_load(const std::vector<std::string>& files, InputSet& inputs) {
  try {
    for (const std::string& file : files) read_load_file(file, inputs);
  } catch (const Error& error) {
    if (is_stop(error)) throw;
    inputs.fail(std::string{kLoadInput}, error.what());
  }
}

KpiInput read_definitions(const Values& values, const Config& config) {
  const std::string folder = values.optional_text("--definitions").value_or("");
  KpiInput kpis{.catalog = std::make_shared<const kpi::Catalog>(kpi::read_catalog(folder)),
                .currency = config.text("kpi.currency").value_or("usd"),
                .metrics = {}};
  kpis.metrics = kpi_metrics(*kpis.catalog, kpis.currency);
  return kpis;
}

// One run's reading of KPIs.
class KpiReader {
 public:
  KpiReader(Context& context, const Values& values, db::Database& database, const KpiInput& kpis,
            const InputLimits& limits)
      : context_(context), values_(values), database_(database), kpis_(kpis), limits_(limits) {}

  void read(const std::vector<alert::Selector>& selectors, InputSet& inputs) {
    const KpiNeed need = kpi_need(selectors, *kpis_.catalog, kpis_.metrics);
    if (need.back.count() > 0 || values_.flag("--stored")) keep_past(need, inputs);
    if (!values_.flag("--stored")) ask(need.kpis, inputs);
  }

 private:
  void keep_past(const KpiNeed& need, InputSet& inputs) {
    const Time now = alert_now(context_.clock());
    const StoredScope scope{.kpis = need.kpis, .from = now - need.back - kStoredReach, .to = now};
    past_ = std::make_shared<StoredKpis>(database_, kpis_.catalog, kpis_.currency, scope,
                                         context_.clock());
    inputs.set_look_back(
        [past = past_](const std::string& metric, Time at) { return past->of_day(metric, at); });
    if (!values_.flag("--stored")) return;
    for (const auto& [metric, of] : kpis_.metrics) {
      for (const alert::Sample& sample : past_->newest(metric, now).value_or(alert::Samples{})) {
        inputs.add(metric, sample.labels, sample.value);
      }
    }
  }

  void ask(const std::vector<std::string>& names, InputSet& inputs) {
    kpi::ReportRequest request;
    request.zones = kpi_zones(context_.config(), values_.optional_text("--time-zone"));
    request.selection = kpi::select_definitions(*kpis_.catalog, names, true);
    request.currency = kpis_.currency;
    request.has_comparisons = false;
    request.now = context_.clock().wall_now();
    request.limits.statement = values_.duration("--timeout");
    if (limits_.until != InputLimits{}.until) request.limits.deadline = limits_.until;
    add_report(inputs,
               kpi::read_report(database_, kpis_.catalog, request, context_.clock()).report);
  }

  Context& context_;
  const Values& values_;
  db::Database& database_;
  const KpiInput& kpis_;
  const InputLimits& limits_;
  std::shared_ptr<const StoredKpis> past_;
};

// All but the KPIs.
void know_others(InputSet& inputs) {
  know_load(inputs);
  for (const alert::HealthMetric& each : alert::health_metrics()) {
    inputs.know(std::string{each.name}, std::string{alert::kHealthInput});
  }
  for (const std::string& each : alert::app_metrics()) {
    inputs.know(each, std::string{alert::kAppInput});
  }
}

void know_kpis(const KpiInput& kpis, InputSet& inputs) {
  for (const auto& [metric, of] : kpis.metrics) {
    inputs.know(metric, std::string{kKpiInput});
  }
}

void read_kpis(Context& context, const Values& values,
               const std::vector<alert::Selector>& selectors, const KpiInput& kpis,
               MaybeDatabase& database, const InputLimits& limits, InputSet& inputs) {
  if (!database.is_there()) {
    inputs.fail(std::string{kKpiInput}, database.why);
    return;
  }
  try {
    KpiReader{context, values, *database.database, kpis, limits}.read(selectors, inputs);
  } catch (const Error& error) {
    if (is_stop(error)) throw;
    const bool is_setting = error.code() == ErrorCode::config;
    inputs.fail(std::string{kKpiInput},
                error.what() + std::string{is_setting ? " (pcx kpi report says more)" : ""});
  }
}

bool has_time(Context& context, const InputLimits& limits) {
  return context.clock().steady_now() < limits.until;
}

void read_application(Context& context, const InputLimits& limits, alert::Memory& memory,
                      InputSet& inputs) {
  const auto config = alert::read_app_config(context.config());
  if (!config) return;
  if (!has_time(context, limits)) return inputs.fail(std::string{alert::kAppInput}, kNoTime);
  const Interrupt* const interrupt = &context.interrupt();
  const auto share = std::chrono::floor<std::chrono::milliseconds>(
      (limits.until - context.clock().steady_now()) / kAppRequestsMax);
  const auto connect = [interrupt, share](const alert::AppConfig& app) {
    http::HttpOptions options;
    if (!app.ca_file.empty()) options.ca_file = app.ca_file;
    options.total_timeout = std::min<std::chrono::milliseconds>(app.timeout, share);
    return std::make_unique<http::HttpTransport>(std::move(options), interrupt);
  };
  alert::read_app(*config,
                  {.connect = connect, .clock = context.clock(), .may_log_in = limits.may_log_in},
                  memory, inputs);
}

void read_database(MaybeDatabase& database, Context& context,
                   const std::vector<alert::Selector>& selectors, const InputLimits& limits,
                   InputSet& inputs) {
  const auto wants = [&selectors](std::string_view metric) {
    return std::ranges::find(selectors, metric, &alert::Selector::name) != selectors.end();
  };
  if (database.is_there()) {
    try {
      alert::read_health(*database.database, context.clock(), inputs,
                         {.wants = wants, .has_time = [&] { return has_time(context, limits); }});
      return;
    } catch (const Error& error) {
      const bool is_outage = error.code() == ErrorCode::unreachable ||
                             error.code() == ErrorCode::busy || error.code() == ErrorCode::io ||
                             error.code() == ErrorCode::permission;
      if (!is_outage) throw;
      database.lose(error.what());
    }
  }
  alert::read_health_without_database(database.why, inputs);
}

}  // namespace

std::vector<Opt> alert_input_options() {
  return {
      {.name = "--stored",
       .type = Type::flag,
       .help = "KPIs as 'pcx kpi record' kept them last, instead of as they are now"},
      {.name = "--load-result",
       .type = Type::file,
       .metavar = "FILE",
       .help = "result of a load test (load run --result); may be repeated",
       .config_key = "alert.load_results",
       .repeated = true},
      {.name = "--time-zone", .metavar = "NAME", .help = "whose days KPIs are of, for all tenants"},
      {.name = "--timeout",
       .type = Type::duration,
       .metavar = "TIME",
       .help = "how long one statement may take",
       .fallback = "10s"},
      kpi_definitions_option()};
}

std::vector<std::string> alert_metrics(const Values& values, const Config& config) {
  InputSet inputs;
  know_kpis(read_definitions(values, config), inputs);
  know_others(inputs);
  return inputs.metrics();
}

InputReader::InputReader(Context& context, const Values& values,
                         const std::vector<alert::Rule>& rules)
    : context_(context), values_(values), rules_(rules), selectors_(alert_selectors(rules)) {
  if (asks_for(selectors_, "pcx_kpi_")) kpis_ = read_definitions(values, context.config());
}

bool InputReader::asks_application() const { return asks_for(selectors_, "pcx_app_"); }

InputSet InputReader::read(MaybeDatabase& database, alert::Memory& memory,
                           const InputLimits& limits) {
  InputSet inputs;
  know_others(inputs);
  read_database(database, context_, selectors_, limits, inputs);
  if (kpis_) know_kpis(*kpis_, inputs);
  require_known(rules_, inputs, [&] { return alert_metrics(values_, context_.config()); });
  if (kpis_ && has_time(context_, limits)) {
    read_kpis(context_, values_, selectors_, *kpis_, database, limits, inputs);
  } else if (kpis_) {
    inputs.fail(std::string{kKpiInput}, kNoTime);
  }
  read_load(values_.texts("--load-result"), inputs);
  if (asks_application()) read_application(context_, limits, memory, inputs);
  return inputs;
}

}  // namespace pcx::cli
