// Numbers as Go writes and reads them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace pcx::alert {

using TemplateValue = std::variant<double, std::string>;

// %g and %v without a precision: the shortest digits that come back as the same number, with an
// exponent when it is below -4 or at least 6 (strconv.FormatFloat(x, 'g', -1, 64)); NaN, +Inf,
// -Inf.
std::string to_go_text(double number);
// %.<precision>g, with the same words.
std::string to_go_text(double number, int precision);

// strconv.ParseFloat of decimal numbers, "Inf", "Infinity" and "NaN" in any case; std::nullopt for
// all else (its hexadecimal numbers, too), and for numbers that a double cannot hold.
std::optional<double> parse_go_number(std::string_view text);

}  // namespace pcx::alert
