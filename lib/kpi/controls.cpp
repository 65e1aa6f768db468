#include "kpi/controls.h"

#include <algorithm>

#include "core/text.h"

namespace pcx::kpi {
namespace {

bool steers(char32_t value) {
  return (value < 0x20 && value != '\n') || (value >= 0x7f && value <= 0x9f);
}

}  // namespace

std::string without_controls(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    const std::size_t taken = std::max<std::size_t>(point.bytes, 1);
    if (point.bytes == 0 || steers(point.value)) {
      safe += "\uFFFD";
    } else {
      safe += text.substr(0, taken);
    }
    text.remove_prefix(taken);
  }
  return safe;
}

}  // namespace pcx::kpi
