// The text of a checkpoint (c2sp.org/tlog-checkpoint): what a log signs, as a note (audit/note.h).
//
//   <origin>
//   <number of leaves, decimal, without leading zeros>
//   <base64 of the root>
//   <extension lines, none as a rule>
//
// Lines are not empty, and each ends. Pure.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "audit/merkle.h"

namespace pcx::audit {

struct Checkpoint {
  std::string origin;  // whose tree it is
  TreeHead tree;
  std::vector<std::string> extensions;
  bool operator==(const Checkpoint&) const = default;
};

enum class CheckpointFault {
  no_lines,   // the last line does not end, or fewer than three
  not_text,   // no UTF-8, or a control character
  no_origin,  // the first line is empty
  size,       // no decimal number up to kTreeSizeMax as it is written here
  root,       // not 32 bytes as base64
  extension,  // an empty line behind the root
};

// The size of what is parsed has a limit where it comes from: kNoteBytesMax.
std::variant<Checkpoint, CheckpointFault> parse_checkpoint(std::string_view text);

// The text that parse_checkpoint() reads as the same. Throws Error{data} when there is none.
std::string checkpoint_text(const Checkpoint& checkpoint);

const char* to_string(CheckpointFault fault) noexcept;  // "no tree size": a phrase for messages

}  // namespace pcx::audit
