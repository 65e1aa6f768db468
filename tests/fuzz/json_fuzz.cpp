// parse_json: only Error{data} with a place leaves it, and what it read is what it writes.
#include <string>

#include "core/error.h"
#include "core/json.h"
#include "tests/fuzz/fuzz.h"

namespace {

using pcx::fuzz::promise;

void reads_back(const pcx::Document& document) {
  const std::string written = pcx::to_json(document);
  promise(pcx::to_json(pcx::parse_json(written, "written")) == written, "writing is stable");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    reads_back(pcx::parse_json(pcx::fuzz::text_of(data, size), "fuzz"));
  } catch (const pcx::Error& error) {
    promise(error.code() == pcx::ErrorCode::data, "a bad text is Error{data}");
    promise(error.location().line > 0, "the error has a place");
  }
  return 0;
}
