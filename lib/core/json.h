// JSON (RFC 8259) to and from Document. The only door to nlohmann_json.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/document.h"

namespace pcx {

struct JsonLimits {
  std::size_t bytes_max = std::size_t{64} * 1024 * 1024;
  std::size_t depth_max = 200;
};

// Integers become int64 (beyond its range: Decimal), other numbers double. Members keep the order
// of the text. `name` is the file or source shown in errors.
//
// Throws Error{data} with line and column for malformed text, invalid UTF-8, a key that occurs
// twice in one object, or a broken limit.
Document parse_json(std::string_view text, std::string_view name, const JsonLimits& limits = {});

// Invalid UTF-8 becomes U+FFFD; NaN and infinities, of Decimals too, become null, as in
// JavaScript's JSON.stringify. Decimals are written as JSON numbers with their digits, times as RFC
// 3339 strings. `indent` < 0 writes one line without spaces, otherwise that many blanks a level.
std::string to_json(const Document& document, int indent = -1);

}  // namespace pcx
