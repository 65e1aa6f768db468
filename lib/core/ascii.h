// Letters of ASCII, whatever the locale says: what protocols compare without case.
#pragma once

#include <string>
#include <string_view>

namespace pcx {

constexpr char to_lower_ascii(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// Other bytes are left as they are.
inline std::string to_lower_ascii(std::string_view text) {
  std::string result{text};
  for (char& c : result) c = to_lower_ascii(c);
  return result;
}

}  // namespace pcx
