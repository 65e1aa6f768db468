// The corners of JavaScript (ECMA-262) that the application's rules rest on.
//
// Text is UTF-8 here and UTF-16 there: lengths count UTF-16 units, and half of a surrogate pair
// becomes U+FFFD, as it does when JavaScript writes it out. A null Document stands for null and
// undefined, where the difference does not show.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/document.h"

namespace pcx::javascript {

// White space and line terminators as \s and trim() know them: U+00A0 and U+FEFF are, U+0085,
// U+180E and U+200B are not.
bool is_space(char32_t c);
std::string_view trim(std::string_view text);

// text.length, and text.substring(0, units).
std::size_t utf16_length(std::string_view text);
std::string utf16_prefix(std::string_view text, std::size_t units);

// Number(value): NaN for what is no number. A null Document is null, hence 0.
double to_number(const Document& value);
// String(number): shortest digits that read back the same ("10", "1.5", "1e+21", "NaN").
std::string number_text(double number);
// Boolean(value): false for null, false, 0, NaN and "".
bool is_truthy(const Document& value);

// A Date: milliseconds, years -271821 to 275760. std::nullopt is "Invalid Date".
using Date = std::chrono::sys_time<std::chrono::milliseconds>;

// new Date(text) for the date-time string format ("2026-01-31", "2026-01-31T23:59:59.123+05:00",
// a missing offset of a time is UTC, as the application's servers run). A day past the end of its
// month, up to 31, runs over into the next, as in V8. Other formats that V8 guesses are refused.
std::optional<Date> parse_date(std::string_view text);

}  // namespace pcx::javascript
