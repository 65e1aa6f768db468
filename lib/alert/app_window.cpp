#include <array>
#include <chrono>

#include "alert/app_reading.h"

namespace pcx::alert {
namespace {

using namespace std::chrono_literals;

struct Window {
  const char* name;
  std::chrono::milliseconds length;
};

constexpr std::array<Window, 8> kWindows{{{"5m", 5min},
                                          {"30m", 30min},
                                          {"1h", 1h},
                                          {"2h", 2h},
                                          {"6h", 6h},
                                          {"1d", 24h},
                                          {"3d", 72h},
                                          {"30d", 720h}}};

constexpr std::array kHealthStems{"pcx_app_unavailable_ratio"};
constexpr std::array kCounterStems{"pcx_app_requests", "pcx_app_error_ratio",
                                   "pcx_app_latency_p95_seconds"};

std::string name_of(const char* stem, const Window& window) {
  return std::string{stem} + ":" + window.name;
}

template <typename Stems>
std::vector<std::string> names_of(const Stems& stems) {
  std::vector<std::string> names;
  for (const char* stem : stems) {
    for (const Window& window : kWindows) names.push_back(name_of(stem, window));
  }
  return names;
}

// What a window needs of its two readings.
struct Point {
  Time at{};
  double looks = 0, unready = 0;
  std::optional<AppCounters> counters;
};

Point point_of(const Reading& reading) {
  const AppState state = state_of({reading});
  const Document* const counters = reading.values.find("counters");
  return {.at = reading.at,
          .looks = state.looks,
          .unready = state.unready,
          .counters = counters == nullptr ? std::nullopt : counters_of(*counters)};
}

// The point nearest to the window's begin, a tenth later at most, its length earlier at most;
// nullptr: none.
const Point* begin_of(const std::vector<Point>& points, const Window& window, bool wants_counters) {
  const Time wanted = points.back().at - window.length;
  const Point* nearest = nullptr;
  for (const Point& each : points) {
    const bool fits = each.at >= wanted - window.length && each.at <= wanted + window.length / 10;
    if (!fits || (wants_counters && !each.counters)) continue;
    const auto distance = std::chrono::abs(each.at - wanted);
    if (nearest == nullptr || distance < std::chrono::abs(nearest->at - wanted)) nearest = &each;
  }
  return nearest;
}

void add_availability(const std::vector<Point>& points, const Window& window, InputSet& inputs) {
  const Point* const begin = begin_of(points, window, false);
  if (begin == nullptr) return;
  const double looks = points.back().looks - begin->looks;
  const double unready = points.back().unready - begin->unready;
  // Less is there only where two memories, each with its own counts, were merged.
  if (looks <= 0 || unready < 0 || unready > looks) return;
  inputs.add(name_of(kHealthStems[0], window), {}, unready / looks);
}

void add_counters(const std::vector<Point>& points, const Window& window, InputSet& inputs) {
  const Point* const begin = begin_of(points, window, true);
  if (begin == nullptr || !points.back().counters) return;
  const auto counted = difference(*points.back().counters, *begin->counters);
  if (!counted) return;
  inputs.add(name_of(kCounterStems[0], window), {}, counted->requests);
  inputs.add(name_of(kCounterStems[1], window), {}, counted->errors / counted->requests);
  inputs.add(name_of(kCounterStems[2], window), {}, histogram_quantile(0.95, counted->buckets));
}

}  // namespace

std::vector<std::string> health_window_metrics() { return names_of(kHealthStems); }
std::vector<std::string> counter_window_metrics() { return names_of(kCounterStems); }

void add_windows(const std::vector<Reading>& readings, InputSet& inputs) {
  std::vector<Point> points;
  for (const Reading& each : readings) points.push_back(point_of(each));
  for (const Window& window : kWindows) {
    add_availability(points, window, inputs);
    add_counters(points, window, inputs);
  }
}

}  // namespace pcx::alert
