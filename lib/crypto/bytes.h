// Bytes by view: what every function of this room takes.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace pcx::crypto {

using Bytes = std::span<const std::byte>;

inline Bytes bytes_of(std::string_view text) {
  return std::as_bytes(std::span{text.data(), text.size()});
}

inline std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace pcx::crypto
