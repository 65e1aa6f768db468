// Trees of YAML files as text: those that come with pcx are parsed when it is built, not by each
// run. 28 kB take yaml-cpp 4 ms, and their tree next to nothing.
#pragma once

#include <string>
#include <string_view>

#include "core/embedded_file.h"
#include "core/yaml.h"

namespace pcx {

// One value after the other, each behind its parts: a line of kind (- null, s scalar, q scalar in
// quotes, l list, m map), line, column and size, then that many bytes and a line break, items, or
// keys (as scalars) each with its value. The file's name is not in it.
std::string to_tree(const YamlNode& root);

// `root` as parse_yaml(text, file) made it. Throws Error{internal} for what to_tree() does not
// write.
YamlNode from_tree(std::string_view tree, const std::string& file);

// "builtin:<path>", as messages name it and places have it.
std::string builtin_name(const EmbeddedFile& file);

// As parse_yaml(file.bytes, builtin_name(file)). REQUIRES: embedded with its tree.
YamlNode parse_yaml(const EmbeddedFile& file);

}  // namespace pcx
