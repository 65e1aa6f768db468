#include "alert/app.h"

#include <algorithm>
#include <chrono>

#include "alert/app_client.h"
#include "alert/app_counters.h"
#include "alert/app_reading.h"
#include "core/error.h"

namespace pcx::alert {
namespace {

const std::string kInput{kAppInput};
const std::string kMetricsInput{kAppMetricsInput};
const std::string kUp = "pcx_app_up";
const std::string kReady = "pcx_app_ready";
const std::string kCheck = "pcx_app_check";
const std::string kResident = "pcx_app_resident_bytes";
const std::string kBreaker = "pcx_app_circuit_breaker_state";

std::vector<std::string> health_metric_names() {
  std::vector<std::string> names = health_window_metrics();
  names.insert(names.end(), {kUp, kReady, kCheck});
  return names;
}

std::vector<std::string> counter_metric_names() {
  std::vector<std::string> names = counter_window_metrics();
  names.insert(names.end(), {kResident, kBreaker});
  return names;
}

void add_health(const AppHealth& health, InputSet& inputs) {
  inputs.add(kUp, {}, health.is_up ? 1 : 0);
  inputs.add(kReady, {}, health.is_ready ? 1 : 0);
  for (const auto& [name, holds] : health.checks) {
    inputs.add(kCheck, {{"check", name}}, holds ? 1 : 0);
  }
}

// Those that are as they are, each label set once.
void add_gauges(const std::vector<NamedSample>& samples, InputSet& inputs) {
  std::map<Labels, double> breakers;
  std::optional<double> resident;
  for (const auto& [name, sample] : samples) {
    if (name == "circuit_breaker_state") breakers[sample.labels] = sample.value;
    if (name == "process_resident_memory_bytes") resident = sample.value;
  }
  for (const auto& [labels, value] : breakers) inputs.add(kBreaker, labels, value);
  if (resident) inputs.add(kResident, {}, *resident);
}

void read_metrics(AppClient& client, Time now, AppState& state, InputSet& inputs) {
  const std::vector<NamedSample> samples = client.metrics();
  state.totals.add(process_of(samples), state.read_at);
  state.read_at = now;
  add_gauges(samples, inputs);
}

// What fails an input. The operator's stop is the end of all.
template <typename Work>
bool attempt(const std::string& input, InputSet& inputs, Work work) {
  try {
    work();
    return true;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted || error.code() == ErrorCode::terminated) throw;
    inputs.fail(input, error.what());
    return false;
  }
}

}  // namespace

std::vector<std::string> app_metrics() {
  std::vector<std::string> names = health_metric_names();
  for (std::string& name : counter_metric_names()) names.push_back(std::move(name));
  std::ranges::sort(names);
  return names;
}

void read_app(const AppConfig& config, const AppTools& tools, Memory& memory, InputSet& inputs) {
  for (const std::string& name : health_metric_names()) inputs.know(name, kInput);
  for (const std::string& name : counter_metric_names()) inputs.know(name, kMetricsInput);

  const Time now = std::chrono::floor<std::chrono::milliseconds>(tools.clock.wall_now());
  AppState state = state_of(memory.readings);
  AppHealth health;
  std::unique_ptr<http::Transport> transport;
  const bool is_read = attempt(kInput, inputs, [&] {
    transport = tools.connect(config);
    health = AppClient{config, *transport, now, state}.look();
  });
  if (!is_read) return inputs.fail(kMetricsInput, inputs.failures().at(kInput));
  add_health(health, inputs);
  state.looks += 1;
  state.unready += health.is_ready ? 0 : 1;

  attempt(kMetricsInput, inputs, [&] {
    if (config.credentials_file.empty()) {
      throw Error{ErrorCode::config, "alert.app has no credentials_file"};
    }
    if (!health.answers) throw Error{ErrorCode::unreachable, config.url + " does not answer"};
    AppClient client{config, *transport, now, state, tools.may_log_in};
    read_metrics(client, now, state, inputs);
  });
  append_reading(memory.readings, now, state);
  add_windows(memory.readings, inputs);
}

}  // namespace pcx::alert
