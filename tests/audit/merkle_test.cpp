#include "audit/merkle.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/random.h"
#include "tests/audit/trees.h"
#include "tests/support/data.h"
#include "tests/support/errors.h"

namespace pcx::audit {
namespace {

constexpr std::size_t kLargest = 300;

Hash hash_of(const Document& digits) {
  Hash hash;
  EXPECT_EQ(crypto::read_hex(*digits.text(), hash), crypto::EncodingFault::none);
  return hash;
}

std::vector<Hash> hashes_of(const Document& texts) {
  std::vector<Hash> hashes;
  for (const Document& digits : texts.items()) hashes.push_back(hash_of(digits));
  return hashes;
}

std::uint64_t number_of(const Document& object, std::string_view key) {
  return static_cast<std::uint64_t>(std::get<std::int64_t>(object.find(key)->scalar()));
}

TreeHead head_of(std::size_t size, HashSource& source, TreeHasher& hasher) {
  return {size, root_of(size, source, hasher)};
}

// The tree of Certificate Transparency, by tests/audit/reference.py.
class KnownTree : public ::testing::Test {
 protected:
  KnownTree() : known_(testing::data_json("audit-merkle.json")), tree_(leaves()) {}

  std::vector<Hash> leaves() {
    std::vector<Hash> leaves;
    for (const Document& digits : known_.find("leaves")->items()) {
      const std::string data = crypto::from_hex(*digits.text()).value();
      leaves.push_back(hasher_.leaf(crypto::bytes_of(data)));
    }
    return leaves;
  }
  TreeHead head(std::size_t size) {
    return {size, hash_of(known_.find("roots")->items().at(size))};
  }

  TreeHasher hasher_;
  Document known_;
  LeafTree tree_;
};

TEST_F(KnownTree, HasItsRoots) {
  Frontier frontier;
  for (std::size_t size = 0; size <= 8; ++size) {
    EXPECT_EQ(frontier.size(), size);
    EXPECT_EQ(frontier.root(hasher_), head(size).root) << size;
    EXPECT_EQ(root_of(size, tree_, hasher_), head(size).root) << size;
    if (size < 8) frontier.append(tree_.leaves()[size], hasher_);
  }
}

TEST_F(KnownTree, HasItsInclusionProofs) {
  const auto& proofs = known_.find("inclusion")->items();
  EXPECT_EQ(proofs.size(), 36u);
  for (const Document& known : proofs) {
    const std::uint64_t leaf = number_of(known, "leaf"), size = number_of(known, "size");
    const auto proof = hashes_of(*known.find("proof"));
    EXPECT_EQ(inclusion_proof(leaf, size, tree_, hasher_), proof) << leaf << " of " << size;
    EXPECT_TRUE(verify_inclusion(tree_.leaves()[leaf], leaf, head(size), proof, hasher_));
  }
}

TEST_F(KnownTree, HasItsConsistencyProofs) {
  const auto& proofs = known_.find("consistency")->items();
  EXPECT_EQ(proofs.size(), 36u);
  for (const Document& known : proofs) {
    const std::uint64_t old = number_of(known, "old"), size = number_of(known, "size");
    const auto proof = hashes_of(*known.find("proof"));
    EXPECT_EQ(consistency_proof(old, size, tree_, hasher_), proof) << old << " of " << size;
    EXPECT_TRUE(verify_consistency(head(old), head(size), proof, hasher_));
  }
}

TEST_F(KnownTree, OfManyLeavesHasItsRootsAndProofs) {
  LeafTree tree{numbered_leaves(70000)};
  for (const Document& known : known_.find("large")->items()) {
    const std::uint64_t size = number_of(known, "size");
    EXPECT_EQ(root_of(size, tree, hasher_), hash_of(*known.find("root"))) << size;
    EXPECT_EQ(inclusion_proof(size / 3, size, tree, hasher_), hashes_of(*known.find("inclusion")));
    EXPECT_EQ(consistency_proof(size / 3, size, tree, hasher_),
              hashes_of(*known.find("consistency")));
  }
}

// What was shown of one tree is shown of no other; sides as they are met from the leaf upwards.
std::string path_sides(std::uint64_t index, std::uint64_t size) {
  if (index >= size) return "none";
  if (size == 1) return "";
  const std::uint64_t split = std::bit_floor(size - 1);
  return index < split ? path_sides(index, split) + "r"
                       : path_sides(index - split, size - split) + "l";
}

// '=': the old root is a node of the new tree, '?': it has to be put together.
std::string proof_sides(std::uint64_t old_size, std::uint64_t size, bool is_known) {
  if (old_size == 0 || old_size > size) return "none";
  if (old_size == size) return is_known ? "=" : "?";
  const std::uint64_t split = std::bit_floor(size - 1);
  return old_size <= split ? proof_sides(old_size, split, is_known) + "r"
                           : proof_sides(old_size - split, size - split, false) + "l";
}

// The bits of numbers to flip: all of them for small trees, the low ones for the others.
std::vector<std::uint64_t> bits_of_numbers(std::size_t size) {
  std::vector<std::uint64_t> bits;
  for (int bit = 0; bit < 64; ++bit) {
    if (size <= 40 || bit < 10) bits.push_back(std::uint64_t{1} << bit);
  }
  return bits;
}

class Tree : public ::testing::Test {
 protected:
  Tree() : tree_(numbered_leaves(kLargest)) {
    for (std::size_t size = 0; size <= kLargest; ++size) {
      heads_.push_back({size, defined_root(tree_.first(size), hasher_)});
    }
  }
  bool includes(const Hash& leaf, std::uint64_t index, const TreeHead& tree,
                std::span<const Hash> proof) {
    return verify_inclusion(leaf, index, tree, proof, hasher_);
  }
  bool begins(const TreeHead& old_tree, const TreeHead& tree, std::span<const Hash> proof) {
    return verify_consistency(old_tree, tree, proof, hasher_);
  }

