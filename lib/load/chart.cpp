#include "load/chart.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/text.h"
#include "load/chart_frame.h"
#include "load/figures.h"

namespace pcx::load {

namespace {

using Anchor = Svg::Anchor;
using Point = Svg::Point;

constexpr std::size_t kPhasesMax = 12;  // that are marked
constexpr std::size_t kBarsMax = 10;
constexpr std::size_t kKindMax = 60, kBarNameMax = 30;  // characters

// By characters, with an ellipsis.
std::string shortened(const std::string& text, std::size_t characters_max) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) == 0x80) continue;
    if (++characters > characters_max) return text.substr(0, i) + "\xe2\x80\xa6";
  }
  return text;
}

// --- the rate

std::vector<Point> steps_of(const std::vector<Column>& columns, const Axis& x, const Axis& y,
                            std::int64_t Column::*count) {
  std::vector<Point> points;
  for (const Column& column : columns) {
    const double rate = static_cast<double>(column.*count) / column.length_s;
    points.emplace_back(x.at(column.start_s), y.at(rate));
    points.emplace_back(x.at(column.start_s + column.length_s), y.at(rate));
  }
  return points;
}

double highest_rate(const std::vector<Column>& columns) {
  double highest = 1;
  for (const Column& column : columns) {
    const auto most = std::max({column.planned, column.started, column.errors});
    highest = std::max(highest, static_cast<double>(most) / column.length_s);
  }
  return highest;
}

// Their starts, and as much of their names as there is room for.
void draw_phases(Svg& svg, const std::vector<PhaseResult>& phases, const Axis& x) {
  if (phases.size() > kPhasesMax) return;
  for (const PhaseResult& phase : phases) {
    const double from = x.at(static_cast<double>(phase.start_us) / 1e6);
    const double to = x.at(static_cast<double>(phase.start_us + phase.length_us) / 1e6);
    svg.line({from, Frame::kTop - 18}, {from, Frame::kBottom}, "phase");
    const auto room = static_cast<std::size_t>(std::max(0.0, (to - from - 12) / Frame::kLetter));
    if (room < 3 || phase.name.empty()) continue;
    svg.text({from + 5, Frame::kTop - 6}, Anchor::start, shortened(phase.name, room), "tick");
  }
}

std::vector<Svg::Hint> hints_of(const std::vector<Column>& columns, const Axis& x) {
  std::vector<Svg::Hint> hints;
  for (const Column& column : columns) {
    hints.push_back(hint_of(column, x,
                            fmt::format("{} users asked for, {} started, {} requests, {} errors",
                                        grouped(column.planned), grouped(column.started),
                                        grouped(column.requests), grouped(column.errors))));
  }
  return hints;
}

std::string rate_description(const std::vector<Column>& columns, double highest) {
  std::int64_t planned = 0, started = 0, errors = 0;
  for (const Column& column : columns) {
    planned += column.planned;
    started += column.started;
    errors += column.errors;
  }
  return fmt::format("{} users asked, {} started, {} errors; at most {} a second.",
                     grouped(planned), grouped(started), grouped(errors),
                     grouped(std::llround(highest)));
}

// --- percentiles

// On a scale where each nine is as wide: 0 %, 90 %, 99 %, 99.9 %.
double percent_of(double nines) { return 100 * (1 - std::pow(10, -nines)); }

// From 0 to the last percentile that is not the maximum alone.
std::vector<Point> curve_of(const Histogram& times, const Axis& x, const Axis& y) {
  std::vector<Point> points;
  if (times.is_empty()) return points;
  const double nines_max = std::log10(static_cast<double>(times.count()));
  constexpr int steps = 120;
  for (int i = 0; i <= steps; ++i) {
    const double nines = nines_max * i / steps;
    points.emplace_back(x.at(nines),
                        y.at(static_cast<double>(times.percentile(percent_of(nines)))));
  }
  points.emplace_back(x.at(nines_max), y.at(static_cast<double>(times.max())));
  return points;
}

struct Nine {
  double nines;
  const char* name;
};
const Nine kNines[] = {
    {0, "0"},      {1 - std::log10(5), "p50"}, {1, "p90"}, {2, "p99"}, {3, "p99.9"}, {4, "p99.99"},
    {5, "p99.999"}};

void draw_nines(Svg& svg, const Axis& x, double nines_max) {
  for (const Nine& nine : kNines) {
    if (nine.nines > nines_max) break;
    const double at = x.at(nine.nines);
    svg.line({at, Frame::kTop}, {at, Frame::kBottom}, "grid");
    draw_centred(svg, {at, Frame::kBottom + 20}, nine.name, "tick");
  }
}

// The figures at the marks of the axis.
void draw_values(Svg& svg, const Histogram& times, const Axis& x, const Axis& y) {
  if (times.is_empty()) return;
  const double nines_max = std::log10(static_cast<double>(times.count()));
  double free_from = 0;
  for (const Nine& nine : kNines) {
    if (nine.nines == 0 || nine.nines > nines_max) continue;
    const std::int64_t value = times.percentile(percent_of(nine.nines));
    const std::string text = ms_text(value) + " ms";
    const Point at{x.at(nine.nines), y.at(static_cast<double>(value))};
    const double width = Frame::kLetter * static_cast<double>(text.size());
    const double right = std::min(at.first + width / 2, double{Frame::kWidth});
    if (right - width < free_from) continue;
    free_from = right;
    svg.dot(at, 3.5, "value");
    draw_centred(svg, {at.first, at.second - 9}, text, "value");
  }
}

