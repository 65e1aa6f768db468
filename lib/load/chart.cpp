#include "load/chart.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "load/figures.h"
#include "load/svg.h"

namespace pcx::load {

namespace {

using Anchor = Svg::Anchor;
using Point = Svg::Point;

constexpr int kWidth = 900, kHeight = 260;
constexpr double kLeft = 70, kRight = 880, kTop = 24, kBottom = 222;
constexpr std::size_t kColumnsMax = 150;
constexpr int kRows = 36;
constexpr int kShades = 8;
constexpr std::size_t kBarsMax = 12;

// Some seconds together, so that there are kColumnsMax of them at most.
struct Column {
  double start_s = 0, length_s = 0;
  std::int64_t planned = 0, started = 0;
  Histogram latency{2};
};

std::size_t stride_of(const Result& result) {
  return std::max<std::size_t>(1, (result.seconds.size() + kColumnsMax - 1) / kColumnsMax);
}

std::vector<Column> columns_of(const Result& result) {
  const std::size_t stride = stride_of(result);
  std::vector<Column> columns;
  for (std::size_t i = 0; i < result.seconds.size(); ++i) {
    if (i % stride == 0) columns.push_back({.start_s = static_cast<double>(i)});
    Column& column = columns.back();
    column.length_s += 1;
    column.planned += result.seconds[i].planned;
    column.started += result.seconds[i].started;
    column.latency.add(unpack_series(result.seconds[i].latency));
  }
  return columns;
}

// --- axes

std::string seconds_text(double seconds) {
  if (seconds < 120) return fmt::format("{:g} s", seconds);
  if (seconds < 7200) return fmt::format("{:g} min", std::round(seconds / 6) / 10);
  return fmt::format("{:g} h", std::round(seconds / 360) / 10);
}

std::string latency_text(double microseconds) {
  if (microseconds < 1000) return fmt::format("{:g} \xc2\xb5s", microseconds);
  if (microseconds < 1e6) return fmt::format("{:g} ms", microseconds / 1000);
  return fmt::format("{:g} s", microseconds / 1e6);
}

void draw_times(Svg& svg, const Axis& x, double seconds) {
  for (const double tick : round_ticks(seconds, 8)) {
    svg.line({x.at(tick), kTop}, {x.at(tick), kBottom}, "grid");
    svg.text({x.at(tick), kBottom + 16}, Anchor::middle, seconds_text(tick), "tick");
  }
}

void draw_level(Svg& svg, double y, const std::string& label) {
  svg.line({kLeft, y}, {kRight, y}, "grid");
  svg.text({kLeft - 6, y + 4}, Anchor::end, label, "tick");
}

void draw_latencies(Svg& svg, const Axis& y, double from, double to) {
  for (double level = from; level <= to * 1.001; level *= 10) {
    draw_level(svg, y.at(level), latency_text(level));
  }
}

void draw_legend(Svg& svg, const std::vector<std::pair<std::string, std::string>>& lines) {
  double x = kLeft;
  for (const auto& [css_class, name] : lines) {
    svg.line({x, 12}, {x + 22, 12}, css_class);
    svg.text({x + 28, 16}, Anchor::start, name, "legend");
    x += 60 + 7.5 * static_cast<double>(name.size());
  }
}

// Whole decades around what is there.
struct Decades {
  double from = 1, to = 10;
};
Decades decades_of(std::int64_t min, std::int64_t max) {
  const auto low = std::floor(std::log10(static_cast<double>(std::max<std::int64_t>(1, min))));
  const auto high = std::ceil(std::log10(static_cast<double>(std::max<std::int64_t>(2, max))));
  return {std::pow(10, low), std::pow(10, std::max(high, low + 1))};
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

// --- the heat map

struct Heat {
  std::vector<std::vector<Point>> shades = std::vector<std::vector<Point>>(kShades);
};

// By the share of its column: a phase with few users shows as well as one with many.
void add_column(Heat& heat, const Column& column, const Axis& row_of, double left, double height) {
  std::vector<std::int64_t> counts(kRows);
  for (const Histogram::Bucket& bucket : column.latency.buckets()) {
    const double middle = static_cast<double>(bucket.from + bucket.to) / 2;
    const auto row = static_cast<std::size_t>(std::min(row_of.at(middle), kRows - 1.0));
    counts[row] += bucket.count;
  }
  for (std::size_t row = 0; row < counts.size(); ++row) {
    if (counts[row] == 0) continue;
    const double share =
        static_cast<double>(counts[row]) / static_cast<double>(column.latency.count());
    // The root, since a hundredth has to be seen, too.
    const auto shade = static_cast<std::size_t>(
        std::min(std::floor(std::sqrt(share) * kShades), static_cast<double>(kShades - 1)));
    heat.shades[shade].emplace_back(left, kBottom - height * static_cast<double>(row + 1));
  }
}

// --- percentiles

// From 0 to the last percentile that is not the maximum alone, on a scale where each nine is as
// wide.
std::vector<Point> curve_of(const Histogram& times, const Axis& x, const Axis& y) {
  std::vector<Point> points;
  if (times.is_empty()) return points;
  const double nines_max = std::log10(static_cast<double>(times.count()));
  constexpr int steps = 120;
  for (int i = 0; i <= steps; ++i) {
    const double nines = nines_max * i / steps;
    const double p = 100 * (1 - std::pow(10, -nines));
    points.emplace_back(x.at(nines), y.at(static_cast<double>(times.percentile(p))));
  }
  points.emplace_back(x.at(nines_max), y.at(static_cast<double>(times.max())));
  return points;
}

void draw_nines(Svg& svg, const Axis& x, double nines_max) {
  const std::pair<double, const char*> marks[] = {
      {0, "0"},        {1 - std::log10(5), "50 %"},
      {1, "90 %"},     {2, "99 %"},
      {3, "99.9 %"},   {4, "99.99 %"},
      {5, "99.999 %"}, {6, "99.9999 %"},
  };
  for (const auto& [nines, name] : marks) {
    if (nines > nines_max) break;
    svg.line({x.at(nines), kTop}, {x.at(nines), kBottom}, "grid");
    svg.text({x.at(nines), kBottom + 16}, Anchor::middle, name, "tick");
  }
}

// --- errors

std::vector<Counted> failures_of(const Result& result) {
  std::vector<Counted> found = counters_below(result.counters, "errors.");
  for (const Counted& code : counters_below(result.counters, "http.codes.")) {
    if (code.name >= "400") found.push_back({"HTTP " + code.name, code.count});
  }
  std::erase_if(found, [](const Counted& one) { return one.count == 0; });
  std::stable_sort(found.begin(), found.end(),
                   [](const Counted& one, const Counted& two) { return one.count > two.count; });
  if (found.size() <= kBarsMax) return found;
  Counted others{fmt::format("{} other kinds", found.size() - kBarsMax + 1), 0};
  for (std::size_t i = kBarsMax - 1; i < found.size(); ++i) others.count += found[i].count;
  found.resize(kBarsMax - 1);
  found.push_back(others);
  return found;
}

std::string shortened(const std::string& text) {
  constexpr std::size_t characters_max = 34;
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) == 0x80) continue;
    if (++characters > characters_max) return text.substr(0, i) + "\xe2\x80\xa6";
  }
  return text;
}

}  // namespace

