#include "cli/render/width.h"

#include <algorithm>
#include <utf8proc.h>

namespace pcx::cli {

namespace {

constexpr utf8proc_int32_t kEmojiSelector = 0xfe0f;

bool is_regional_indicator(utf8proc_int32_t c) { return c >= 0x1f1e6 && c <= 0x1f1ff; }

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

std::size_t width_of(utf8proc_int32_t c) {
  if (is_regional_indicator(c) || c == kEmojiSelector) return 2;
  return static_cast<std::size_t>(std::max(0, utf8proc_charwidth(c)));
}

}  // namespace

std::size_t display_width(std::string_view text) {
  if (is_ascii(text)) return text.size();
  std::size_t total = 0;
  std::size_t cluster = 0;
  utf8proc_int32_t before = -1;
  utf8proc_int32_t state = 0;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  for (std::size_t at = 0; at < text.size();) {
    utf8proc_int32_t c = 0;
    const auto length =
        utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &c);
    if (length <= 0) c = 0xfffd;  // as it will be shown
    at += length <= 0 ? 1 : static_cast<std::size_t>(length);
    if (before < 0 || utf8proc_grapheme_break_stateful(before, c, &state)) {
      total += cluster;
      cluster = 0;
    }
    cluster = std::max(cluster, width_of(c));
    before = c;
  }
  return total + cluster;
}

}  // namespace pcx::cli
