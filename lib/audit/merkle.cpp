#include "audit/merkle.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "core/error.h"

namespace pcx::audit {

namespace {

constexpr std::byte kLeafPrefix{0};

int level_of(std::uint64_t power_of_two) { return std::countr_zero(power_of_two); }

// The first leaf of the right subtree, of [begin, end) with two leaves at least.
std::uint64_t middle_of(std::uint64_t begin, std::uint64_t end) {
  return begin + std::bit_floor(end - begin - 1);
}

// The root of the leaves [begin, end), a subtree of some tree: complete subtrees, the largest
// first, put together from the right.
Hash subtree(std::uint64_t begin, std::uint64_t end, HashSource& source, TreeHasher& hasher) {
  const auto take_last = [&] {
    const int level = level_of((end - begin) & (begin - end));
    end -= std::uint64_t{1} << level;
    return source.hash({level, end >> level});
  };
  Hash hash = take_last();
  while (end != begin) hash = hasher.node(take_last(), hash);
  return hash;
}

void require_size(std::uint64_t size) {
  if (size <= kTreeSizeMax) return;
  throw Error{ErrorCode::data,
              fmt::format("a tree has no more than {} leaves, not {}", kTreeSizeMax, size)};
}

// The way upwards through a proof, as RFC 9162 walks it: where the node on the path is among those
// of its level, and where the last one is.
struct Climb {
  std::uint64_t node;
  std::uint64_t last;

  bool is_at_root() const { return last == 0; }
  bool has_left_sibling() const { return (node & 1) != 0 || node == last; }

  void up() {
    node >>= 1;
    last >>= 1;
  }
  // Past the levels at which the last node has no sibling.
  void up_behind_left_sibling() {
    while ((node & 1) == 0 && node != 0) up();
    up();
  }
};

}  // namespace

Hash TreeHasher::leaf(crypto::Bytes data) {
  sha256_.update(crypto::Bytes{&kLeafPrefix, 1});
  sha256_.update(data);
  return sha256_.finish();
}

Hash TreeHasher::node(const Hash& left, const Hash& right) {
  std::memcpy(node_.data() + 1, left.data(), left.size());
  std::memcpy(node_.data() + 1 + left.size(), right.data(), right.size());
  sha256_.update(node_);
  return sha256_.finish();
}

Hash TreeHasher::empty() { return sha256_.finish(); }

Frontier::Frontier(std::uint64_t size, HashSource& source) : size_(size) {
  require_size(size);
  for (std::uint64_t begin = 0, rest = size; rest != 0;) {
    const int level = level_of(std::bit_floor(rest));
    at(level) = source.hash({level, begin >> level});
    begin += std::uint64_t{1} << level;
    rest -= std::uint64_t{1} << level;
  }
}

Hash Frontier::root(TreeHasher& hasher) const {
  if (size_ == 0) return hasher.empty();
  auto level = static_cast<std::size_t>(std::countr_zero(size_));
  Hash hash = hashes_[level];
  for (++level; level < hashes_.size() && size_ >> level != 0; ++level) {
    if ((size_ >> level & 1) != 0) hash = hasher.node(hashes_[level], hash);
  }
  return hash;
}

Hash root_of(std::uint64_t size, HashSource& source, TreeHasher& hasher) {
  require_size(size);
  return size == 0 ? hasher.empty() : subtree(0, size, source, hasher);
}

std::vector<Hash> inclusion_proof(std::uint64_t index, std::uint64_t size, HashSource& source,
                                  TreeHasher& hasher) {
  require_size(size);
  if (index >= size) {
    throw Error{ErrorCode::data, fmt::format("a tree of {} leaves has no leaf {}", size, index)};
  }
  std::vector<Hash> proof;
  std::uint64_t begin = 0, end = size;
  while (end - begin > 1) {
    const std::uint64_t middle = middle_of(begin, end);
    const bool is_left = index < middle;
    proof.push_back(is_left ? subtree(middle, end, source, hasher)
                            : subtree(begin, middle, source, hasher));
    (is_left ? end : begin) = middle;
  }
  std::ranges::reverse(proof);
  return proof;
}

std::vector<Hash> consistency_proof(std::uint64_t old_size, std::uint64_t size, HashSource& source,
                                    TreeHasher& hasher) {
  require_size(size);
  if (old_size > size) {
    throw Error{ErrorCode::data,
                fmt::format("a tree of {} leaves begins with none of {}", size, old_size)};
  }
  std::vector<Hash> proof;
  if (old_size == 0) return proof;
  std::uint64_t begin = 0, end = size;
  while (end != old_size) {
    const std::uint64_t middle = middle_of(begin, end);
    const bool is_left = old_size <= middle;
    proof.push_back(is_left ? subtree(middle, end, source, hasher)
                            : subtree(begin, middle, source, hasher));
    (is_left ? end : begin) = middle;
  }
  // What both trees have in common: the old tree itself, whose root is known, or its right end.
  if (begin != 0) proof.push_back(subtree(begin, end, source, hasher));
  std::ranges::reverse(proof);
  return proof;
}

// RFC 9162, section 2.1.3.2.
bool verify_inclusion(const Hash& leaf, std::uint64_t index, const TreeHead& tree,
                      std::span<const Hash> proof, TreeHasher& hasher) {
  if (index >= tree.size) return false;
  Climb climb{index, tree.size - 1};
  Hash hash = leaf;
  for (const Hash& sibling : proof) {
    if (climb.is_at_root()) return false;
    if (climb.has_left_sibling()) {
      hash = hasher.node(sibling, hash);
      climb.up_behind_left_sibling();
    } else {
      hash = hasher.node(hash, sibling);
      climb.up();
    }
  }
  return climb.is_at_root() && hash == tree.root;
}

// RFC 9162, section 2.1.4.2.
bool verify_consistency(const TreeHead& old_tree, const TreeHead& tree, std::span<const Hash> proof,
                        TreeHasher& hasher) {
  if (old_tree.size == tree.size) return proof.empty() && old_tree.root == tree.root;
  if (old_tree.size == 0) return proof.empty() && old_tree.root == hasher.empty();
  if (old_tree.size > tree.size || proof.empty()) return false;
  Climb climb{old_tree.size - 1, tree.size - 1};
  while ((climb.node & 1) != 0) climb.up();
  // A complete old tree is a node of the new one; its root is not in the proof.
  const bool is_complete = std::has_single_bit(old_tree.size);
  Hash old_hash = is_complete ? old_tree.root : proof.front();
  Hash hash = old_hash;
  for (const Hash& sibling : proof.subspan(is_complete ? 0 : 1)) {
    if (climb.is_at_root()) return false;
    if (climb.has_left_sibling()) {
      old_hash = hasher.node(sibling, old_hash);
      hash = hasher.node(sibling, hash);
      climb.up_behind_left_sibling();
    } else {
      hash = hasher.node(hash, sibling);
      climb.up();
    }
  }
  return climb.is_at_root() && old_hash == old_tree.root && hash == tree.root;
}

}  // namespace pcx::audit
