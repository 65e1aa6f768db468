#include "alert/zone_files.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.h"
#include "core/file.h"
#include "core/text.h"

namespace pcx::alert {
namespace {

constexpr std::size_t kNameBytesMax = 100;
constexpr std::string_view kLocalTime = "localtime";  // a link that systems have among the zones

bool is_letter_of_name(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '+' || c == '-';
}

Error unknown_zone(const std::string& zone, const std::string& hint) {
  return Error{ErrorCode::data, fmt::format("time zone '{}' is unknown", escape_controls(zone)),
               hint}
      .because("unknown_zone");
}

}  // namespace

bool is_zone_name(std::string_view name) noexcept {
  if (name.empty() || name.size() > kNameBytesMax || name == kLocalTime) return false;
  if (name.front() == '/' || name.back() == '/') return false;
  if (name.find("//") != std::string_view::npos) return false;
  return std::ranges::all_of(name, [](char c) { return c == '/' || is_letter_of_name(c); });
}

int ZoneFiles::utc_offset_s(const std::string& zone, Time at) const {
  return table_of(zone).utc_offset_s(at);
}

const ZoneTable& ZoneFiles::table_of(const std::string& zone) const {
  const auto known = tables_.find(zone);
  if (known != tables_.end()) return known->second;
  if (!is_zone_name(zone)) {
    throw unknown_zone(zone, "Names are those of the IANA time zone database: America/New_York.");
  }
  const std::filesystem::path path = folder_ / zone;
  std::error_code failure;
  if (!std::filesystem::is_regular_file(path, failure)) {
    throw unknown_zone(zone,
                       fmt::format("There is no file {}. Names are those of the IANA time zone "
                                   "database, which the package tzdata installs.",
                                   path.string()));
  }
  const std::string bytes = read_file(path, kZoneBytesMax);
  return tables_.emplace(zone, ZoneTable::parse(bytes, zone)).first->second;
}

}  // namespace pcx::alert
