// Places within the values of a YAML file.
#pragma once

#include <string_view>

#include "core/error.h"
#include "core/text.h"
#include "core/yaml.h"

namespace pcx {

// Where line and column `within` of the value's text stand in the file: exactly for block scalars
// written with |, and for values in one line without escapes; else where the value begins. `file`
// is the text of the whole file, without a byte order mark.
Location place_within(std::string_view file, const YamlNode& node, LineColumn within);

// What `work` makes of the value, given a place to count from; an Error{data} that it throws is
// placed in the file.
template <typename Work>
auto at_value(std::string_view file, const YamlNode& node, Work work) {
  try {
    return work(Location{node.place.file, 1, 1});
  } catch (Error& error) {
    if (error.code() != ErrorCode::data) throw;
    const Location& within = error.location();
    throw Error{error}.at(place_within(file, node, {within.line, within.column}));
  }
}

}  // namespace pcx
