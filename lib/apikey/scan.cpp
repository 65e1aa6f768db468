#include "apikey/scan.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <variant>

#include "apikey/token.h"

namespace pcx::apikey {

namespace {

bool is_key(std::string_view text) noexcept {
  return std::holds_alternative<ParsedToken>(parse_token(text));
}

}  // namespace

Scanner::Scanner(OnKey on_key, PrefixSearch search) : on_key_(std::move(on_key)), search_(search) {}

Scanner::~Scanner() { ::explicit_bzero(seam_.data(), seam_.size()); }

void Scanner::put(std::string_view block) {
  // Searched and counted in turns, in pieces that stay in the first cache.
  constexpr std::size_t kPiece = std::size_t{16} * 1024;
  search_seam(block);
  const std::size_t end = block.size() - std::min(block.size(), kKeptMax);
  for (std::size_t from = 0; from < end; from += kPiece) {
    const std::size_t piece_end = std::min(from + kPiece, end);
    search(block, bytes_, from, piece_end);
    pass_to(bytes_ + piece_end, block, bytes_);
  }
  keep_end_of(block);
  bytes_ += block.size();
}

// Keys that begin in what was kept and end in this block.
void Scanner::search_seam(std::string_view block) {
  const std::size_t added = std::min(block.size(), kKeptMax);
  std::copy_n(block.data(), added, seam_.data() + kept_);
  const std::string_view text{seam_.data(), kept_ + added};
  if (text.size() <= kKeptMax) return;
  const std::size_t end = text.size() - kKeptMax;  // at most kept_, since added is at most kKeptMax
  search(text, bytes_ - kept_, 0, end);
  pass_to(bytes_ - kept_ + end, text, bytes_ - kept_);
}

void Scanner::keep_end_of(std::string_view block) {
  if (block.size() >= kKeptMax) {
    kept_ = kKeptMax;
    std::copy_n(block.end() - kKeptMax, kKeptMax, seam_.begin());
    return;
  }
  const std::size_t whole = kept_ + block.size();  // lies in seam_ already
  kept_ = std::min(whole, kKeptMax);
  std::memmove(seam_.data(), seam_.data() + whole - kept_, kept_);
}

// Keys that begin in [from, end) of `text`, which has kKeptMax bytes more.
void Scanner::search(std::string_view text, std::uint64_t text_offset, std::size_t from,
                     std::size_t end) {
  static_assert(kLookahead <= kKeptMax);
  while ((from = search_.next(text.data(), from, end)) < end) {
    const std::string_view candidate = text.substr(from, kTokenBytes);
    if (is_key(candidate)) {
      pass_to(text_offset + from, text, text_offset);
      on_key_({text_offset + from, place_.line(), place_.column(), Secret{candidate}});
    }
    ++from;
  }
}

// The bytes up to `offset`, in `text` that begins at `text_offset`, are behind us.
void Scanner::pass_to(std::uint64_t offset, std::string_view text, std::uint64_t text_offset) {
  place_.pass(text.substr(passed_ - text_offset, offset - passed_));
  passed_ = offset;
}

}  // namespace pcx::apikey
