// CRC-32 as zlib, PNG and Ethernet have it: polynomial 0x04C11DB7, reflected, from and to all ones
// (ISO 3309; RFC 1952, section 8). It finds slips of the pen, and nobody who means to deceive.
#pragma once

#include <cstdint>
#include <string_view>

namespace pcx {

// All single errors of up to 32 neighbouring bits change it. Eight bytes a step (0.4 ns a byte).
std::uint32_t crc32(std::string_view bytes) noexcept;

}  // namespace pcx
