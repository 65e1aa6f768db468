// The tree of a script before it means anything: types of plain scalars, "<<", and how one tree is
// laid over another.
//
// Sources: js-yaml 3's default schema, lodash's merge.
#pragma once

#include <string_view>

#include "core/document.h"
#include "core/yaml.h"

namespace pcx::load {

// "<<: *other" and lists of such: members that are not there yet, of the map or maps it names.
void resolve_merge_keys(YamlNode& node);

// A scalar with its type: what stands in quotes is text; else true, false, null and numbers are
// such. Numbers as YAML 1.1 has them (1_000, 0x1f, 0b1, 017). Dates and 12:30 stay text.
Document scalar_of(const YamlNode& node);
Document to_document(const YamlNode& node);
YamlNode to_node(const Document& document, const Location& place);

// What js-yaml would make of it, and the author of a script hardly means.
enum class Surprise { none, date, base_60, octal };
Surprise surprise_of(const YamlNode& node);

enum class Lists { by_index, replaced };
// lodash.merge(): maps member by member; lists by index, or replaced; everything else is replaced.
void merge_over(YamlNode& base, const YamlNode& over, Lists lists);
// Sets or replaces a member.
void set_member(YamlNode& map, std::string_view key, YamlNode value);
// The member as a map, empty when there was none.
YamlNode& map_member(YamlNode& map, std::string_view key);

}  // namespace pcx::load
