// What the pictures of a report share: their size, their scales and grids, and seconds put
// together. As wide as a telephone can show with letters of the same size; a wide page has two side
// by side.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "load/histogram.h"
#include "load/result.h"
#include "page/svg.h"

namespace pcx::load {

using page::Axis;
using page::Svg;

struct Frame {
  static constexpr int kWidth = 600, kHeight = 264;
  static constexpr double kLeft = 66, kRight = 590, kTop = 26, kBottom = 234;  // of what is drawn
  static constexpr double kLetter = 11;  // as wide as bold ones are on a telephone
};

// Some seconds together, so that there are 150 of them at most.
struct Column {
  double start_s = 0, length_s = 0;
  std::int64_t planned = 0, started = 0;  // users
  std::int64_t requests = 0, errors = 0;
  Histogram latency{2};
};
std::vector<Column> columns_of(const Result& result);
std::string when_text(const Column& column);  // "8 s to 10 s"

// All columns are as wide, so that the last one may reach beyond the end of the test; their edges
// are on tenths, so that no line is seen between two. REQUIRES: there are columns.
Axis time_axis(const std::vector<Column>& columns);
void draw_times(Svg& svg, const Axis& x, const std::vector<Column>& columns);
// Above `at`, or to its left where that would leave the picture.
void draw_centred(Svg& svg, Svg::Point at, std::string_view text, std::string_view css_class);
// As high as the picture, and as wide as the column.
Svg::Hint hint_of(const Column& column, const Axis& x, const std::string& content);
// A level of the axis on the left.
void draw_level(Svg& svg, double y, std::string_view label);

// Round numbers around what users waited and what the target took: the same for all pictures, so
// that they can be read across.
struct Span {
  double from = 1, to = 10;  // us
};
Span latency_span(const Result& result);
Axis latency_axis(const Span& span);
void draw_latencies(Svg& svg, const Span& span);

// What a line looks like, and what it is; in HTML, so that it wraps where the page is narrow.
struct Key {
  const char* css_class;
  std::string text;
};
// `html` stands behind them.
std::string legend(const std::vector<Key>& keys, const std::string& html = {});

}  // namespace pcx::load
