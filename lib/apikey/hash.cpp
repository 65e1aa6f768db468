#include "apikey/hash.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.h"
#include "crypto/constant_time.h"

namespace pcx::apikey {

namespace {

constexpr std::size_t kPepperBytes = 32;

const Secret& require_pepper(const Secret& pepper) {
  if (pepper.size() == kPepperBytes) return pepper;
  throw Error{ErrorCode::crypto,
              fmt::format("a pepper has {} bytes, not {}", kPepperBytes, pepper.size())};
}

}  // namespace

KeyHasher::KeyHasher(const Secret& pepper) : mac_(require_pepper(pepper)) {}

KeyHash KeyHasher::hash(std::string_view key) { return mac_.tag(key); }

bool KeyHasher::matches(std::string_view key, const KeyHash* stored) {
  static constexpr KeyHash kNobodys{};
  const bool is_known = stored != nullptr;
  const bool is_equal = crypto::equal_in_constant_time(hash(key), is_known ? *stored : kNobodys);
  return is_equal && is_known;
}

std::optional<KeyHash> key_hash_of(crypto::Bytes stored) noexcept {
  if (stored.size() != kHashBytes) return std::nullopt;
  KeyHash hash;
  std::ranges::copy(stored, hash.begin());
  return hash;
}

}  // namespace pcx::apikey
