// YAML 1.2 text to a tree with places. The only door to yaml-cpp.
//
// Every scalar stays the text it is (yaml-cpp's guesses turn 010 into 8 and yes into true); readers
// convert by their own schema. A key that occurs twice in one map is an error.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"

namespace pcx {

struct YamlNode {
  enum class Kind { null, scalar, list, map };
  Kind kind = Kind::null;
  std::string text;                                       // scalar
  bool quoted = false;                                    // scalar written in quotes
  std::vector<YamlNode> items;                            // list
  std::vector<std::pair<std::string, YamlNode>> members;  // map, in the order of the text
  std::vector<Location> key_places;                       // of members, in the same order
  Location place;                                         // where the value starts

  const YamlNode* find(std::string_view key) const;  // nullptr: not there, or no map
};

struct YamlLimits {
  std::size_t bytes_max = 16 * 1024 * 1024;
  std::size_t depth_max = 100;
  std::size_t nodes_max = 1'000'000;  // aliases count as often as they are used
};

// Throws Error{data} with file:line:column.
YamlNode parse_yaml(std::string_view text, const std::string& file, const YamlLimits& limits = {});

}  // namespace pcx