std::string rate_chart(const Result& result) {
  const std::vector<Column> columns = columns_of(result);
  double rate_max = 1;
  for (const Column& column : columns) {
    const auto most = static_cast<double>(std::max(column.planned, column.started));
    rate_max = std::max(rate_max, most / column.length_s);
  }
  const auto seconds = static_cast<double>(result.seconds.size());
  const Axis x = Axis::linear(0, seconds, kLeft, kRight);
  const Axis y = Axis::linear(0, rate_max, kBottom, kTop);
  Svg svg{kWidth, kHeight, "users a second, asked and started, over time"};
  draw_times(svg, x, seconds);
  for (const double tick : round_ticks(rate_max, 5)) {
    draw_level(svg, y.at(tick), fmt::format("{:g}", tick));
  }
  svg.polyline(steps_of(columns, x, y, &Column::planned), "asked");
  svg.polyline(steps_of(columns, x, y, &Column::started), "achieved");
  draw_legend(svg, {{"asked", "asked"}, {"achieved", "started"}});
  return svg.finish();
}

std::string heat_map(const Result& result) {
  const std::vector<Column> columns = columns_of(result);
  Histogram all{2};
  for (const Column& column : columns) all.add(column.latency);
  const Decades decades = decades_of(all.min(), all.max());
  const auto seconds = static_cast<double>(result.seconds.size());
  const Axis x = Axis::linear(0, seconds, kLeft, kRight);
  const Axis rows = Axis::logarithmic(decades.from, decades.to, 0, kRows);
  const double height = (kBottom - kTop) / kRows;
  const double width = x.at(static_cast<double>(stride_of(result))) - kLeft;
  Heat heat;
  for (const Column& column : columns) {
    add_column(heat, column, rows, x.at(column.start_s), height);
  }
  Svg svg{kWidth, kHeight, "latency over time"};
  for (std::size_t shade = 0; shade < heat.shades.size(); ++shade) {
    svg.cells(heat.shades[shade], width, height, fmt::format("h{}", shade));
  }
  draw_times(svg, x, seconds);
  draw_latencies(svg, Axis::logarithmic(decades.from, decades.to, kBottom, kTop), decades.from,
                 decades.to);
  return svg.finish();
}

