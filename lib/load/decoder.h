// Content encodings of HTTP, undone as the bytes come: gzip, deflate, br, zstd (RFC 9110, 8.4.1;
// RFC 7932; RFC 8878). Several in a row, as "gzip, br", too.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pcx::load {

class Decoder {
 public:
  Decoder();
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;

  // For the value of Content-Encoding; "" and "identity": nothing is to be undone. False for an
  // encoding that is not known, or more than two: then nothing is undone either.
  bool begin(std::string_view content_encoding);
  bool is_needed() const { return !stages_.empty(); }

  // too_large: also what lies between two encodings, beyond 32 MB.
  enum class State { fine, broken, too_large };
  // Appends what `bytes` decode to; `out` never grows beyond `out_max` bytes.
  State put(std::string_view bytes, std::string& out, std::size_t out_max);
  // The body is over. False: it was cut off.
  bool is_complete() const;

  class Stage;

 private:
  std::vector<std::unique_ptr<Stage>> stages_;  // the last one that was applied first
  std::size_t between_bytes_ = 0;
};

}  // namespace pcx::load
