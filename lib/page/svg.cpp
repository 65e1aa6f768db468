#include "page/svg.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "page/markup.h"

namespace pcx::page {

namespace {

// Tenths of a pixel, without ".0".
std::string number(double value) {
  const double tenths = std::round(value * 10) / 10;
  return fmt::format("{:g}", tenths == 0 ? 0 : tenths);
}

const char* word(Svg::Anchor anchor) {
  switch (anchor) {
    case Svg::Anchor::start: return "start";
    case Svg::Anchor::middle: return "middle";
    case Svg::Anchor::end: return "end";
  }
  return "start";
}

}  // namespace

Svg::Svg(int width, int height, std::string_view title, std::string_view description,
         std::string_view attributes)
    : body_(fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\"{}>\n<title>{}</title>\n"
                        "<desc>{}</desc>\n",
                        width, height, attributes, escape_markup(title),
                        escape_markup(description))) {}

void Svg::line(Point from, Point to, std::string_view css_class) {
  body_ += fmt::format("<path class=\"{}\" d=\"M{} {}L{} {}\"/>\n", css_class, number(from.first),
                       number(from.second), number(to.first), number(to.second));
}

void Svg::polyline(const std::vector<Point>& points, std::string_view css_class) {
  if (points.empty()) return;
  body_ += fmt::format("<path class=\"{}\" d=\"", css_class);
  char command = 'M';
  for (const auto& [x, y] : points) {
    body_ += command + number(x) + ' ' + number(y);
    command = 'L';
  }
  body_ += "\"/>\n";
}

void Svg::rect(Point corner, double width, double height, std::string_view css_class) {
  cells({corner}, width, height, css_class);
}

void Svg::cells(const std::vector<Point>& corners, double width, double height,
                std::string_view css_class) {
  if (corners.empty()) return;
  body_ += fmt::format("<path class=\"{}\" d=\"", css_class);
  const std::string shape =
      fmt::format("h{}v{}h{}z", number(width), number(height), number(-width));
  for (const auto& [x, y] : corners) body_ += 'M' + number(x) + ' ' + number(y) + shape;
  body_ += "\"/>\n";
}

void Svg::rects(const std::vector<Rect>& rects, std::string_view css_class) {
  if (rects.empty()) return;
  body_ += fmt::format("<path class=\"{}\" d=\"", css_class);
  for (const Rect& rect : rects) {
    body_ += fmt::format("M{} {}h{}v{}h{}", number(rect.corner.first), number(rect.corner.second),
                         number(rect.width), number(rect.height), number(-rect.width));
  }
  body_ += "\"/>\n";
}

void Svg::dot(Point at, double radius, std::string_view css_class) {
  body_ += fmt::format("<circle class=\"{}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>\n", css_class,
                       number(at.first), number(at.second), number(radius));
}

void Svg::text(Point at, Anchor anchor, std::string_view content, std::string_view css_class) {
  body_ +=
      fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>\n", css_class,
                  number(at.first), number(at.second), word(anchor), escape_markup(content));
}

void Svg::hints(const std::vector<Hint>& hints) {
  body_ += "<g aria-hidden=\"true\">\n";
  for (const Hint& hint : hints) {
    body_ += fmt::format(
        "<rect class=\"hint\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\">"
        "<title>{}</title></rect>\n",
        number(hint.corner.first), number(hint.corner.second), number(hint.width),
        number(hint.height), escape_markup(hint.content));
  }
  body_ += "</g>\n";
}

Axis::Axis(double from, double to, double at_from, double at_to, bool is_logarithmic)
    : from_(from), to_(to), at_from_(at_from), at_to_(at_to), is_logarithmic_(is_logarithmic) {}

Axis Axis::linear(double from, double to, double at_from, double at_to) {
  return {from, to, at_from, at_to, false};
}

Axis Axis::logarithmic(double from, double to, double at_from, double at_to) {
  return {std::log10(from), std::log10(to), at_from, at_to, true};
}

double Axis::at(double value) const {
  double place = value;
  if (is_logarithmic_) place = value > 0 ? std::log10(value) : from_;
  const double share = to_ > from_ ? (place - from_) / (to_ - from_) : 0;
  return at_from_ + std::clamp(share, 0.0, 1.0) * (at_to_ - at_from_);
}

std::vector<double> round_ticks(double max, int count) {
  if (!(max > 0)) return {0};
  const double rough = max / count;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  const double steps[] = {1, 2, 5, 10};
  const double* const step = std::find_if(std::begin(steps), std::end(steps) - 1,
                                          [&](double one) { return one * power >= rough; });
  std::vector<double> ticks;
  for (int i = 0; i * *step * power <= max * (1 + 1e-9); ++i) ticks.push_back(i * *step * power);
  return ticks;
}

namespace {

constexpr double kRound[] = {1, 2, 5, 10};
constexpr double kAlmost = 1 + 1e-9;  // powers of ten are not exact

double power_below(double value) { return std::pow(10, std::floor(std::log10(value * kAlmost))); }

}  // namespace

double round_down(double value) {
  const double power = power_below(value);
  double found = power;
  for (const double step : kRound) {
    if (step * power <= value * kAlmost) found = step * power;
  }
  return found;
}

double round_up(double value) {
  const double power = power_below(value);
  for (const double step : kRound) {
    if (step * power * kAlmost >= value) return step * power;
  }
  return 10 * power;
}

std::vector<double> decade_ticks(double from, double to) {
  const bool is_short = to < 100 * from;
  std::vector<double> ticks;
  for (double power = power_below(from); power <= to * kAlmost; power *= 10) {
    for (const double step : kRound) {
      const double tick = step * power;
      const bool is_wanted = step == 1 || (is_short && step < 10);
      if (is_wanted && tick * kAlmost >= from && tick <= to * kAlmost) ticks.push_back(tick);
    }
  }
  return ticks;
}

}  // namespace pcx::page
