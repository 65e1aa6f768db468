#include "load/encoder.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <zlib.h>
#include <zstd.h>

#include "core/error.h"

namespace pcx::load {

namespace {

std::string deflate_text(std::string_view text, int window_bits) {
  constexpr int kMemoryLevel = 8;
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window_bits, kMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw Error{ErrorCode::internal, "zlib: no memory for its state"};
  }
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);  // deflateBound() is enough for all of it
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd_text(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  const std::size_t bytes =
      ZSTD_compress(out.data(), out.size(), text.data(), text.size(), ZSTD_CLEVEL_DEFAULT);
  if (ZSTD_isError(bytes) != 0) throw Error{ErrorCode::internal, "zstd: no memory for its state"};
  out.resize(bytes);
  return out;
}

// From the lowest bit on: of the stream WBITS (0: a window of 16 bits), then of each meta-block
// ISLAST 0, MNIBBLES 0 (four of them), MLEN - 1 in 16 bits, ISUNCOMPRESSED 1; ones that are not
// needed up to the byte's end are 0.
std::string brotli_text(std::string_view text) {
  constexpr std::size_t kBlockBytesMax = 65'536;
  constexpr char kLastAndEmpty = 3;
  std::string out;
  for (bool is_first = true; is_first || !text.empty(); is_first = false) {
    const std::string_view block = text.substr(0, kBlockBytesMax);
    text.remove_prefix(block.size());
    if (block.empty()) return std::string(1, '\x06');  // WBITS, then ISLAST and ISLASTEMPTY
    const int shift = is_first ? 1 : 0;
    const std::uint32_t bits = (static_cast<std::uint32_t>(block.size() - 1) << (3 + shift)) |
                               (std::uint32_t{1} << (19 + shift));
    for (int byte = 0; byte < 3; ++byte) out += static_cast<char>(bits >> (8 * byte));
    out += block;
  }
  return out + kLastAndEmpty;
}

}  // namespace

std::string encode(std::string_view encoding, std::string_view text) {
  constexpr int kGzipHeader = 16;
  if (encoding == "gzip") return deflate_text(text, kGzipHeader + MAX_WBITS);
  if (encoding == "deflate") return deflate_text(text, MAX_WBITS);
  if (encoding == "br") return brotli_text(text);
  if (encoding == "zstd") return zstd_text(text);
  return std::string{text};
}

}  // namespace pcx::load
