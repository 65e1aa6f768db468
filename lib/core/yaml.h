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
  YamlNode();  // out of line: clang 14 would need the whole type to know whether there is one

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
  std::size_t bytes_max =
      std::size_t{16} * 1024 * 1024;  // of the text, and again of all scalars of the tree
  std::size_t depth_max = 100;
  std::size_t nodes_max = 1'000'000;  // anchors count twice, aliases as often as they are used
};

// One document; an empty text is null, as are ~ and a plain null. Aliases become copies, placed
// where the anchored value stands; "<<" is a key like any other. Of tags only those of the YAML
// core schema are known, and of these only !!str says something: it counts as quotes.
//
// Throws Error{data} with file:line:column for text that is no YAML or no UTF-8, for a second
// document, a key that occurs twice (at the second; reason "duplicate_key") or is no scalar, an
// alias inside the value it names, another tag, and a broken limit.
YamlNode parse_yaml(std::string_view text, const std::string& file, const YamlLimits& limits = {});

}  // namespace pcx
