#include "core/duration.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/javascript.h"

namespace pcx {

namespace {

constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> kUnits = {
    {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};

std::optional<std::int64_t> milliseconds_in(std::string_view unit) {
  for (const auto& [name, milliseconds] : kUnits) {
    if (unit == name) return milliseconds;
  }
  return std::nullopt;
}

struct Parts {
  std::string_view digits;
  std::string_view rest;
};

Parts split_digits(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  return {text.substr(0, end), text.substr(end)};
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  constexpr std::int64_t kMillisecondsMax = std::int64_t{10'000} * 86'400'000;
  const auto [digits, unit] = split_digits(text);
  const auto milliseconds = milliseconds_in(unit);
  if (digits.empty() || (digits.size() > 1 && digits[0] == '0') || !milliseconds) {
    return std::nullopt;
  }
  std::int64_t count = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (failed != std::errc{} || count > kMillisecondsMax / *milliseconds) return std::nullopt;
  return std::chrono::milliseconds{count * *milliseconds};
}

double parse_application_duration_ms(std::string_view text) {
  const auto [digits, rest] = split_digits(javascript::trim(text));
  const std::string_view unit = javascript::trim(rest);
  const auto milliseconds = milliseconds_in(unit.empty() ? "s" : unit);
  if (digits.empty() || !milliseconds) {
    throw Error{ErrorCode::data, "Invalid duration: " + std::string{text}};
  }
  return javascript::to_number(std::string{digits}) * static_cast<double>(*milliseconds);
}

}  // namespace pcx
