// What a time zone does from its last known change on: the value of POSIX's TZ
// (pubs.opengroup.org/onlinepubs/9699919799/basedefs/V1_chap08.html, 8.3), with RFC 8536's hours
// from -167 to 167 (3.3.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/document.h"

namespace pcx::alert {

// A day of every year, and a time of that day, which may lie outside of it.
struct ZoneMoment {
  enum class Kind { day_of_month, julian, day_of_year };
  Kind kind = Kind::day_of_month;
  int month = 0, week = 0, weekday = 0;  // M3.2.0: the second Sunday of March; week 5: the last
  int day = 0;  // J60: March 1 in every year; 59: the 60th day, whatever it is
  std::int32_t time_s = 7200;
};

struct ZoneSummer {
  std::int32_t offset_s = 0;
  ZoneMoment begin;
  ZoneMoment end;
};

// "EST5EDT,M3.2.0,M11.1.0", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "UTC0".
struct ZoneRule {
  std::int32_t offset_s = 0;  // ahead of UTC, other than in TZ
  std::optional<ZoneSummer> summer;

  // std::nullopt for what is none, and for a summer time without the days on which it begins and
  // ends, which POSIX leaves to each system.
  static std::optional<ZoneRule> parse(std::string_view text);

  int utc_offset_s(Time at) const;
};

}  // namespace pcx::alert
