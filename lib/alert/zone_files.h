// Time zones from the files of tzdata's compiler (zic), as systems have them: schedules count with
// them also when PostgreSQL is what is down.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "alert/schedule.h"
#include "alert/zone_table.h"

namespace pcx::alert {

// Where Linux and the BSDs have them.
inline constexpr const char* kZoneFolder = "/usr/share/zoneinfo";

// "America/New_York": parts of letters, digits, "_", "+" and "-", joined by single slashes, 100
// bytes at most. No such name leaves a folder. "localtime" is none: that is the machine's own.
bool is_zone_name(std::string_view name) noexcept;

// A file is read when its zone is first asked for, and kept. For one thread.
class ZoneFiles final : public ZoneClock {
 public:
  explicit ZoneFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Throws Error{data} for a name that is none or has no file, and for a file that is no time zone,
  // as ZoneTable::parse() does; else what read_file() throws.
  int utc_offset_s(const std::string& zone, Time at) const override;

 private:
  const ZoneTable& table_of(const std::string& zone) const;

  std::filesystem::path folder_;
  mutable std::map<std::string, ZoneTable> tables_;
};

}  // namespace pcx::alert
