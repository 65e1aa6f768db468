// Ranges of monitoring plugins: only Error{data} leaves the reader, and what it read is written and
// read again as the same.
#include <string>

#include "alert/nagios.h"
#include "core/error.h"
#include "tests/fuzz/fuzz.h"

namespace {

using pcx::alert::Range;
using pcx::fuzz::promise;

void holds(const Range& range) {
  promise(range.start <= range.end, "a start is not above its end");
  const std::string text = to_string(range);
  promise(pcx::alert::parse_range(text) == range, "a range is read again as itself");
  promise(text.find_first_not_of("@~:-.0123456789") == text.npos, "a range has no exponent");
  promise(range.is_alert(range.start) == range.is_inverted, "a start belongs to it");
  promise(range.is_alert(range.end) == range.is_inverted, "an end belongs to it");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    holds(pcx::alert::parse_range(pcx::fuzz::text_of(data, size)));
  } catch (const pcx::Error& error) {
    promise(error.code() == pcx::ErrorCode::data, "a bad range is Error{data}");
  }
  return 0;
}
