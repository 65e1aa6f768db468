// A report's values for people: the same words in text, Markdown and HTML. No clock and no locale.
#pragma once

#include <string>
#include <string_view>

#include "kpi/report.h"

namespace pcx::kpi {

// "1,234"; "-1,250.50 USD"; "45 s", "12 min 32 s", "1 h 02 min"; "12.5 %". REQUIRES: digits are a
// number's, at least.
std::string digits_text(std::string_view digits, const Definition& definition,
                        std::string_view currency);
// The same of what was reckoned, such as a median; of counts with one decimal where it has any.
std::string number_text(double number, const Definition& definition, std::string_view currency);
// The same, or "n/a", "not kept", "failed": four outputs that nobody may take for one another.
std::string value_text(const Value& value, const Definition& definition, std::string_view currency);
const char* state_text(State state) noexcept;  // REQUIRES: not known

// "appointment", "USD", "seconds", "ratio".
std::string unit_text(const Definition& definition, std::string_view currency);

// "+15.0 %"; of ratios "-2.0 pp" (points of percent); "new" when it was 0; "same"; "n/a", "not
// kept", "failed" when that day is not known; "" when this one is not.
std::string change_text(const Result& result, const Comparison& comparison);
// Six digits behind the point at most, without zeros at the end: "0.15", "-11.505".
std::string share_digits(double share);

// What a change means to the practice.
enum class Tone { good, bad, neither };
Tone tone_of(const Result& result, const Comparison& comparison);
enum class Direction { up, down, none };
Direction direction_of(const Result& result, const Comparison& comparison);

const char* basis_text(Basis basis) noexcept;  // "previous day", "same weekday", "last year"

// "high, usually 12.5"; empty unless it is high or low.
std::string anomaly_text(const Result& result, std::string_view currency);
// What is worth knowing besides the number: the anomaly, n, the reason why there is none; or "".
// "12 so far": what is compared of a day that is not over, where that is not its value. Else "".
std::string so_far_text(const Result& result, std::string_view currency);
std::string note_text(const Result& result, std::string_view currency);

// "North Clinic (north)"; the id when it is not in table tenants; "Without a tenant".
std::string tenant_title(const Tenant& tenant);
// "2026-03-08, Sunday, America/New_York, 23 hours, until 2026-03-08 18:05 UTC": hours when they are
// not 24, until when the day is not over.
std::string day_line(const DayReport& day, const Tenant& tenant);
std::string in_capitals(std::string_view text);  // letters of ASCII
std::string weekday_text(Date date);             // "Sunday"

// "as of 2026-03-09T05:00:00.000Z, snapshot 7:9:, 120 ms"
std::string runtime_text(const Runtime& runtime);

}  // namespace pcx::kpi
