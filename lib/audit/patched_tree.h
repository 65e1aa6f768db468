// A tree of which some leaves are known, and of the gaps between them only the hashes of the
// largest complete subtrees that fill them. Its root is that of the whole tree. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "audit/merkle.h"

namespace pcx::audit {

// The largest complete subtrees that fill [begin, end), from left to right.
template <typename Visit>
void for_each_subtree(std::uint64_t begin, std::uint64_t end, Visit visit) {
  while (begin < end) {
    const int fits = static_cast<int>(std::bit_width(end - begin)) - 1;
    const int level = begin == 0 ? fits : std::min(fits, std::countr_zero(begin));
    visit(NodeId{level, begin >> level});
    begin += std::uint64_t{1} << level;
  }
}

// Like Frontier (audit/merkle.h), but takes whole subtrees, too.
class PatchedTree {
 public:
  PatchedTree() = default;
  // As `size()` and `hashes()` were. Throws Error{data} for another number of hashes.
  PatchedTree(std::uint64_t size, std::span<const Hash> hashes);

  // The next 2^level leaves. REQUIRES: size() is a multiple of that
  void append(int level, const Hash& subtree, TreeHasher& hasher);

  std::uint64_t size() const { return size_; }
  std::vector<Hash> hashes() const;  // one for each bit of size(), the lowest first
  Hash root(TreeHasher& hasher) const;

 private:
  std::uint64_t size_ = 0;
  std::array<Hash, kTreeLevels + 1> hashes_{};  // of level l: when bit l of size_ is set
};

}  // namespace pcx::audit
