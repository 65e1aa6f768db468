#include "kpi/report_chart.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/date.h"
#include "core/text.h"
#include "core/time.h"
#include "kpi/report_words.h"
#include "page/svg.h"

namespace pcx::kpi {

namespace {

using page::Axis;
using page::Svg;

struct Drawing {
  const Definition* definition = nullptr;
  std::vector<Point> points;
  const Value* smallest = nullptr;  // nullptr: nothing is known
  const Value* largest = nullptr;
  std::size_t unknown = 0;
};

Drawing drawing_of(const Definition& definition, std::vector<Point> points) {
  Drawing drawing{&definition, std::move(points)};
  for (const Point& point : drawing.points) {
    const Value& value = point.value;
    if (value.state != State::known) {
      ++drawing.unknown;
      continue;
    }
    const auto is_beyond = [&](const Value* extreme, int sign) {
      return extreme == nullptr || sign * (number_of(value) - number_of(*extreme)) > 0;
    };
    if (is_beyond(drawing.smallest, -1)) drawing.smallest = &value;
    if (is_beyond(drawing.largest, 1)) drawing.largest = &value;
  }
  return drawing;
}

// 0 is always in the picture: lengths can be compared.
Axis heights(const Drawing& drawing, double bottom, double top) {
  const double low = std::min(0.0, number_of(*drawing.smallest));
  const double high = std::max(0.0, number_of(*drawing.largest));
  return Axis::linear(low, high, bottom, top);
}

// Names and states are made of letters, digits and underscores, digits of digits: nothing to
// escape.
std::string attributes(const Drawing& drawing) {
  std::vector<std::string> values;
  for (const Point& point : drawing.points) {
    const Value& value = point.value;
    values.push_back(value.state == State::known ? value.digits : to_string(value.state));
  }
  return fmt::format(" data-kpi=\"{}\" data-days=\"{} {}\" data-values=\"{}\"",
                     drawing.definition->name, to_iso_date(drawing.points.front().day),
                     to_iso_date(drawing.points.back().day), join(values, " "));
}

std::string description(const Drawing& drawing, const std::string& currency) {
  std::string text =
      fmt::format("{} to {}: smallest {}, largest {}", to_iso_date(drawing.points.front().day),
                  to_iso_date(drawing.points.back().day),
                  value_text(*drawing.smallest, *drawing.definition, currency),
                  value_text(*drawing.largest, *drawing.definition, currency));
  return drawing.unknown == 0 ? text : text + fmt::format(", {} without", drawing.unknown);
}

// --- bars

struct Bars {
  static constexpr int kWidth = 270, kHeight = 54;
  static constexpr double kTop = 2, kBottom = 52, kAir = 8.0 / 30;  // of a bar's place
};

void draw_bars(Svg& svg, const Drawing& drawing) {
  const Axis y = heights(drawing, Bars::kBottom, Bars::kTop);
  const double place =
      static_cast<double>(Bars::kWidth) / static_cast<double>(drawing.points.size());
  const double width = place * (1 - Bars::kAir), base = y.at(0);
  std::vector<Svg::Rect> past, now;
  std::vector<Svg::Point> gaps;
  for (std::size_t i = 0; i < drawing.points.size(); ++i) {
    const Value& value = drawing.points[i].value;
    const double left = static_cast<double>(i) * place + place * Bars::kAir / 2;
    if (value.state != State::known) {
      gaps.emplace_back(left + width / 4, base - (base > Bars::kHeight / 2.0 ? 9 : -9));
      continue;
    }
    const double end = y.at(number_of(value));
    auto& bars = i + 1 == drawing.points.size() ? now : past;
    bars.push_back({{left, std::min(base, end)}, width, std::abs(base - end)});
  }
  svg.rects(past, "past");
  svg.rects(now, "now");
  svg.cells(gaps, width / 2, 2, "gap");
  svg.line({0, base}, {Bars::kWidth, base}, "base");
}

// --- a line

struct Plot {
  static constexpr int kWidth = 560, kHeight = 172;
  static constexpr double kLeft = 4, kRight = 556, kTop = 24, kBottom = 140, kDates = 164;
  static constexpr double kLabel = 5;  // above a level
};

Axis days_axis(const Drawing& drawing) {
  const auto last = static_cast<double>(drawing.points.size() - 1);
  return Axis::linear(0, std::max(last, 1.0), Plot::kLeft, Plot::kRight);
}

// A line for each run of known days; a single one would be none.
void draw_runs(Svg& svg, const Drawing& drawing, const Axis& y) {
  const Axis x = days_axis(drawing);
  std::vector<Svg::Point> run, gaps;
  const auto end_run = [&] {
    if (run.size() == 1) svg.dot(run.front(), 2.5, "point");
    if (run.size() > 1) svg.polyline(run, "course");
    run.clear();
  };
  for (std::size_t i = 0; i < drawing.points.size(); ++i) {
    const Value& value = drawing.points[i].value;
    const double at = x.at(static_cast<double>(i));
    if (value.state == State::known) {
      run.emplace_back(at, y.at(number_of(value)));
    } else {
      gaps.emplace_back(at - 2, y.at(0) - 7);
      end_run();
    }
  }
  end_run();
  svg.cells(gaps, 4, 1.5, "gap");
}

void draw_level(Svg& svg, const Axis& y, double number, const std::string& label) {
  svg.line({Plot::kLeft, y.at(number)}, {Plot::kRight, y.at(number)}, "grid");
  svg.text({Plot::kLeft, y.at(number) - Plot::kLabel}, Svg::Anchor::start, label, "tick");
}

// The largest and the smallest; 0 is the base.
void draw_levels(Svg& svg, const Drawing& drawing, const Axis& y, const std::string& currency) {
  const double low = number_of(*drawing.smallest), high = number_of(*drawing.largest);
  if (high > 0) {
    draw_level(svg, y, high, value_text(*drawing.largest, *drawing.definition, currency));
  }
  if (low < 0) {
    draw_level(svg, y, low, value_text(*drawing.smallest, *drawing.definition, currency));
  }
  svg.line({Plot::kLeft, y.at(0)}, {Plot::kRight, y.at(0)}, "base");
}

void draw_dates(Svg& svg, const Drawing& drawing) {
  const auto date = [](const Point& point) { return to_iso_date(point.day); };
  svg.text({Plot::kLeft, Plot::kDates}, Svg::Anchor::start, date(drawing.points.front()), "tick");
  svg.text({Plot::kRight, Plot::kDates}, Svg::Anchor::end, date(drawing.points.back()), "tick");
}

std::vector<Point> points_of(const Course& course, TenantDays days) {
  std::vector<Point> points;
  for (std::size_t i = 0; i < days.size(); ++i) {
    const Result* const result = course.results[i];
    points.push_back({days[i].day.date, result == nullptr ? Value{} : result->value});
  }
  return points;
}

}  // namespace

std::string bar_chart(const Result& result, const std::string& currency) {
  const Drawing drawing = drawing_of(*result.definition, result.series);
  if (drawing.smallest == nullptr) return {};
  const std::string title =
      fmt::format("{}, {}s", result.definition->title, weekday_text(result.series.back().day));
  Svg svg{Bars::kWidth, Bars::kHeight, title, description(drawing, currency), attributes(drawing)};
  draw_bars(svg, drawing);
  return svg.finish();
}

std::string line_chart(const Course& course, TenantDays days, const std::string& currency) {
  const Drawing drawing = drawing_of(*course.definition, points_of(course, days));
  if (drawing.smallest == nullptr) return {};
  Svg svg{Plot::kWidth, Plot::kHeight, course.definition->title, description(drawing, currency),
          attributes(drawing)};
  const Axis y = heights(drawing, Plot::kBottom, Plot::kTop);
  draw_levels(svg, drawing, y, currency);
  draw_runs(svg, drawing, y);
  draw_dates(svg, drawing);
  return svg.finish();
}

}  // namespace pcx::kpi
