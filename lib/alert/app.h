// The application as an input: its /health/* and /metrics, which need an administrator's token.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alert/inputs.h"
#include "alert/memory.h"
#include "core/clock.h"
#include "core/config.h"
#include "http/client.h"

namespace pcx::alert {

inline constexpr std::string_view kAppInput = "app";                 // /health/*
inline constexpr std::string_view kAppMetricsInput = "app:metrics";  // /metrics

struct AppConfig {
  std::string url;  // "https://api.example.org", without a path
  std::filesystem::path
      credentials_file;              // two lines: e-mail, password; mode 0600. Empty: no /metrics
  std::filesystem::path token_file;  // where the token is kept, 0600
  std::filesystem::path ca_file;     // empty: the system's store
  std::chrono::milliseconds timeout{10'000};  // of one request
  bool operator==(const AppConfig&) const = default;
};

// `alert.app` of the configuration: url, credentials_file, token_file, ca_file, timeout ("10s");
// std::nullopt: not there. Throws Error{config} with its place: for a URL that has a path, or would
// carry a password in clear text (http:// to another machine), and for a credentials_file without a
// token_file.
std::optional<AppConfig> read_app_config(const Config& config);
// Keys of the configuration that this reads, for help and for the check of unknown ones.
std::vector<ConfigKey> app_config_keys();

struct AppTools {
  std::function<std::unique_ptr<http::Transport>(const AppConfig&)> connect;
  Clock& clock;
  // False: with a kept token or not at all, since what a refused login means for later runs is not
  // kept.
  bool may_log_in = true;
};

// Counters are cumulated since the process began; what rules want is what happened within a window.
// Readings are kept in the memory: at most one a minute for an hour, one in ten minutes for a day,
// one an hour for 31 days, and the newest.
//
// Metrics of kAppInput: pcx_app_up (1: /health/live answered 200); pcx_app_ready (1: /health/ready
// said so); pcx_app_check{check="database|redis"}; pcx_app_unavailable_ratio:<window> (the share of
// readings at which /health/ready did not say ready).
//
// Metrics of kAppMetricsInput: pcx_app_requests:<window>, pcx_app_error_ratio:<window> (answers of
// 500 and more over all), pcx_app_latency_p95_seconds:<window> (interpolated in the histogram's
// buckets as histogram_quantile() does); pcx_app_resident_bytes,
// pcx_app_circuit_breaker_state{...}. Ratio and latency of a window without requests are NaN, as in
// Prometheus: no comparison with them holds.
//
// `window` being "5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d" (of the name's last part, so that
// two of them can be put together by `and`). A window begins at the reading nearest to that long
// ago: a tenth shorter at most, twice as long at most; where there is none, it has no sample. A
// counter that fell was reset and counts from 0. Several processes behind one URL are told apart by
// when they began; the counts are then those of whichever were asked.
//
// 401: one new login, then kAppMetricsInput fails; 429: it fails, and is not asked before what
// Retry-After says. A login that was refused is tried again after 15 minutes, or when the file of
// the credentials has changed: the application locks an account after five tries. Both are kept in
// the newest reading. What cannot be read fails its input; an application that cannot be reached is
// a value of kAppInput. Throws Error{interrupted} and Error{terminated}.
void read_app(const AppConfig& config, const AppTools& tools, Memory& memory, InputSet& inputs);
std::vector<std::string> app_metrics();  // the names of all, sorted

}  // namespace pcx::alert
