#include "crypto/parts.h"

#include <cstdint>

namespace pcx::crypto {

void append_part(std::string& text, std::string_view part) {
  const auto size = static_cast<std::uint32_t>(part.size());
  for (const unsigned shift : {24u, 16u, 8u, 0u}) text += static_cast<char>(size >> shift & 0xffu);
  text += part;
}

}  // namespace pcx::crypto
