#include "audit/kept_checkpoint.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "audit/checkpoint_store.h"
#include "audit/epoch_check.h"
#include "audit/tile_store.h"
#include "core/error.h"
#include "core/time.h"

namespace pcx::audit {

namespace {

TrailFinding finding(Attack attack, Finding severity, std::string what) {
  return {.attack = attack, .severity = severity, .index = std::nullopt, .what = std::move(what)};
}

// The tiles have all of the kept tree, whatever became of its checkpoint.
bool is_in_tiles(db::Transaction& tx, std::int32_t epoch, const TreeHead& tree) {
  try {
    TreeHasher hasher;
    TileReader tiles{tree.size, tiles_of(tx, epoch), hasher};
    return root_of(tree.size, tiles, hasher) == tree.root;
  } catch (const Error& error) {
    if (error.reason() != "missing" && error.reason() != "malformed") throw;
    return false;
  }
}

TrailFinding smaller_than_kept(const Trees& trees, const Epoch& epoch, const SealedTree& kept,
                               std::uint64_t size) {
  const std::uint64_t gone = kept.checkpoint.tree.size - size;
  const bool is_restored = trees.is_restored || epoch.number != trees.epochs.back().number;
  TrailFinding found =
      finding(is_restored ? Attack::restored : Attack::tail_dropped,
              is_restored ? Finding::warning : Finding::critical,
              fmt::format("the kept checkpoint of {} has {} leaves, the tree has {}: {} are gone{}",
                          to_rfc3339(kept.point.sealed_at), kept.checkpoint.tree.size, size, gone,
                          is_restored ? ", the database was restored to a time before it" : ""));
  found.epoch = epoch.number;
  found.index = size;
  return found;
}

// Of a kept checkpoint that a known key has signed.
struct KeptTree {
  std::int64_t number = 0;  // of the tree
  Time at{};
};

std::optional<KeptTree> kept_tree(const TrustedKeys& keys, const std::string& note) {
  const auto opened = keys.open(note);
  const auto* const tree = std::get_if<SealedTree>(&opened);
  if (tree == nullptr) return std::nullopt;
  return KeptTree{tree_number_in(tree->checkpoint.origin), tree->point.sealed_at};
}

// When the first checkpoint of a tree was sealed, as a known key has signed.
std::optional<Time> begin_of(db::Transaction& tx, const TrustedKeys& keys, const Trees& trees,
                             std::int64_t number) {
  const auto epoch = std::ranges::find(trees.epochs, number, &Epoch::number);
  if (epoch == trees.epochs.end()) return std::nullopt;
  const auto page = list_checkpoints(tx, CheckpointRow{.epoch = epoch->number});
  if (page.empty() || page.front().epoch != epoch->number) return std::nullopt;
  const auto opened = keys.open(page.front().note);
  const auto* const first = std::get_if<SealedTree>(&opened);
  if (first == nullptr || first->checkpoint.origin != epoch->origin) return std::nullopt;
  return first->point.sealed_at;
}

// A restore that took `kept` back. `epoch`: its tree, 0: that is gone as a whole. `good`: those
// that the trail goes on from.
bool is_known_restore(const KeptTree& kept, std::int32_t epoch, const std::vector<KeptTree>& good,
                      Time known_until, const auto& begin_of_tree) {
  const bool is_of_here = epoch != 0 || std::ranges::any_of(good, [&](const KeptTree& each) {
                            return each.at < kept.at && each.number < kept.number;
                          });
  if (!is_of_here || kept.at >= known_until) return false;
  const std::optional<Time> begin = begin_of_tree(epoch != 0 ? epoch + 1 : kept.number);
  return begin && *begin < known_until;
}

}  // namespace

std::optional<std::string> breaks_consistency(db::Transaction& tx, std::int32_t epoch,
                                              const TreeHead& before, const TreeHead& now) {
  try {
    TreeHasher hasher;
    TileReader tiles{now.size, tiles_of(tx, epoch), hasher};
    const auto proof = consistency_proof(before.size, now.size, tiles, hasher);
    if (verify_consistency(before, now, proof, hasher)) return std::nullopt;
    return fmt::format("the tree of {} leaves does not go on from that of {}", now.size,
                       before.size);
  } catch (const Error& error) {
    if (error.reason() != "missing" && error.reason() != "malformed") throw;
    return error.what();
  }
}

std::optional<TrailFinding> compare_kept(db::Transaction& tx, const TrustedKeys& keys,
                                         const Trees& trees, const std::string& note) {
  auto opened = keys.open(note);
  if (const auto* const doubt = std::get_if<NoteDoubt>(&opened)) {
    return finding(Attack::checkpoint_forged, Finding::unknown,
                   "the kept checkpoint says nothing: " + doubt->what);
  }
  const auto& kept = std::get<SealedTree>(opened);
  const auto& tree = kept.checkpoint.tree;
  if (tree.size == 0) {
    return finding(Attack::gap, Finding::unknown,
                   "the kept checkpoint is of an empty tree, which every tree goes on from: "
                   "it proves nothing");
  }
  const auto epoch = std::ranges::find(trees.epochs, kept.checkpoint.origin, &Epoch::origin);
  if (epoch == trees.epochs.end()) {
    if (trees.cluster && is_origin_of(kept.checkpoint.origin, *trees.cluster, 0)) {
      return finding(Attack::tail_dropped, Finding::critical,
                     fmt::format("the kept checkpoint is of {}, a tree of this very server and "
                                 "database, and the tree is gone",
                                 kept.checkpoint.origin));
    }
    return finding(Attack::restored, Finding::warning,
                   fmt::format("the kept checkpoint is of {}, which this database has no tree of: "
                               "it was restored to a time before that, or is another one",
                               kept.checkpoint.origin));
  }
  const auto newest = trees.newest.find(epoch->number);
  const std::uint64_t size = newest == trees.newest.end() ? 0 : newest->second.checkpoint.tree.size;
  if (tree.size > size) {
    if (trees.doubted.contains(epoch->number) && is_in_tiles(tx, epoch->number, tree)) {
      return std::nullopt;  // nothing is gone but a checkpoint, of which more is said elsewhere
    }
    return smaller_than_kept(trees, *epoch, kept, size);
  }
  const auto why = breaks_consistency(tx, epoch->number, tree, newest->second.checkpoint.tree);
  if (!why) return std::nullopt;
  TrailFinding found =
      finding(Attack::checkpoint_replaced, Finding::critical,
              "the trail is another one than that of the kept checkpoint: " + *why);
  found.epoch = epoch->number;
  found.index = 0;
  found.is_exact = false;
  return found;
}

KeptComparison compare_all_kept(db::Transaction& tx, const TrustedKeys& keys, const Trees& trees,
                                const std::vector<std::string>& notes,
                                const std::optional<Time>& known_until) {
  KeptComparison result;
  std::vector<KeptTree> good;
  std::vector<std::pair<KeptTree, TrailFinding>> restored;
  for (const std::string& note : notes) {
    auto finding = compare_kept(tx, keys, trees, note);
    const auto kept = kept_tree(keys, note);
    if (!finding) {
      ++result.compared;
      if (kept) good.push_back(*kept);
    } else if (finding->attack == Attack::restored && kept) {
      restored.emplace_back(*kept, std::move(*finding));
    } else {
      result.findings.push_back(std::move(*finding));
    }
  }
  const auto begin_of_tree = [&](std::int64_t number) { return begin_of(tx, keys, trees, number); };
  for (auto& [kept, finding] : restored) {
    if (known_until && is_known_restore(kept, finding.epoch, good, *known_until, begin_of_tree)) {
      ++result.known;
    } else {
      result.findings.push_back(std::move(finding));
    }
  }
  return result;
}

}  // namespace pcx::audit
