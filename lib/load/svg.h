// Pictures as SVG inside of a page: shapes have classes, the page's style sheet has the colours, so
// that they follow its dark mode and its print.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pcx::load {

class Svg {
 public:
  using Point = std::pair<double, double>;
  enum class Anchor { start, middle, end };

  // `label` says what is to be seen, for those who do not see.
  Svg(int width, int height, std::string_view label);

  void line(Point from, Point to, std::string_view css_class);
  void polyline(const std::vector<Point>& points, std::string_view css_class);
  void rect(Point corner, double width, double height, std::string_view css_class);
  // Many rectangles of one size and class, by their corners: a path, which is a tenth as long.
  void cells(const std::vector<Point>& corners, double width, double height,
             std::string_view css_class);
  void text(Point at, Anchor anchor, std::string_view content, std::string_view css_class);

  std::string finish() const { return body_ + "</svg>\n"; }

 private:
  std::string body_;
};

// From values to places: linear, or by logarithm.
class Axis {
 public:
  static Axis linear(double from, double to, double at_from, double at_to);
  static Axis logarithmic(double from, double to, double at_from, double at_to);  // from > 0

  double at(double value) const;  // values outside are moved to the ends

 private:
  Axis(double from, double to, double at_from, double at_to, bool is_logarithmic);

  double from_, to_, at_from_, at_to_;
  bool is_logarithmic_;
};

// About `count` round numbers (1, 2 or 5 times a power of ten apart) from 0 to `max` at most.
std::vector<double> round_ticks(double max, int count);

}  // namespace pcx::load
