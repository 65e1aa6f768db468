// Where a page of events ended: an opaque text, base64url of
//
//   1 | first 8 bytes of SHA-256(filter) | source | length of the time, 1 byte | time | id
//
// It is no secret and nobody vouches for it: whoever makes one reads what he could read anyway.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "audit/filter.h"

namespace pcx::audit {

inline constexpr std::size_t kCursorBytesMax = 4096;

struct Cursor {
  Source source = Source::app;
  std::string at;  // Event::at
  std::string id;  // Event::id
  bool operator==(const Cursor&) const = default;
};

// `filter`: whatever decides which events there are, as one text.
std::string to_text(const Cursor& cursor, std::string_view filter);

// Throws Error{data} with reason "cursor" for a text that is none, and with reason "other_filter"
// when it was made for another one.
Cursor parse_cursor(std::string_view text, std::string_view filter);

}  // namespace pcx::audit
