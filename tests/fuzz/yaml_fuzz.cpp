// parse_yaml: only Error{data} leaves it; the tree keeps the limits, aliases included, has every
// key once, and every value and error stands in the text.
#include <algorithm>

#include "core/text.h"
#include "core/yaml.h"
#include "tests/fuzz/fuzz.h"

namespace {

constexpr pcx::YamlLimits kYamlLimits{.bytes_max = 4096, .depth_max = 20, .nodes_max = 1000};

struct TreeSize {
  std::size_t nodes = 1;
  std::size_t bytes = 0;
  std::size_t depth = 0;

  void add(const TreeSize& below) {
    nodes += below.nodes;
    bytes += below.bytes;
    depth = std::max(depth, below.depth + 1);
  }
};

void is_in(const pcx::Location& place, pcx::LineColumn end) {
  pcx::fuzz::promise(place.line <= end.line, "a place is in the text");
  pcx::fuzz::promise(place.line < end.line || place.column <= end.column, "also on its last line");
}

TreeSize measure(const pcx::YamlNode& node, pcx::LineColumn end) {
  TreeSize size{.bytes = node.text.size(), .depth = node.kind >= pcx::YamlNode::Kind::list};
  pcx::fuzz::promise(node.place.line >= 1 && node.place.column >= 1, "every value has a place");
  is_in(node.place, end);
  pcx::fuzz::promise(node.members.size() == node.key_places.size(), "every key has a place");
  for (const auto& item : node.items) size.add(measure(item, end));
  for (const auto& [key, value] : node.members) {
    pcx::fuzz::promise(node.find(key) == &value, "no key occurs twice");
    size.bytes += key.size();
    size.add(measure(value, end));
  }
  return size;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = pcx::fuzz::text_of(data, size);
  const pcx::LineColumn end = pcx::line_column_at(text, text.size());
  try {
    const TreeSize tree = measure(pcx::parse_yaml(text, "fuzz", kYamlLimits), end);
    pcx::fuzz::promise(tree.nodes <= kYamlLimits.nodes_max, "nodes_max holds");
    pcx::fuzz::promise(tree.bytes <= kYamlLimits.bytes_max, "bytes_max holds");
    pcx::fuzz::promise(tree.depth <= kYamlLimits.depth_max, "depth_max holds");
  } catch (const pcx::Error& error) {
    pcx::fuzz::promise(error.code() == pcx::ErrorCode::data, "a bad text is Error{data}");
    is_in(error.location(), end);
  }
  return 0;
}
