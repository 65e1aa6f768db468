// Content encodings of HTTP: what load/decoder.h undoes. For answers of the target server.
#pragma once

#include <string>
#include <string_view>

namespace pcx::load {

// `encoding`: "gzip", "deflate" (with zlib's header), "br" or "zstd"; others give `text` itself.
// Brotli is stored, not compressed (RFC 7932, 9.2: uncompressed meta-blocks): only its decoder is
// linked.
std::string encode(std::string_view encoding, std::string_view text);

}  // namespace pcx::load