std::string percentile_chart(const Result& result) {
  const Histogram& response_time = summary_of(result, "http.response_time");
  const Histogram& latency = summary_of(result, "pcx.latency");
  const std::int64_t count =
      std::max<std::int64_t>(10, std::max(response_time.count(), latency.count()));
  const double nines_max = std::log10(static_cast<double>(count));
  const std::int64_t lowest =
      response_time.is_empty() ? latency.min() : std::min(response_time.min(), latency.min());
  const Decades decades = decades_of(lowest, std::max(response_time.max(), latency.max()));
  const Axis x = Axis::linear(0, nines_max, kLeft, kRight);
  const Axis y = Axis::logarithmic(decades.from, decades.to, kBottom, kTop);
  Svg svg{kWidth, kHeight, "percentiles of response time and latency"};
  draw_nines(svg, x, nines_max);
  draw_latencies(svg, y, decades.from, decades.to);
  svg.polyline(curve_of(latency, x, y), "latency");
  svg.polyline(curve_of(response_time, x, y), "response");
  draw_legend(svg, {{"response", "http.response_time"}, {"latency", "pcx.latency"}});
  return svg.finish();
}

std::string error_chart(const Result& result) {
  const std::vector<Counted> failures = failures_of(result);
  if (failures.empty()) return {};
  constexpr double row = 24, left = 290, right = 780;
  const auto rows = static_cast<double>(failures.size());
  const Axis x = Axis::linear(0, static_cast<double>(failures.front().count), left, right);
  Svg svg{kWidth, static_cast<int>(row * rows) + 8, "errors by kind"};
  double y = 4;
  for (const Counted& failure : failures) {
    const double width = std::max(1.0, x.at(static_cast<double>(failure.count)) - left);
    svg.rect({left, y}, width, row - 6, "bar");
    svg.text({left - 8, y + 13}, Anchor::end, shortened(failure.name), "legend");
    svg.text({left + width + 8, y + 13}, Anchor::start, grouped(failure.count), "legend");
    y += row;
  }
  return svg.finish();
}

}  // namespace pcx::load
