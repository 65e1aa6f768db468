// Pictures as SVG inside of a page: shapes have classes, the page's style sheet has the colours, so
// that they follow its dark mode and its print.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pcx::page {

class Svg {
 public:
  using Point = std::pair<double, double>;
  enum class Anchor { start, middle, end };

  // What is to be seen, for those who do not see: the name of the picture, and its figures.
  // `attributes` are HTML, with a blank in front: " data-kpi=\"revenue\"".
  Svg(int width, int height, std::string_view title, std::string_view description,
      std::string_view attributes = {});

  void line(Point from, Point to, std::string_view css_class);
  void polyline(const std::vector<Point>& points, std::string_view css_class);
  void rect(Point corner, double width, double height, std::string_view css_class);
  // Many rectangles of one size and class, by their corners: a path, which is a tenth as long.
  void cells(const std::vector<Point>& corners, double width, double height,
             std::string_view css_class);
  // Of one class, but each of its size; filled, without an outline.
  struct Rect {
    Point corner;
    double width, height;
  };
  void rects(const std::vector<Rect>& rects, std::string_view css_class);
  void dot(Point at, double radius, std::string_view css_class);
  void text(Point at, Anchor anchor, std::string_view content, std::string_view css_class);
  // Nothing to see, and `content` where the pointer rests. Not for who cannot see: there would be
  // hundreds, and the description says what matters.
  struct Hint {
    Point corner;
    double width, height;
    std::string content;
  };
  void hints(const std::vector<Hint>& hints);

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

// The next numbers 1, 2 or 5 times a power of ten at and below `value`, and at and above it.
// REQUIRES: value > 0.
double round_down(double value);
double round_up(double value);
// Powers of ten in a range; also 2 and 5 times these where it is less than two decades.
// REQUIRES: 0 < from < to.
std::vector<double> decade_ticks(double from, double to);

}  // namespace pcx::page
