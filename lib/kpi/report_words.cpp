#include "kpi/report_words.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "core/date.h"
#include "core/grouped.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::kpi {

namespace {

double number_from(std::string_view digits) {
  double number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::string duration_text(double seconds) {
  const auto whole = std::llround(std::abs(seconds));
  const char* const sign = seconds < 0 && whole > 0 ? "-" : "";
  if (whole < 60) return fmt::format("{}{} s", sign, whole);
  if (whole < 3600) return fmt::format("{}{} min {:02} s", sign, whole / 60, whole % 60);
  return fmt::format("{}{} h {:02} min", sign, grouped(whole / 3600), whole % 3600 / 60);
}

// A hundred times as much by moving the point: nothing is rounded, so that little is never 0.
std::string percent_text(std::string_view digits) {
  const bool is_negative = digits.starts_with('-');
  if (is_negative) digits.remove_prefix(1);
  const std::size_t point = std::min(digits.find('.'), digits.size());
  std::string whole{digits.substr(0, point)};
  std::string rest{point < digits.size() ? digits.substr(point + 1) : std::string_view{}};
  while (rest.size() < 3) rest += '0';
  whole += rest.substr(0, 2);
  rest.erase(0, 2);
  while (rest.size() > 1 && rest.ends_with('0')) rest.pop_back();
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
  return fmt::format("{}{}.{} %", is_negative ? "-" : "", grouped(whole), rest);
}

bool is_zero(const Value& value) { return number_of(value) == 0; }

// Hours with a half where a zone moves by it: 23, 23.5, 25.
std::string hours_text(const Day& day) {
  const std::chrono::duration<double, std::ratio<3600>> length = day.to - day.from;
  return length.count() == 24 ? "" : fmt::format(", {:g} hours", length.count());
}

}  // namespace

std::string in_capitals(std::string_view text) {
  std::string capitals{text};
  for (char& c : capitals) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c);
  return capitals;
}

std::string digits_text(std::string_view digits, const Definition& definition,
                        std::string_view currency) {
  switch (definition.kind) {
    case Kind::count: return grouped(std::string{digits});
    case Kind::money:
      return fmt::format("{} {}", grouped(std::string{digits}), in_capitals(currency));
    case Kind::duration: return duration_text(number_from(digits));
    case Kind::ratio: return percent_text(digits);
  }
  return {};
}

std::string number_text(double number, const Definition& definition, std::string_view currency) {
  std::string digits;
  switch (definition.kind) {
    case Kind::count: digits = fmt::format("{:.1f}", number); break;
    case Kind::money: digits = fmt::format("{:.2f}", number); break;
    case Kind::duration: digits = fmt::format("{:.0f}", number); break;
    case Kind::ratio: digits = fmt::format("{:.4f}", number); break;
  }
  if (definition.kind == Kind::count && digits.ends_with(".0")) digits.resize(digits.size() - 2);
  return digits_text(digits, definition, currency);
}

const char* state_text(State state) noexcept {
  switch (state) {
    case State::known: return "";
    case State::no_data: return "n/a";
    case State::not_kept: return "not kept";
    case State::failed: return "failed";
  }
  return "";
}

std::string value_text(const Value& value, const Definition& definition,
                       std::string_view currency) {
  if (value.state != State::known) return state_text(value.state);
  return digits_text(value.digits, definition, currency);
}

std::string unit_text(const Definition& definition, std::string_view currency) {
  switch (definition.kind) {
    case Kind::count: return definition.unit;
    case Kind::money: return in_capitals(currency);
    case Kind::duration: return "seconds";
    case Kind::ratio: return "ratio";
  }
  return {};
}

std::string change_text(const Result& result, const Comparison& comparison) {
  if (comparison.value.state != State::known) return state_text(comparison.value.state);
  if (comparison.is_new) return "new";
  if (!comparison.change) {
    const bool is_same = result.value.state == State::known && is_zero(result.value);
    return is_same ? "same" : "";
  }
  if (*comparison.change == 0) return "same";
  const bool is_ratio = result.definition->kind == Kind::ratio;
  return fmt::format("{:+.1f} {}", 100 * *comparison.change, is_ratio ? "pp" : "%");
}

std::string share_digits(double share) {
  std::string digits = fmt::format("{:.6f}", share);
  while (digits.ends_with('0')) digits.pop_back();
  if (digits.ends_with('.')) digits.pop_back();
  return digits == "-0" ? "0" : digits;
}

Direction direction_of(const Result& result, const Comparison& comparison) {
  if (comparison.is_new) return number_of(result.value) < 0 ? Direction::down : Direction::up;
  if (!comparison.change || *comparison.change == 0) return Direction::none;
  return *comparison.change > 0 ? Direction::up : Direction::down;
}

Tone tone_of(const Result& result, const Comparison& comparison) {
  const Direction direction = direction_of(result, comparison);
  const Better better = result.definition->better;
  if (direction == Direction::none || better == Better::neither) return Tone::neither;
  return (direction == Direction::up) == (better == Better::more) ? Tone::good : Tone::bad;
}

const char* basis_text(Basis basis) noexcept {
  switch (basis) {
    case Basis::previous_day: return "previous day";
    case Basis::same_weekday: return "same weekday";
    case Basis::previous_year: return "last year";
  }
  return "";
}

std::string anomaly_text(const Result& result, std::string_view currency) {
  const auto verdict = result.anomaly.verdict;
  if (verdict != Anomaly::Verdict::high && verdict != Anomaly::Verdict::low) return {};
  return fmt::format("{}, usually {}", to_string(verdict),
                     number_text(result.anomaly.median, *result.definition, currency));
}

std::string so_far_text(const Result& result, std::string_view currency) {
  if (!result.so_far || *result.so_far == result.value) return {};
  return value_text(*result.so_far, *result.definition, currency) + " so far";
}

std::string note_text(const Result& result, std::string_view currency) {
  std::vector<std::string> notes;
  if (std::string so_far = so_far_text(result, currency); !so_far.empty()) {
    notes.push_back(std::move(so_far));
  }
  if (std::string anomaly = anomaly_text(result, currency); !anomaly.empty()) {
    notes.push_back(std::move(anomaly));
  }
  if (result.value.sample) notes.push_back(fmt::format("n = {}", grouped(*result.value.sample)));
  if (!result.value.reason.empty()) notes.push_back(result.value.reason);
  return join(notes, "; ");
}

std::string tenant_title(const Tenant& tenant) {
  if (!tenant.id) return "Without a tenant";
  const std::string label = tenant.label();
  return tenant.name.empty() ? label : fmt::format("{} ({})", tenant.name, label);
}

std::string weekday_text(Date date) {
  constexpr std::array names = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                "Thursday", "Friday", "Saturday"};
  return names[std::chrono::weekday{date}.c_encoding()];
}

std::string day_line(const DayReport& day, const Tenant& tenant) {
  std::string line = fmt::format("{}, {}, {}{}", to_iso_date(day.day.date),
                                 weekday_text(day.day.date), tenant.time_zone, hours_text(day.day));
  if (!day.is_partial()) return line;
  const std::string until = to_rfc3339(day.until);  // "2026-03-08T18:05:00.000Z"
  return line + fmt::format(", compared until {} {} UTC", until.substr(0, 10), until.substr(11, 5));
}

std::string runtime_text(const Runtime& runtime) {
  return fmt::format("as of {}, snapshot {}, {} ms", to_rfc3339(runtime.as_of), runtime.snapshot,
                     runtime.elapsed.count());
}

}  // namespace pcx::kpi
