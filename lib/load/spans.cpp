#include "load/spans.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string>

#include "core/text.h"

namespace pcx::load {

namespace {

// The number at the start of `text`; what is behind it stays there.
std::optional<double> take_number(std::string_view& text) {
  double number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  return number;
}

}  // namespace

std::optional<double> parse_ms(std::string_view text) {
  text = trim(text);
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  std::string unit{trim(text)};
  std::transform(unit.begin(), unit.end(), unit.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  struct Unit {
    std::string_view names;
    double ms;
  };
  constexpr Unit kUnits[] = {{" ms msec msecs millisecond milliseconds ", 1},
                             {" s sec secs second seconds ", 1'000},
                             {" m min mins minute minutes ", 60'000},
                             {" h hr hrs hour hours ", 3'600'000},
                             {" d day days ", 86'400'000},
                             {" w week weeks ", 604'800'000},
                             {" y yr yrs year years ", 31'557'600'000}};
  if (unit.empty()) return number;
  for (const Unit& known : kUnits) {
    if (known.names.find(" " + unit + " ") != std::string_view::npos) return *number * known.ms;
  }
  return std::nullopt;
}

std::optional<double> seconds_of(const Value& value) {
  if (const double* number = value.number()) return *number;
  const std::string* text = value.text();
  if (text == nullptr) return std::nullopt;
  std::string_view rest = trim(*text);
  const auto number = take_number(rest);
  if (number && rest.empty()) return number;
  const auto ms = parse_ms(*text);
  return ms ? std::optional{*ms / 1'000} : std::nullopt;
}

double jitter_of(const Value& value, double seconds) {
  std::string text = value.to_text();
  std::string_view rest = trim(text);
  const auto number = take_number(rest);
  if (!number) return 0;
  if (trim(rest) == "%") return seconds * *number / 100;
  const auto ms = parse_ms(text);
  return ms ? *ms / 1'000 : 0;
}

}  // namespace pcx::load
