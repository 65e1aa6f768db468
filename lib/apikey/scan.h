// Finds API keys that leaked into text: logs, source code, dumps, tickets. Pure: bytes in, keys
// out. What a key looks like says token.h.
//
// Prefix, lengths and checksum decide, whatever stands before and behind. Leaks are embedded: in
// JSON, URLs, command lines, names ("KEY_pcx_live_..."), or run into the next word where a line
// break was lost. A letter behind the checksum therefore does not save a key, and costs nothing: of
// texts that only look like a key the checksum lets through fewer than one in four thousand
// million. Two keys may share up to three bytes (a checksum ends with "pcx", "_live_..." follows):
// both are reported.
//
// What is not plain is not found: compressed files (.gz, the objects of .git), base64, UTF-16.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "apikey/prefix_search.h"
#include "apikey/text_place.h"
#include "apikey/token.h"
#include "core/secret.h"

namespace pcx::apikey {

struct FoundKey {
  std::uint64_t offset = 0;  // of its first byte, from the beginning of the text
  std::uint64_t line = 1;    // as TextPlace counts
  std::uint64_t column = 1;
  Secret key;  // whole; may be kept
};

// One text, in blocks of any size; every key is reported once, by where it begins, as soon as its
// last byte is there. Works in constant memory, and wipes what it kept of the text.
class Scanner {
 public:
  using OnKey = std::function<void(FoundKey)>;

  explicit Scanner(OnKey on_key, PrefixSearch search = prefix_searches().front());
  Scanner(const Scanner&) = delete;
  Scanner& operator=(const Scanner&) = delete;
  ~Scanner();

  // Calls on_key while it runs; what that throws comes through, and ends the use of this Scanner.
  void put(std::string_view block);

  std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  static constexpr std::size_t kKeptMax = kTokenBytes - 1;

  void search(std::string_view text, std::uint64_t text_offset, std::size_t from, std::size_t end);
  void pass_to(std::uint64_t offset, std::string_view text, std::uint64_t text_offset);
  void search_seam(std::string_view block);
  void keep_end_of(std::string_view block);

  OnKey on_key_;
  PrefixSearch search_;
  // The end of the text so far, with room for the beginning of the next block behind it.
  std::array<char, 2 * kKeptMax> seam_{};
  std::size_t kept_ = 0;
  std::uint64_t bytes_ = 0;   // of the blocks before
  std::uint64_t passed_ = 0;  // of them those that place_ knows
  TextPlace place_;
};

}  // namespace pcx::apikey
