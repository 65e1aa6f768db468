// Compiled time zones: only Error{data} leaves ZoneTable::parse(); local time is never further from
// UTC than RFC 8536 allows, a footer's an hour more.
#include <string>

#include "alert/zone_table.h"
#include "core/error.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using pcx::alert::ZoneTable;
  using pcx::fuzz::promise;
  constexpr std::int64_t kYear_s = 31'556'952;
  constexpr int kOffsetMax_s = 27 * 3600;
  try {
    const ZoneTable table = ZoneTable::parse(pcx::fuzz::text_of(data, size), "fuzz");
    for (std::int64_t year = -290; year < 290; year += 13) {
      const pcx::Time at{std::chrono::seconds{year * kYear_s + year * 86'413}};
      const int offset = table.utc_offset_s(at);
      promise(offset >= -kOffsetMax_s && offset <= kOffsetMax_s, "local time is near UTC");
      promise(table.utc_offset_s(at) == offset, "and the same when asked again");
    }
  } catch (const pcx::Error& error) {
    promise(error.code() == pcx::ErrorCode::data, "a bad file is Error{data}");
    promise(std::string_view{error.what()}.find("'fuzz'") != std::string_view::npos,
            "which names the zone");
  }
  return 0;
}
