#include "http/retry_after.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/text.h"

namespace pcx::http {
namespace {

using namespace std::chrono;

std::optional<unsigned> number_of(std::string_view digits) {
  unsigned number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stopped, failed] = std::from_chars(digits.data(), end, number);
  if (failed != std::errc{} || stopped != end) return std::nullopt;
  return number;
}

std::optional<month> month_of(std::string_view name) {
  constexpr std::array<std::string_view, 12> kNames{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return month{static_cast<unsigned>(found - kNames.begin()) + 1};
}

// "08:49:37"
std::optional<seconds> time_of(std::string_view text) {
  if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
  const auto hour = number_of(text.substr(0, 2));
  const auto minute = number_of(text.substr(3, 2));
  const auto second = number_of(text.substr(6, 2));
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) {
    return std::nullopt;
  }
  return seconds{(*hour * 60 + *minute) * 60 + *second};
}

// Two digits mean the year that is not more than 50 years ahead (RFC 9110, 5.6.7).
int whole_year(unsigned number, std::size_t digits, Time now) {
  if (digits != 2) return static_cast<int>(number);
  const int this_year = static_cast<int>(year_month_day{floor<days>(now)}.year());
  const int found = this_year - this_year % 100 + static_cast<int>(number);
  if (found > this_year + 50) return found - 100;
  return found <= this_year - 50 ? found + 100 : found;
}

// "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"
std::optional<sys_seconds> http_date(std::string text, Time now) {
  std::ranges::replace(text, '-', ' ');
  auto words = split(text, ' ');
  std::erase(words, "");
  if (words.size() == 5) {  // in the order of the others
    words = {words[0], words[2], words[1], words[4], words[3], "GMT"};
  }
  if (words.size() != 6 || words[5] != "GMT") return std::nullopt;
  const auto day_number = number_of(words[1]);
  const auto month_found = month_of(words[2]);
  const auto year_number = number_of(words[3]);
  const auto time = time_of(words[4]);
  if (!day_number || !month_found || !year_number || *year_number > 9999 || !time) {
    return std::nullopt;
  }
  const year_month_day date{year{whole_year(*year_number, words[3].size(), now)}, *month_found,
                            day{*day_number}};
  if (!date.ok()) return std::nullopt;
  return sys_days{date} + *time;
}

}  // namespace

std::optional<seconds> retry_after(const Response& response, Time now) {
  const std::string* const header = response.header("Retry-After");
  if (header == nullptr) return std::nullopt;
  if (!header->empty() && header->find_first_not_of("0123456789") == std::string::npos) {
    const auto number = number_of(*header);  // too many digits: a very long time
    return number ? std::min(seconds{*number}, kRetryAfterMax) : kRetryAfterMax;
  }
  const auto date = http_date(*header, now);
  if (!date) return std::nullopt;
  return std::clamp(ceil<seconds>(*date - time_point_cast<milliseconds>(now)), seconds{0},
                    kRetryAfterMax);
}

}  // namespace pcx::http
