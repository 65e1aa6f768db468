#include "audit/patched_tree.h"

#include "core/error.h"

namespace pcx::audit {

PatchedTree::PatchedTree(std::uint64_t size, std::span<const Hash> hashes) : size_(size) {
  if (size > kTreeSizeMax || static_cast<std::size_t>(std::popcount(size)) != hashes.size()) {
    throw Error{ErrorCode::data, "a tree of this size has another number of subtrees"};
  }
  std::size_t next = 0;
  for (std::size_t level = 0; level < kTreeLevels; ++level) {
    if ((size >> level & 1) != 0) hashes_[level] = hashes[next++];
  }
}

void PatchedTree::append(int level, const Hash& subtree, TreeHasher& hasher) {
  const std::uint64_t leaves = std::uint64_t{1} << level;
  Hash hash = subtree;
  auto at = static_cast<std::size_t>(level);
  for (; (size_ >> at & 1) != 0; ++at) hash = hasher.node(hashes_[at], hash);
  hashes_[at] = hash;
  size_ += leaves;
}

std::vector<Hash> PatchedTree::hashes() const {
  std::vector<Hash> found;
  for (std::size_t level = 0; level < kTreeLevels; ++level) {
    if ((size_ >> level & 1) != 0) found.push_back(hashes_[level]);
  }
  return found;
}

Hash PatchedTree::root(TreeHasher& hasher) const {
  const std::vector<Hash> subtrees = hashes();
  if (subtrees.empty()) return hasher.empty();
  Hash hash = subtrees.front();
  for (std::size_t i = 1; i < subtrees.size(); ++i) hash = hasher.node(subtrees[i], hash);
  return hash;
}

}  // namespace pcx::audit
