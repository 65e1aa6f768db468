// One compiled time zone: the bytes of a TZif file (RFC 8536) of version 2 or later.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alert/zone_rule.h"
#include "core/document.h"

namespace pcx::alert {

inline constexpr std::size_t kZoneBytesMax =
    std::size_t{256} * 1024;  // tzdata's have 4 KiB at most

class ZoneTable {
 public:
  // Throws Error{data} that names the zone for bytes that are none, that end too early or go on
  // after the footer, for version 1 (whose times end in 2038), and for a zone that counts leap
  // seconds ("right/..."), as the clocks of pcx do not.
  static ZoneTable parse(std::string_view bytes, const std::string& zone);

  // Seconds that local time is ahead of UTC: before the first change the file's first type, after
  // the last one what its footer says.
  int utc_offset_s(Time at) const;

 private:
  struct Change {
    std::int64_t at_s = 0;  // since 1970
    std::int32_t offset_s = 0;
  };

  std::int32_t first_offset_s_ = 0;
  std::vector<Change> changes_;  // in the order of their times
  std::optional<ZoneRule> rule_;
};

}  // namespace pcx::alert
