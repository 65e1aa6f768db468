#include "page/svg.h"

#include <gmock/gmock.h>

namespace pcx::page {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Svg, DrawsShapesOfAClass) {
  Svg svg{100, 50, "a <picture>", "of \"5\" things"};
  svg.line({0, 0.04}, {99.96, 1.25}, "grid");
  svg.polyline({{1, 2}, {3, 4.56}}, "curve");
  svg.rect({1, 2}, 3, 4, "bar");
  svg.cells({{0, 0}, {5, 5}}, 2.5, 2, "h3");
  svg.rects({{{0, 0}, 5, 2.5}, {{6, 1}, 5, 1.5}}, "bar");
  svg.rects({}, "none");
  svg.dot({1, 2}, 3.5, "value");
  svg.text({10, 20}, Svg::Anchor::middle, "<5 ms>", "tick");
  svg.hints({{{1, 2}, 3, 4, "<here>"}});
  EXPECT_EQ(svg.finish(),
            "<svg viewBox=\"0 0 100 50\" role=\"img\">\n<title>a &lt;picture&gt;</title>\n"
            "<desc>of &quot;5&quot; things</desc>\n"
            "<path class=\"grid\" d=\"M0 0L100 1.3\"/>\n"
            "<path class=\"curve\" d=\"M1 2L3 4.6\"/>\n"
            "<path class=\"bar\" d=\"M1 2h3v4h-3z\"/>\n"
            "<path class=\"h3\" d=\"M0 0h2.5v2h-2.5zM5 5h2.5v2h-2.5z\"/>\n"
            "<path class=\"bar\" d=\"M0 0h5v2.5h-5M6 1h5v1.5h-5\"/>\n"
            "<circle class=\"value\" cx=\"1\" cy=\"2\" r=\"3.5\"/>\n"
            "<text class=\"tick\" x=\"10\" y=\"20\" text-anchor=\"middle\">&lt;5 ms&gt;</text>\n"
            "<g aria-hidden=\"true\">\n"
            "<rect class=\"hint\" x=\"1\" y=\"2\" width=\"3\" height=\"4\">"
            "<title>&lt;here&gt;</title></rect>\n</g>\n"
            "</svg>\n");
}

TEST(Svg, HasAttributesOfItsOwn) {
  Svg svg{1, 1, "", "", " data-kpi=\"revenue\""};
  EXPECT_THAT(svg.finish(), HasSubstr("role=\"img\" data-kpi=\"revenue\">"));
}

TEST(Svg, DrawsNothingOfNothing) {
  Svg svg{1, 1, "", ""};
  svg.polyline({}, "curve");
  svg.cells({}, 1, 1, "h1");
  EXPECT_EQ(svg.finish(),
            "<svg viewBox=\"0 0 1 1\" role=\"img\">\n<title></title>\n<desc></desc>\n</svg>\n");
}

TEST(Axis, IsLinearOrLogarithmic) {
  const Axis linear = Axis::linear(0, 10, 100, 0);
  EXPECT_EQ(linear.at(2.5), 75);
  EXPECT_EQ(linear.at(11), 0) << "at its end";
  const Axis logarithmic = Axis::logarithmic(1, 10'000, 0, 8);
  EXPECT_EQ(logarithmic.at(100), 4);
  EXPECT_EQ(logarithmic.at(0), 0);
  EXPECT_EQ(Axis::linear(3, 3, 5, 9).at(3), 5) << "no width";
}

TEST(Ticks, AreRound) {
  EXPECT_THAT(round_ticks(20, 8), ElementsAre(0, 5, 10, 15, 20));
  EXPECT_THAT(round_ticks(100, 5), ElementsAre(0, 20, 40, 60, 80, 100));
  EXPECT_THAT(round_ticks(3, 5), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(round_ticks(0, 5), ElementsAre(0));
}

TEST(Ticks, EndInRoundNumbers) {
  EXPECT_DOUBLE_EQ(round_down(850), 500);
  EXPECT_DOUBLE_EQ(round_down(1000), 1000);
  EXPECT_DOUBLE_EQ(round_down(0.3), 0.2);
  EXPECT_DOUBLE_EQ(round_up(1'991'500), 2'000'000);
  EXPECT_DOUBLE_EQ(round_up(1000), 1000);
  EXPECT_DOUBLE_EQ(round_up(5001), 10'000);
}

TEST(Ticks, OfALogarithmicAxisArePowersOfTen) {
  EXPECT_THAT(decade_ticks(500, 2e6), ElementsAre(1e3, 1e4, 1e5, 1e6));
  EXPECT_THAT(decade_ticks(1, 100), ElementsAre(1, 10, 100));
  EXPECT_THAT(decade_ticks(500, 10'000), ElementsAre(500, 1000, 2000, 5000, 10'000));
  EXPECT_THAT(decade_ticks(20, 50), ElementsAre(20, 50));
}

}  // namespace
}  // namespace pcx::page
