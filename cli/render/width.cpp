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

// Calls visit(cluster, its columns) until it returns false.
template <typename Visit>
void for_each_cluster(std::string_view text, const Visit& visit) {
  std::size_t start = 0;
  std::size_t width = 0;
  utf8proc_int32_t before = -1;
  utf8proc_int32_t state = 0;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  for (std::size_t at = 0; at < text.size();) {
    utf8proc_int32_t c = 0;
    const auto length =
        utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &c);
    if (length <= 0) c = 0xfffd;  // as it will be shown
    if (before >= 0 && utf8proc_grapheme_break_stateful(before, c, &state)) {
      if (!visit(text.substr(start, at - start), width)) return;
      start = at;
      width = 0;
    }
    width = std::max(width, width_of(c));
    at += length <= 0 ? 1 : static_cast<std::size_t>(length);
    before = c;
  }
  if (start < text.size()) visit(text.substr(start), width);
}

}  // namespace

std::size_t display_width(std::string_view text) {
  if (is_ascii(text)) return text.size();
  std::size_t total = 0;
  for_each_cluster(text, [&](std::string_view, std::size_t width) {
    total += width;
    return true;
  });
  return total;
}

std::string shortened(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string{text};
  std::string result;
  std::size_t total = 0;
  for_each_cluster(text, [&](std::string_view cluster, std::size_t width) {
    if (total + width > columns - 3) return false;
    total += width;
    result += cluster;
    return true;
  });
  return result + "...";
}

}  // namespace pcx::cli
