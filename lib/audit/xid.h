// Numbers of transactions (xid8) as the server writes them: decimal.
#pragma once

#include <charconv>
#include <cstdint>
#include <string_view>

namespace pcx::audit {

// REQUIRES: the server wrote it.
inline std::uint64_t xid_in(std::string_view text) noexcept {
  std::uint64_t xid = 0;
  std::from_chars(text.data(), text.data() + text.size(), xid);
  return xid;
}

}  // namespace pcx::audit
