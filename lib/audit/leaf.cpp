#include "audit/leaf.h"

namespace pcx::audit {

std::optional<LeafSource> leaf_source_of(char letter) noexcept {
  for (const LeafSource source : {LeafSource::application, LeafSource::change, LeafSource::meta}) {
    if (letter == static_cast<char>(source)) return source;
  }
  return std::nullopt;
}

Hash LeafHasher::hash(LeafSource source, crypto::Bytes record) {
  head_.back() = static_cast<std::byte>(source);
  sha256_.update(head_);
  sha256_.update(record);
  return sha256_.finish();
}

}  // namespace pcx::audit
