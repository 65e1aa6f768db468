// Files of exported API keys: only Error{data} that names the file and a line leaves
// parse_transfer(); what was read is what is written, when a line is not too long for that.
#include <string>

#include "apikey/transfer.h"
#include "core/error.h"
#include "tests/fuzz/fuzz.h"

namespace {

using pcx::apikey::Transfer;
using pcx::fuzz::promise;

void is_written(const Transfer& transfer) {
  const std::string lines = pcx::apikey::to_lines(transfer);
  const Transfer again = pcx::apikey::parse_transfer(lines, "written");
  promise(again.keys.size() == transfer.keys.size(), "every key is written");
  promise(pcx::apikey::to_lines(again) == lines, "and read as it was");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Transfer transfer;
  try {
    transfer = pcx::apikey::parse_transfer(pcx::fuzz::text_of(data, size), "fuzz");
  } catch (const pcx::Error& error) {
    promise(error.code() == pcx::ErrorCode::data, "a bad file is Error{data}");
    promise(error.location().file == "fuzz", "which names the file");
    promise(error.location().line >= 1, "and a line");
    return 0;
  }
  try {
    is_written(transfer);
  } catch (const pcx::Error& error) {
    promise(size > pcx::apikey::kTransferLineBytesMax / 8, "only long lines cannot be written");
  }
  return 0;
}
