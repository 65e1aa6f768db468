#include "load/chart_frame.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "load/figures.h"
#include "page/markup.h"

namespace pcx::load {

namespace {

using page::escape_markup;
using Anchor = Svg::Anchor;

constexpr std::size_t kColumnsMax = 150;
constexpr int kTimesMax = 6;

std::string latency_text(double microseconds) {
  if (microseconds < 1000) return fmt::format("{:g} \xc2\xb5s", microseconds);
  if (microseconds < 1e6) return fmt::format("{:g} ms", microseconds / 1000);
  return fmt::format("{:g} s", microseconds / 1e6);
}

}  // namespace

std::vector<Column> columns_of(const Result& result) {
  const std::size_t stride =
      std::max<std::size_t>(1, (result.seconds.size() + kColumnsMax - 1) / kColumnsMax);
  std::vector<Column> columns;
  for (std::size_t i = 0; i < result.seconds.size(); ++i) {
    const Second& second = result.seconds[i];
    if (i % stride == 0) columns.push_back({.start_s = static_cast<double>(i)});
    Column& column = columns.back();
    column.length_s += 1;
    column.planned += second.planned;
    column.started += second.started;
    column.requests += second.requests;
    column.errors += second.errors;
    column.latency.add(unpack_series(second.latency));
  }
  return columns;
}

std::string when_text(const Column& column) {
  return fmt::format("{:.0f} s to {:.0f} s", column.start_s, column.start_s + column.length_s);
}

Axis time_axis(const std::vector<Column>& columns) {
  const auto count = static_cast<double>(columns.size());
  const double seconds = columns.front().length_s;
  const double width = std::floor((Frame::kRight - Frame::kLeft) / count * 10) / 10;
  return Axis::linear(0, seconds * count, Frame::kLeft, Frame::kLeft + width * count);
}

void draw_times(Svg& svg, const Axis& x, const std::vector<Column>& columns) {
  const double end = columns.back().start_s + columns.back().length_s;
  // Those of clocks: minutes and hours that are round.
  struct Unit {
    double seconds;
    const char* name;
  };
  const Unit unit = end < 120 ? Unit{1, "s"} : end < 7200 ? Unit{60, "min"} : Unit{3600, "h"};
  for (const double tick : page::round_ticks(end / unit.seconds, kTimesMax)) {
    const double at = x.at(tick * unit.seconds);
    svg.line({at, Frame::kTop}, {at, Frame::kBottom}, "grid");
    draw_centred(svg, {at, Frame::kBottom + 20},
                 tick == 0 ? "0" : fmt::format("{:g} {}", tick, unit.name), "tick");
  }
}

void draw_centred(Svg& svg, Svg::Point at, std::string_view text, std::string_view css_class) {
  const double half = Frame::kLetter / 2 * static_cast<double>(text.size());
  const bool fits = at.first + half <= Frame::kWidth;
  svg.text({fits ? at.first : Frame::kWidth, at.second}, fits ? Anchor::middle : Anchor::end, text,
           css_class);
}

Svg::Hint hint_of(const Column& column, const Axis& x, const std::string& content) {
  const double left = x.at(column.start_s), right = x.at(column.start_s + column.length_s);
  return {{left, Frame::kTop},
          right - left,
          Frame::kBottom - Frame::kTop,
          when_text(column) + ": " + content};
}

void draw_level(Svg& svg, double y, std::string_view label) {
  svg.line({Frame::kLeft, y}, {Frame::kRight, y}, "grid");
  svg.text({Frame::kLeft - 6, y + 4}, Anchor::end, label, "tick");
}

Span latency_span(const Result& result) {
  Histogram both = summary_of(result, "http.response_time");
  both.add(summary_of(result, "pcx.latency"));
  Span span{page::round_down(static_cast<double>(std::max<std::int64_t>(1, both.min()))), 0};
  span.to = page::round_up(std::max(static_cast<double>(both.max()), 2 * span.from));
  return span;
}

Axis latency_axis(const Span& span) {
  return Axis::logarithmic(span.from, span.to, Frame::kBottom, Frame::kTop);
}

void draw_latencies(Svg& svg, const Span& span) {
  const Axis y = latency_axis(span);
  for (const double level : page::decade_ticks(span.from, span.to)) {
    draw_level(svg, y.at(level), latency_text(level));
  }
}

std::string legend(const std::vector<Key>& keys, const std::string& html) {
  std::string out = "<p class=\"legend\">";
  for (const Key& key : keys) {
    out += fmt::format("<span class=\"key {}\">{}</span> ", key.css_class, escape_markup(key.text));
  }
  return out + html + "</p>\n";
}

}  // namespace pcx::load
