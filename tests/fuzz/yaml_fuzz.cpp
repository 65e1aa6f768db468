// parse_yaml: only Error{data} leaves it, and no value stands before the text.
#include "core/yaml.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const pcx::YamlLimits limits{.bytes_max = 4096, .depth_max = 20, .nodes_max = 1000};
  try {
    const pcx::YamlNode root = pcx::parse_yaml(pcx::fuzz::text_of(data, size), "fuzz", limits);
    pcx::fuzz::promise(root.members.size() == root.key_places.size(), "every key has a place");
    pcx::fuzz::promise(root.place.line >= 0, "places start at 1, 0 is not known");
  } catch (const pcx::Error& error) {
    pcx::fuzz::promise(error.code() == pcx::ErrorCode::data, "a bad text is Error{data}");
  }
  return 0;
}
