// Several texts as one, so that no two lists of texts give the same: each behind its length.
#pragma once

#include <string>
#include <string_view>

namespace pcx::crypto {

// LP(part): its length in 4 bytes, the highest first, then the part.
// REQUIRES: part.size() < 2^32
void append_part(std::string& text, std::string_view part);

}  // namespace pcx::crypto
