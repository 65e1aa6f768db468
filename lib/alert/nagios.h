// Monitoring plugins: ranges, performance data and the one line (Monitoring Plugins Development
// Guidelines; nagios-plugins.org/doc/guidelines.html).
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/finding.h"

namespace pcx::alert {

inline constexpr std::size_t kPluginLineBytesMax = 4096;

// "10", "10:", "~:10", "10:20", "@10:20": an alert when the value is outside of it, with @ inside;
// both ends belong to it.
struct Range {
  double start = 0;
  double end = std::numeric_limits<double>::infinity();
  bool is_inverted = false;

  // NaN is outside of nothing, as in python3-nagiosplugin.
  bool is_alert(double value) const;
  bool operator==(const Range&) const = default;
};

// As python3-nagiosplugin reads it: a number with a point may have an exponent, one without may
// not; blanks around a number and single underscores between digits are none of it; "" is "0:".
// Decimal points, whatever the locale. Throws Error{data} for what is no range, for a start above
// the end, and for a number that no double can hold.
Range parse_range(std::string_view text);
// The shortest text without an exponent that parse_range() reads as the same range.
std::string to_string(const Range& range);

struct PerfData {
  std::string label;              // any text: quoted where needed; "_" for = ' | and controls
  std::optional<double> value;    // std::nullopt, NaN and infinities: U
  std::string warning, critical;  // ranges; empty: none
};

// "'pool size'=3;10;20" as far as there is something to say, with decimal points and without
// exponents (the guidelines know digits, "-" and "." only).
std::string to_string(const PerfData& data);

// "ALERT WARNING: low stock in north | low_stock=12;10": one line, with "/" for "|" in its text;
// kPluginLineBytesMax at most, cut between two values, or between two characters of the text.
std::string plugin_line(std::string_view service, Finding finding, std::string_view text,
                        const std::vector<PerfData>& data);

}  // namespace pcx::alert