std::string percentiles_text(const char* name, const Histogram& times) {
  if (times.is_empty()) return fmt::format("{}: never measured.", name);
  return fmt::format("{}: p50 {} ms, p90 {} ms, p99 {} ms, p99.9 {} ms, max {} ms.", name,
                     ms_text(times.percentile(50)), ms_text(times.percentile(90)),
                     ms_text(times.percentile(99)), ms_text(times.percentile(99.9)),
                     ms_text(times.max()));
}

// --- errors

std::vector<Counted> failures_of(const Result& result) {
  std::vector<Counted> found = counters_below(result.counters, "errors.");
  for (const Counted& code : counters_below(result.counters, "http.codes.")) {
    if (code.name >= "400") found.push_back({"HTTP " + code.name, code.count});
  }
  std::erase_if(found, [](const Counted& one) { return one.count == 0; });
  for (Counted& kind : found) kind.name = shortened(kind.name, kKindMax);
  std::stable_sort(found.begin(), found.end(),
                   [](const Counted& one, const Counted& two) { return one.count > two.count; });
  if (found.size() <= kBarsMax) return found;
  Counted others{fmt::format("{} other kinds", found.size() - kBarsMax + 1), 0};
  for (std::size_t i = kBarsMax - 1; i < found.size(); ++i) others.count += found[i].count;
  found.resize(kBarsMax - 1);
  found.push_back(others);
  return found;
}

std::string share_of_requests(const Result& result, std::int64_t count) {
  const std::int64_t requests = count_of(result.counters, "http.requests");
  if (requests <= 0) return {};
  return fmt::format(" ({})",
                     share_text(static_cast<double>(count) / static_cast<double>(requests)));
}

}  // namespace

std::string rate_chart(const Result& result) {
  const std::vector<Column> columns = columns_of(result);
  if (columns.empty()) return {};
  const double highest = highest_rate(columns);
  const Axis x = time_axis(columns);
  const Axis y = Axis::linear(0, highest, Frame::kBottom, Frame::kTop);
  Svg svg{Frame::kWidth, Frame::kHeight, "users a second, asked and started, over time",
          rate_description(columns, highest)};
  draw_times(svg, x, columns);
  for (const double tick : page::round_ticks(highest, 5)) {
    draw_level(svg, y.at(tick), fmt::format("{:g}", tick));
  }
  draw_phases(svg, result.phases, x);
  svg.polyline(steps_of(columns, x, y, &Column::planned), "asked");
  svg.polyline(steps_of(columns, x, y, &Column::started), "achieved");
  svg.polyline(steps_of(columns, x, y, &Column::errors), "failed");
  svg.hints(hints_of(columns, x));
  return legend({{"asked", "users a second asked for"},
                 {"achieved", "started"},
                 {"failed", "errors a second"}}) +
         svg.finish();
}

std::string percentile_chart(const Result& result) {
  const Histogram& response_time = summary_of(result, "http.response_time");
  const Histogram& latency = summary_of(result, "pcx.latency");
  if (latency.is_empty() && response_time.is_empty()) return {};
  const std::int64_t count =
      std::max<std::int64_t>(10, std::max(response_time.count(), latency.count()));
  const double nines_max = std::log10(static_cast<double>(count));
  const Span span = latency_span(result);
  const Axis x = Axis::linear(0, nines_max, Frame::kLeft, Frame::kRight);
  const Axis y = latency_axis(span);
  Svg svg{Frame::kWidth, Frame::kHeight, "percentiles of latency and response time",
          percentiles_text("pcx.latency", latency) + " " +
              percentiles_text("http.response_time", response_time)};
  draw_nines(svg, x, nines_max);
  draw_latencies(svg, span);
  svg.polyline(curve_of(latency, x, y), "latency");
  svg.polyline(curve_of(response_time, x, y), "response");
  draw_values(svg, latency, x, y);
  return legend({{"latency", "pcx.latency: what users waited"},
                 {"response", "http.response_time: what the target took"}}) +
         svg.finish();
}

std::string error_chart(const Result& result) {
  const std::vector<Counted> failures = failures_of(result);
  if (failures.empty()) return {};
  constexpr double row = 40;
  const auto rows = static_cast<double>(failures.size());
  const Axis x = Axis::linear(0, static_cast<double>(failures.front().count), 0, Frame::kWidth);
  Svg svg{Frame::kWidth, static_cast<int>(row * rows), "errors by kind", kinds_text(failures)};
  double y = 0;
  for (const Counted& failure : failures) {
    const std::string count = grouped(failure.count) + share_of_requests(result, failure.count);
    svg.text({0, y + 16}, Anchor::start, shortened(failure.name, kBarNameMax), "kind");
    svg.text({Frame::kWidth, y + 16}, Anchor::end, count, "kind");
    svg.rect({0, y + 22}, std::max(1.0, x.at(static_cast<double>(failure.count))), 10, "bar");
    y += row;
  }
  return svg.finish();
}

}  // namespace pcx::load
