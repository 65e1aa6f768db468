#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/text.h"
#include "load/chart.h"
#include "load/chart_frame.h"
#include "load/figures.h"

namespace pcx::load {

namespace {

using Point = Svg::Point;

constexpr int kRows = 32;
constexpr int kShades = 8;
constexpr double kRowHeight = (Frame::kBottom - Frame::kTop) / kRows;

std::string shade_class(std::size_t shade) { return fmt::format("heat h{}", shade); }

// The corners of its fields by shade.
using Heat = std::vector<std::vector<Point>>;

// By the share of its column: a phase with few users shows as well as one with many.
void add_column(Heat& heat, const Column& column, const Axis& row_of, double left) {
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
    heat[shade].emplace_back(left, Frame::kBottom - kRowHeight * static_cast<double>(row + 1));
  }
}

void draw_heat(Svg& svg, const std::vector<Column>& columns, const Axis& x, const Span& span) {
  const Axis row_of = Axis::logarithmic(span.from, span.to, 0, kRows);
  Heat heat(kShades);
  for (const Column& column : columns) add_column(heat, column, row_of, x.at(column.start_s));
  const double width = x.at(columns.front().length_s) - Frame::kLeft;
  for (std::size_t shade = 0; shade < heat.size(); ++shade) {
    svg.cells(heat[shade], width, kRowHeight, shade_class(shade));
  }
}

// A step for each column; where nothing was measured the line ends and begins anew.
void draw_percentile(Svg& svg, const std::vector<Column>& columns, const Axis& x, const Axis& y,
                     double p, std::string_view css_class) {
  std::vector<Point> line;
  for (const Column& column : columns) {
    if (column.latency.is_empty()) {
      svg.polyline(line, css_class);
      line.clear();
      continue;
    }
    const double level = y.at(static_cast<double>(column.latency.percentile(p)));
    line.emplace_back(x.at(column.start_s), level);
    line.emplace_back(x.at(column.start_s + column.length_s), level);
  }
  svg.polyline(line, css_class);
}

std::vector<Svg::Hint> hints_of(const std::vector<Column>& columns, const Axis& x) {
  std::vector<Svg::Hint> hints;
  for (const Column& column : columns) {
    if (column.latency.is_empty()) continue;
    hints.push_back(
        hint_of(column, x,
                fmt::format("{} requests, latency p50 {} ms, p99 {} ms",
                            grouped(column.latency.count()), ms_text(column.latency.percentile(50)),
                            ms_text(column.latency.percentile(99)))));
  }
  return hints;
}

// REQUIRES: something was measured.
std::string description_of(const std::vector<Column>& columns) {
  const Column& worst =
      *std::max_element(columns.begin(), columns.end(), [](const Column& one, const Column& two) {
        return one.latency.percentile(99) < two.latency.percentile(99);
      });
  return fmt::format(
      "The worst of {} columns is the one from {}: p50 {} ms, p99 {} ms of {} requests.",
      columns.size(), when_text(worst), ms_text(worst.latency.percentile(50)),
      ms_text(worst.latency.percentile(99)), grouped(worst.latency.count()));
}

// From a few requests of a column to all of them.
std::string shades_key() {
  constexpr double size = 14;
  Svg svg{static_cast<int>(size) * kShades, static_cast<int>(size), "from 0 % to 100 %",
          "The darker a field, the more requests are in it."};
  for (std::size_t shade = 0; shade < kShades; ++shade) {
    svg.rect({static_cast<double>(shade) * size, 0}, size, size, shade_class(shade));
  }
  return svg.finish();
}

}  // namespace

std::string heat_map(const Result& result) {
  const std::vector<Column> columns = columns_of(result);
  if (std::all_of(columns.begin(), columns.end(),
                  [](const Column& column) { return column.latency.is_empty(); })) {
    return {};
  }
  const Span span = latency_span(result);
  const Axis x = time_axis(columns), y = latency_axis(span);
  Svg svg{Frame::kWidth, Frame::kHeight, "latency over time", description_of(columns)};
  draw_heat(svg, columns, x, span);
  draw_times(svg, x, columns);
  draw_latencies(svg, span);
  draw_percentile(svg, columns, x, y, 50, "p50");
  draw_percentile(svg, columns, x, y, 99, "p99");
  svg.hints(hints_of(columns, x));
  return legend({{"p99", "p99 of pcx.latency"}, {"p50", "p50"}},
                "<span class=\"shades\">0 % " + shades_key() + " 100 % of the requests</span>") +
         svg.finish();
}

}  // namespace pcx::load
