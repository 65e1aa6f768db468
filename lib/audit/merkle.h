// Merkle trees as RFC 6962, section 2.1 has them, over SHA-256: the hash of a leaf is
// SHA-256(0x00 || data), that of a node SHA-256(0x01 || left || right), that of no leaf
// SHA-256(""). Of n leaves the first k, the largest power of two below n, are on the left. A
// subtree of 2^level leaves that begins at a multiple of 2^level is *complete*: it never changes
// again.
//
// Who holds the root of a tree can be shown in O(log n) hashes that a leaf is in it (inclusion),
// and that a larger tree begins with it (consistency). Proofs are made and checked as in RFC 9162,
// sections 2.1.3 and 2.1.4; they are those of RFC 6962. Pure.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "crypto/digest.h"

namespace pcx::audit {

using Hash = crypto::Sha256Digest;

// So that a size fits PostgreSQL's bigint, and no level is above 62.
inline constexpr std::uint64_t kTreeSizeMax = (std::uint64_t{1} << 63) - 1;
inline constexpr std::size_t kTreeLevels = 63;

// One context for all hashes of a tree: making one for each costs as much as hashing. For one
// thread at a time.
class TreeHasher {
 public:
  Hash leaf(crypto::Bytes data);
  Hash node(const Hash& left, const Hash& right);
  Hash empty();  // the root of no leaves

 private:
  crypto::Sha256 sha256_;
  std::array<std::byte, 1 + 2 * crypto::kSha256Bytes> node_{std::byte{1}};
};

// A complete subtree: the leaves from index * 2^level on.
struct NodeId {
  int level = 0;
  std::uint64_t index = 0;
  bool operator==(const NodeId&) const = default;
};

// Where the hashes of complete subtrees come from. Nothing says that they are right: a proof that
// is made of wrong ones is wrong.
class HashSource {
 public:
  virtual ~HashSource() = default;
  // Throws what the source throws when it has no such hash.
  virtual Hash hash(const NodeId& node) = 0;
};

// A tree that only grows: the hashes of its largest complete subtrees, one for each bit of its size
// (a "compact range"). Appending costs one hash of a node, on average.
class Frontier {
 public:
  Frontier() = default;  // of no leaves
  // That of a tree whose hashes are known: at most 63 questions. Throws Error{data} above
  // kTreeSizeMax.
  Frontier(std::uint64_t size, HashSource& source);

  void append(const Hash& leaf, TreeHasher& hasher) {
    append(leaf, hasher, [](const NodeId&, const Hash&) {});
  }
  // Calls visit(NodeId, Hash) for the leaf and for each subtree that it completes, smallest first.
  // REQUIRES: size() < kTreeSizeMax
  template <typename Visit>
  void append(const Hash& leaf, TreeHasher& hasher, Visit visit) {
    Hash hash = leaf;
    NodeId node{0, size_};
    visit(node, hash);
    while ((node.index & 1) != 0) {
      hash = hasher.node(at(node.level), hash);
      node = {node.level + 1, node.index >> 1};
      visit(node, hash);
    }
    at(node.level) = hash;
    ++size_;
  }

  std::uint64_t size() const { return size_; }
  Hash root(TreeHasher& hasher) const;

 private:
  Hash& at(int level) { return hashes_[static_cast<std::size_t>(level)]; }

  std::uint64_t size_ = 0;
  std::array<Hash, kTreeLevels>
      hashes_{};  // that of level l means something when bit l of size_ is
};

// The root of the first `size` leaves of `source`. Throws Error{data} above kTreeSizeMax.
Hash root_of(std::uint64_t size, HashSource& source, TreeHasher& hasher);

// Shows that leaf `index` is in the tree of `size` leaves: siblings from the leaf upwards. Throws
// Error{data} when there is no such leaf.
std::vector<Hash> inclusion_proof(std::uint64_t index, std::uint64_t size, HashSource& source,
                                  TreeHasher& hasher);

// Shows that the tree of `size` leaves begins with that of `old_size`. Of no leaves and of all
// leaves there is nothing to show: the proof is empty. Throws Error{data} when old_size > size.
std::vector<Hash> consistency_proof(std::uint64_t old_size, std::uint64_t size, HashSource& source,
                                    TreeHasher& hasher);

// A tree as a checkpoint names it.
struct TreeHead {
  std::uint64_t size = 0;
  Hash root{};
  bool operator==(const TreeHead&) const = default;
};

// Whether `proof` shows that `leaf` is leaf `index` of `tree`. Anything may be handed in.
[[nodiscard]] bool verify_inclusion(const Hash& leaf, std::uint64_t index, const TreeHead& tree,
                                    std::span<const Hash> proof, TreeHasher& hasher);

// Whether `proof` shows that `tree` begins with `old_tree`. Anything may be handed in. Every tree
// begins with that of no leaves, whose root is SHA-256(""): nothing is learnt about `tree` then.
[[nodiscard]] bool verify_consistency(const TreeHead& old_tree, const TreeHead& tree,
                                      std::span<const Hash> proof, TreeHasher& hasher);

}  // namespace pcx::audit
