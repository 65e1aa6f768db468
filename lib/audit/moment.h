// Times as people write them in questions about the trail. Pure.
//
//   2026-01-31T23:59:59.5Z, ...+01:00   RFC 3339: an instant
//   2026-01-31T10:00, 2026-01-31T10:00:00   in a time zone that is given elsewhere
//   2026-01-31, today, yesterday            a day of that time zone
//   -2h                                     so long before now: ms, s, m, h, d
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/document.h"

namespace pcx::audit {

struct Moment {
  enum class Kind {
    instant,
    ago,    // `ago` before now
    local,  // `text` is a time of a calendar: "2026-01-31T10:00:00"
    day,    // `text` is a day of a calendar: "2026-01-31"
    today,  // `days` after the day that it is now: 0, or -1
  };
  Kind kind = Kind::instant;
  Time instant = {};
  std::chrono::milliseconds ago = {};
  std::string text = {};
  int days = 0;

  // Whether a time zone decides which instant it is.
  bool needs_zone() const { return kind != Kind::instant && kind != Kind::ago; }
  // Whether it is as long as a day.
  bool is_day() const { return kind == Kind::day || kind == Kind::today; }
  bool operator==(const Moment&) const = default;
};

// std::nullopt for everything else, days that no calendar has among it, and outside of the years
// 1678 to 2261.
std::optional<Moment> parse_moment(std::string_view text);

}  // namespace pcx::audit