  TreeHasher hasher_;
  LeafTree tree_;
  std::vector<TreeHead> heads_;
  SeededRandom random_{1};
};

TEST_F(Tree, HasTheRootOfItsDefinition) {
  Frontier frontier;
  for (std::size_t size = 0; size <= kLargest; ++size) {
    EXPECT_EQ(frontier.root(hasher_), heads_[size].root) << size;
    EXPECT_EQ(head_of(size, tree_, hasher_), heads_[size]) << size;
    if (size < kLargest) frontier.append(tree_.leaves()[size], hasher_);
  }
}

TEST_F(Tree, GoesOnFromItsHashes) {
  for (std::size_t size = 0; size <= kLargest; ++size) {
    Frontier frontier{size, tree_};
    EXPECT_EQ(frontier.root(hasher_), heads_[size].root) << size;
    while (frontier.size() < kLargest) frontier.append(tree_.leaves()[frontier.size()], hasher_);
    EXPECT_EQ(frontier.root(hasher_), heads_[kLargest].root) << size;
  }
}

TEST_F(Tree, ShowsEachSubtreeAsItIsCompleted) {
  Frontier frontier;
  std::size_t nodes = 0;
  for (const Hash& leaf : tree_.leaves()) {
    frontier.append(leaf, hasher_, [&](const NodeId& node, const Hash& hash) {
      EXPECT_EQ(hash, tree_.hash(node)) << node.level << ", " << node.index;
      ++nodes;
    });
  }
  std::size_t expected = 0;
  for (std::size_t of_level = kLargest; of_level > 0; of_level /= 2) expected += of_level;
  EXPECT_EQ(nodes, expected);
}

TEST_F(Tree, ShowsEveryLeaf) {
  for (std::size_t size = 1; size <= kLargest; ++size) {
    for (std::size_t index = 0; index < size; ++index) {
      const auto proof = inclusion_proof(index, size, tree_, hasher_);
      ASSERT_EQ(proof.size(), path_sides(index, size).size());
      ASSERT_TRUE(includes(tree_.leaves()[index], index, heads_[size], proof))
          << index << " of " << size;
    }
  }
}

TEST_F(Tree, ShowsEveryTreeThatItBeganAs) {
  for (std::size_t size = 0; size <= kLargest; ++size) {
    for (std::size_t old = 0; old <= size; ++old) {
      const auto proof = consistency_proof(old, size, tree_, hasher_);
      ASSERT_TRUE(begins(heads_[old], heads_[size], proof)) << old << " of " << size;
    }
  }
}

// Every bit of small trees, one bit of each hash of the others.
std::vector<std::size_t> bits_to_flip(std::size_t size, Random& random) {
  constexpr std::size_t kBits = 8 * crypto::kSha256Bytes;
  if (size > 17) return {random.below(kBits)};
  std::vector<std::size_t> bits(kBits);
  for (std::size_t bit = 0; bit < kBits; ++bit) bits[bit] = bit;
  return bits;
}

TEST_F(Tree, ShowsNoLeafWithAnotherHash) {
  for (std::size_t size = 1; size <= kLargest; ++size) {
    for (std::size_t index = 0; index < size; ++index) {
      const Hash& leaf = tree_.leaves()[index];
      auto proof = inclusion_proof(index, size, tree_, hasher_);
      for (const std::size_t bit : bits_to_flip(size, random_)) {
        for (Hash& hash : proof) {
          hash = with_flipped_bit(hash, bit);
          ASSERT_FALSE(includes(leaf, index, heads_[size], proof));
          hash = with_flipped_bit(hash, bit);
        }
        ASSERT_FALSE(includes(with_flipped_bit(leaf, bit), index, heads_[size], proof));
        const TreeHead other{size, with_flipped_bit(heads_[size].root, bit)};
        ASSERT_FALSE(includes(leaf, index, other, proof));
      }
    }
  }
}

// A root does not say how many leaves it is of: where the way up is the same in a tree of another
// size, nothing tells them apart. A checkpoint signs both.
TEST_F(Tree, ShowsNoLeafAtAnotherPlace) {
  for (std::size_t size = 1; size <= kLargest; ++size) {
    for (std::size_t index = 0; index < size; ++index) {
      const Hash& leaf = tree_.leaves()[index];
      const auto proof = inclusion_proof(index, size, tree_, hasher_);
      const std::string sides = path_sides(index, size);
      for (const std::uint64_t bit : bits_of_numbers(size)) {
        ASSERT_FALSE(includes(leaf, index ^ bit, heads_[size], proof));
        const TreeHead other{size ^ bit, heads_[size].root};
        ASSERT_EQ(includes(leaf, index, other, proof), path_sides(index, other.size) == sides)
            << index << " of " << other.size;
      }
    }
  }
}

TEST_F(Tree, ShowsNoLeafAtAnotherPlaceOfATreeOfAnotherSize) {
  constexpr std::size_t kSizes = 17;
  for (std::size_t size = 1; size <= kSizes; ++size) {
    for (std::size_t index = 0; index < size; ++index) {
      const auto proof = inclusion_proof(index, size, tree_, hasher_);
      const std::string sides = path_sides(index, size);
      for (std::size_t other = 0; other < (kSizes + 1) * (kSizes + 1); ++other) {
        const std::size_t other_index = other % (kSizes + 1), other_size = other / (kSizes + 1);
        const TreeHead head{other_size, heads_[size].root};
        ASSERT_EQ(includes(tree_.leaves()[index], other_index, head, proof),
                  path_sides(other_index, other_size) == sides)
            << index << " of " << size << ", " << other_index << " of " << other_size;
      }
    }
  }
}

TEST_F(Tree, BeganAsNoTreeWithAnotherHash) {
  for (std::size_t size = 1; size <= kLargest; ++size) {
    for (std::size_t old = 1; old <= size; ++old) {
      auto proof = consistency_proof(old, size, tree_, hasher_);
      for (const std::size_t bit : bits_to_flip(size, random_)) {
        for (Hash& hash : proof) {
          hash = with_flipped_bit(hash, bit);
          ASSERT_FALSE(begins(heads_[old], heads_[size], proof));
          hash = with_flipped_bit(hash, bit);
        }
        const TreeHead other_old{old, with_flipped_bit(heads_[old].root, bit)};
        ASSERT_FALSE(begins(other_old, heads_[size], proof));
        const TreeHead other{size, with_flipped_bit(heads_[size].root, bit)};
        ASSERT_FALSE(begins(heads_[old], other, proof));
      }
    }
  }
}

TEST_F(Tree, BeganAsNoTreeOfAnotherSize) {
  for (std::size_t size = 1; size <= kLargest; ++size) {
    for (std::size_t old = 1; old < size; ++old) {
      const auto proof = consistency_proof(old, size, tree_, hasher_);
      const std::string sides = proof_sides(old, size, true);
      for (const std::uint64_t bit : bits_of_numbers(size)) {
        const TreeHead other_old{old ^ bit, heads_[old].root};
        ASSERT_EQ(begins(other_old, heads_[size], proof),
                  proof_sides(other_old.size, size, true) == sides)
            << other_old.size << " of " << size;
        const TreeHead other{size ^ bit, heads_[size].root};
        ASSERT_EQ(begins(heads_[old], other, proof), proof_sides(old, other.size, true) == sides)
            << old << " of " << other.size;
      }
    }
  }
}

// Hashes too many, too few, in another order.
template <typename Verify>
void expect_only(const std::vector<Hash>& proof, const Hash& another, Verify verify) {
  for (std::size_t i = 0; i <= proof.size(); ++i) {
    auto longer = proof;
    longer.insert(longer.begin() + static_cast<std::ptrdiff_t>(i), another);
    EXPECT_FALSE(verify(longer));
  }
  for (std::size_t i = 0; i < proof.size(); ++i) {
    auto shorter = proof;
    shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_FALSE(verify(shorter));
    auto swapped = proof;
    std::swap(swapped[0], swapped[i]);
    EXPECT_EQ(verify(swapped), i == 0);
  }
}

TEST_F(Tree, TakesNoOtherProof) {
  for (const std::size_t size : {1, 2, 3, 7, 8, 9, 255, 256, 257, 300}) {
    for (std::size_t index = 0; index < size; ++index) {
      const TreeHead& head = heads_[size];
      const auto path = inclusion_proof(index, size, tree_, hasher_);
      expect_only(path, head.root,
                  [&](auto& it) { return includes(tree_.leaves()[index], index, head, it); });
      const auto proof = consistency_proof(index, size, tree_, hasher_);
      expect_only(proof, head.root, [&](auto& it) { return begins(heads_[index], head, it); });
    }
  }
}

TEST_F(Tree, OfNoLeavesIsTheBeginningOfAll) {
  const std::vector<Hash> one_hash{heads_[5].root};
  EXPECT_TRUE(begins(heads_[0], heads_[0], {}));
  EXPECT_TRUE(begins(heads_[0], heads_[5], {}));
  EXPECT_FALSE(begins(heads_[0], heads_[5], one_hash));
  EXPECT_FALSE(begins({0, heads_[5].root}, heads_[5], {}));
  EXPECT_FALSE(begins(heads_[5], heads_[0], {}));
  EXPECT_FALSE(includes(heads_[0].root, 0, heads_[0], {}));
}

TEST_F(Tree, IsNoBeginningOfASmallerOne) {
  for (std::size_t old = 1; old <= 20; ++old) {
    for (std::size_t size = 0; size < old; ++size) {
      const auto proof = consistency_proof(size, old, tree_, hasher_);
      EXPECT_FALSE(begins(heads_[old], heads_[size], proof)) << old << " of " << size;
    }
  }
}

TEST_F(Tree, RefusesWhatItDoesNotHave) {
  const auto message = [](auto work) {
    const Error error = testing::error_of(work);
    EXPECT_EQ(error.code(), ErrorCode::data);
    return std::string{error.what()};
  };
  constexpr std::uint64_t kTooMany = kTreeSizeMax + 1;
  const std::string too_many =
      "a tree has no more than 9223372036854775807 leaves, not 9223372036854775808";
  EXPECT_EQ(message([&] { inclusion_proof(5, 5, tree_, hasher_); }),
            "a tree of 5 leaves has no leaf 5");
  EXPECT_EQ(message([&] { inclusion_proof(0, 0, tree_, hasher_); }),
            "a tree of 0 leaves has no leaf 0");
  EXPECT_EQ(message([&] { consistency_proof(6, 5, tree_, hasher_); }),
            "a tree of 5 leaves begins with none of 6");
  EXPECT_EQ(message([&] { inclusion_proof(5, kTooMany, tree_, hasher_); }), too_many);
  EXPECT_EQ(message([&] { consistency_proof(5, kTooMany, tree_, hasher_); }), too_many);
  EXPECT_EQ(message([&] { root_of(kTooMany, tree_, hasher_); }), too_many);
  EXPECT_EQ(message([&] { Frontier(kTooMany, tree_); }), too_many);
}

// Every subtree has the same hash: sizes that no memory holds.
class EndlessTree final : public HashSource {
 public:
  EndlessTree() : hashes_{TreeHasher{}.leaf({})} {
    TreeHasher hasher;
    while (hashes_.size() < kTreeLevels) {
      hashes_.push_back(hasher.node(hashes_.back(), hashes_.back()));
    }
  }
  Hash hash(const NodeId& node) override {
    return hashes_.at(static_cast<std::size_t>(node.level));
  }

 private:
  std::vector<Hash> hashes_;
};

TEST_F(Tree, MayHaveAsManyLeavesAsItsLimit) {
  EndlessTree endless;
  const Hash leaf = endless.hash({0, 0});
  const TreeHead largest{kTreeSizeMax, root_of(kTreeSizeMax, endless, hasher_)};
  Frontier frontier{kTreeSizeMax - 1, endless};
  frontier.append(leaf, hasher_);
  EXPECT_EQ(frontier.root(hasher_), largest.root);
  for (const std::uint64_t index : {std::uint64_t{0}, kTreeSizeMax / 2, kTreeSizeMax - 1}) {
    const auto proof = inclusion_proof(index, kTreeSizeMax, endless, hasher_);
    EXPECT_TRUE(includes(leaf, index, largest, proof));
    const TreeHead old{index, root_of(index, endless, hasher_)};
    EXPECT_TRUE(begins(old, largest, consistency_proof(index, kTreeSizeMax, endless, hasher_)));
  }
}

}  // namespace
}  // namespace pcx::audit
