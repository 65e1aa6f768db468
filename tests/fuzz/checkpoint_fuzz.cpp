// Checkpoints from elsewhere: whatever is taken is written as it was read.
#include <string>

#include "audit/checkpoint.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pcx::audit;
  using pcx::fuzz::promise;
  const std::string_view text = pcx::fuzz::text_of(data, size);
  const auto parsed = parse_checkpoint(text);
  if (const auto* const checkpoint = std::get_if<Checkpoint>(&parsed)) {
    promise(checkpoint_text(*checkpoint) == text, "a checkpoint has one text");
    promise(checkpoint->tree.size <= kTreeSizeMax, "the size has a limit");
    promise(!checkpoint->origin.empty(), "there is an origin");
  }
  return 0;
}
