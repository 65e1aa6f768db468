// Comparison whose time does not depend on where the first difference is.
#pragma once

#include "crypto/bytes.h"

namespace pcx::crypto {

// True when both have the same length and the same bytes. Only the lengths may leak through time.
bool equal_in_constant_time(Bytes one, Bytes other) noexcept;

}  // namespace pcx::crypto
