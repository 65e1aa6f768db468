#include "audit/ledger_walk.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/time.h"
#include "crypto/encoding.h"

namespace pcx::audit {

namespace {

constexpr std::uint64_t kWindow = 16'384;  // sealed leaves in memory: half a megabyte
constexpr std::chrono::minutes kClockStepMax{10};
constexpr std::size_t kRestMax = 1'000'000;  // a batch has fewer (kSealedRowsMax)

}  // namespace

LedgerWalk::LedgerWalk(db::Transaction& tiles, CheckpointChain& chain, std::int32_t newest_epoch,
                       std::map<std::int32_t, std::vector<RetainedPart>> retained,
                       std::vector<TrailFinding>& findings)
    : tiles_(tiles), chain_(chain), newest_epoch_(newest_epoch), findings_(findings) {
  for (auto& [epoch, parts] : retained) {
    for (RetainedPart& part : parts) retained_[epoch].push_back({std::move(part), 0, {}});
  }
  next_batch();
}

void LedgerWalk::report(Attack attack, std::uint64_t index, bool is_exact,
                        const std::string& what) {
  findings_.push_back({.attack = attack,
                       .severity = Finding::critical,
                       .epoch = epoch_,
                       .index = index,
                       .is_exact = is_exact,
                       .what = what});
}

void LedgerWalk::take(const LedgerRow& row) {
  ++rows_;
  if (!row.is_sound) {
    const std::int32_t epoch = row.position.segment / 2;
    findings_.push_back({.attack = Attack::ledger_altered,
                         .severity = Finding::critical,
                         .epoch = epoch,
                         .index = epoch == epoch_ ? std::optional{frontier_.size()} : std::nullopt,
                         .is_exact = false,
                         .what = fmt::format("row {} of the ledger has a source or a leaf that is "
                                             "none",
                                             to_string(row.position))});
    return;
  }
  if (foreign_above_ && row.position.segment / 2 == newest_epoch_ &&
      row.position.seq > *foreign_above_) {
    ++unsealed_;
    return;
  }
  while (batch_ && row.position > batch_->last) {
    const bool is_behind = row.position.segment / 2 < batch_->epoch;
    if (is_behind) break;
    finish_batch();
    next_batch();
  }
  if (!batch_ || row.position.segment / 2 != batch_->epoch) {
    const std::int32_t epoch = row.position.segment / 2;
    if (epoch == newest_epoch_ && (!batch_ || batch_->epoch < epoch)) {
      ++unsealed_;
      check_time(row);
    } else {
      difference_.extra.push_back({epoch, 0, {row.position, row.source, row.leaf}});
    }
    return;
  }
  max_seq_ = std::max(max_seq_, row.position.seq);
  check_time(row);
  compare(row);
}

void LedgerWalk::finish() {
  while (batch_) {
    finish_batch();
    next_batch();
  }
}

void LedgerWalk::next_batch() {
  auto batch = chain_.next();
  if (epoch_ != 0 && (!batch || batch->epoch != epoch_)) end_epoch();
  batch_ = std::move(batch);
  if (!batch_) return;
  if (batch_->epoch != epoch_) {
    epoch_ = batch_->epoch;
    frontier_ = {};
    window_.clear();  // it may hold leaves of the next batches, but not of another tree
    for (std::string& tile : upper_) tile.clear();
    is_lost_ = is_upper_wrong_ = false;
    max_seq_ = 0;
    has_dropped_ = false;
    last_index_.reset();
    not_before_.reset();
  }
  batch_frontier_ = frontier_;
  newest_size_ = batch_->tree.size;
  rest_.clear();
  beyond_rest_ = 0;
  is_broken_ = false;
}

// Transactions are numbered in the order in which they begin, so those that a checkpoint did not
// know yet wrote after it. Rows of a tree's first segment were numbered by another server.
void LedgerWalk::check_time(const LedgerRow& row) {
  if (row.position.segment != 2 * epoch_ + 1) return;
  std::deque<SealMark>& marks = chain_.marks();
  while (!marks.empty() && marks.front().xmax <= row.position.xid) {
    not_before_ = marks.front().at;
    marks.pop_front();
  }
  if (!not_before_ || row.at >= *not_before_ - kClockStepMax) return;
  report(Attack::row_inserted, frontier_.size() + rest_.size(), rest_.empty(),
         fmt::format("row {} of the ledger is dated {}, and was written after {}: it was dated "
                     "back, or the server's clock was set back, which looks the same",
                     to_string(row.position), to_rfc3339(row.at), to_rfc3339(*not_before_)));
}

// Hashes of the tree as it grows; full tiles above the leaves are compared at once.
void LedgerWalk::accept(const Hash& leaf, Frontier& frontier) {
  frontier.append(leaf, hasher_, [&](const NodeId& node, const Hash& hash) {
    if (node.level == 0 || node.level % kTileHeight != 0) return;
    const int level = node.level / kTileHeight;
    std::string& tile = upper_.at(static_cast<std::size_t>(level));
    tile += crypto::text_of(hash);
    if (tile.size() < kTileBytes) return;
    check_upper(level, node.index / kTileWidth, tile);
    tile.clear();
  });
}

void LedgerWalk::check_upper(int level, std::uint64_t number, const std::string& hashes) {
  if (is_lost_ || is_upper_wrong_) return;
  const auto width = static_cast<int>(hashes.size() / sizeof(Hash));
  const auto stored = tiles_of(tiles_, epoch_)({level, number, width});
  if (stored && stored->size() >= hashes.size() && stored->starts_with(hashes)) return;
  std::uint64_t same = 0;
  while (stored && (same + 1) * sizeof(Hash) <= std::min(stored->size(), hashes.size()) &&
         stored->compare(same * sizeof(Hash), sizeof(Hash), hashes, same * sizeof(Hash),
                         sizeof(Hash)) == 0) {
    ++same;
  }
  is_upper_wrong_ = true;
  report(Attack::tiles_altered, (number * kTileWidth + same) << (level * kTileHeight), true,
         fmt::format("tile {} of level {} is not what its leaves give", number, level));
}

const Hash* LedgerWalk::sealed_leaf(std::uint64_t index) {
  if (index >= batch_->tree.size) return nullptr;
  if (window_.empty() || index - window_first_ >= window_.size()) {
    window_first_ = index;
    window_ = leaves_in_tiles(tiles_, epoch_, index, index + kWindow);
    if (window_.empty()) return nullptr;
  }
  return &window_[index - window_first_];
}

// Whether a note says that the row of this leaf may have left the trail; then it counts as one that
// did.
bool LedgerWalk::drop(std::uint64_t index, const Hash& leaf) {
  const auto parts = retained_.find(epoch_);
  if (parts == retained_.end()) return false;
  const auto is_named = [index](const Dropped& each) {
    return std::ranges::binary_search(each.part.before, index);
  };
  const auto is_in_range = [index](const Dropped& each) {
    return each.part.from <= index && index <= each.part.to;
  };
  auto found = std::ranges::find_if(parts->second, is_named);
  if (found == parts->second.end()) found = std::ranges::find_if(parts->second, is_in_range);
  if (found == parts->second.end()) return false;
  ++found->count;
  found->digest.update(leaf);
  has_dropped_ = true;
  return true;
}

void LedgerWalk::compare(const LedgerRow& row) {
  while (!is_broken_) {
    const std::uint64_t index = frontier_.size();
    const Hash* const sealed = sealed_leaf(index);
    if (sealed != nullptr && *sealed == row.leaf) {
      accept(row.leaf, frontier_);
      last_index_ = index;
      return;
    }
    is_broken_ = sealed == nullptr || !drop(index, *sealed);
    if (!is_broken_) accept(*sealed, frontier_);
  }
  if (rest_.size() < kRestMax) {
    rest_.push_back({row.position, row.source, row.leaf});
  } else {
    ++beyond_rest_;
  }
}

void LedgerWalk::finish_batch() {
  std::vector<Hash> sealed;
  const std::uint64_t first = frontier_.size();
  while (first + sealed.size() < batch_->tree.size) {
    const std::uint64_t index = first + sealed.size();
    auto more =
        leaves_in_tiles(tiles_, epoch_, index, std::min(batch_->tree.size, index + kWindow));
    if (more.empty()) break;
    sealed.insert(sealed.end(), more.begin(), more.end());
  }
  std::size_t gone = 0;  // what is missing at the end may have left the trail as well
  while (rest_.empty() && gone < sealed.size() && drop(first + gone, sealed[gone])) {
    accept(sealed[gone++], frontier_);
  }
  sealed.erase(sealed.begin(), sealed.begin() + static_cast<std::ptrdiff_t>(gone));
  if (beyond_rest_ > 0) {
    report(Attack::row_inserted, batch_->first, false,
           fmt::format("the ledger has {} rows more than can be compared among those of the "
                       "checkpoint of {} leaves",
                       beyond_rest_, batch_->tree.size));
  }
  judge(std::move(sealed));
  if (!is_lost_ && batch_->max_seq != max_seq_ && difference_.empty() && !has_dropped_) {
    report(
        Attack::checkpoint_replaced, batch_->first, false,
        fmt::format("checkpoint of {} leaves: its column max_seq was altered", batch_->tree.size));
  }
}

// The batch is compared as far as it was the same; `sealed` are the leaves behind that.
void LedgerWalk::judge(std::vector<Hash> sealed) {
  const std::uint64_t first = frontier_.size();
  const bool is_same = sealed.empty() && rest_.empty();
  const auto upper = upper_;
  Frontier of_tiles = frontier_;
  for (const Hash& leaf : sealed) accept(leaf, of_tiles);
  const bool tiles_hold =
      of_tiles.size() == batch_->tree.size && of_tiles.root(hasher_) == batch_->tree.root;
  if (is_lost_) {
    frontier_ = of_tiles;
    return;
  }
  if (tiles_hold) {
    frontier_ = of_tiles;
    if (is_same) return;
    const auto last = compare_leaves(epoch_, first, sealed, rest_, difference_);
    if (last) last_index_ = last;
    forget_retained();
    return;
  }
  upper_ = upper;
  Frontier of_ledger = frontier_;
  for (const LedgerLeaf& row : rest_) accept(row.leaf, of_ledger);
  if (!is_same && of_ledger.size() == batch_->tree.size &&
      of_ledger.root(hasher_) == batch_->tree.root) {
    std::size_t same = 0;
    while (same < sealed.size() && sealed[same] == rest_[same].leaf) ++same;
    report(Attack::tiles_altered, first + same, true,
           "the tile of this leaf is not what was sealed");
    frontier_ = of_ledger;
    last_index_ = frontier_.size() - 1;
    return;
  }
  report(
      is_same ? Attack::row_altered : Attack::ledger_altered, batch_->first, false,
      fmt::format("the leaves of the checkpoint of {} leaves do not give the root that was signed",
                  batch_->tree.size));
  is_lost_ = true;
  frontier_ = of_tiles;
}

void LedgerWalk::end_epoch() {
  if (!is_lost_) {
    for (int level = 1; level < kTileLevels; ++level) {
      const std::string& tile = upper_.at(static_cast<std::size_t>(level));
      const std::uint64_t hashes = frontier_.size() >> (level * kTileHeight);
      if (!tile.empty()) check_upper(level, hashes / kTileWidth, tile);
    }
  }
  check_retained();
  check_wide_tiles();
}

// Leaves of rows that left the trail are not lost.
void LedgerWalk::forget_retained() {
  std::erase_if(difference_.lost, [this](const LostLeaf& lost) {
    return lost.epoch == epoch_ && lost.index >= batch_->first && drop(lost.index, lost.leaf);
  });
}

void LedgerWalk::check_retained() {
  if (is_lost_) return;
  for (Dropped& each : retained_[epoch_]) {
    const RetainedPart& part = each.part;
    const bool is_right =
        each.count == part.dropped && crypto::to_hex(each.digest.finish()) == part.digest;
    if (is_right) continue;
    report(each.count < part.dropped ? Attack::row_inserted : Attack::row_deleted,
           part.before.empty() ? part.from : part.before.front(), false,
           fmt::format("{} leaves have no row in the ledger, and {} left it by 'pcx audit retain', "
                       "or they are not the same",
                       each.count, part.dropped));
  }
}

// Tiles and checkpoints are written together: leaves that no checkpoint has had one.
void LedgerWalk::check_wide_tiles() {
  const std::uint64_t size = frontier_.size();
  const bool is_doubted = std::ranges::any_of(findings_, [this](const TrailFinding& finding) {
    return finding.epoch == epoch_ && (finding.attack == Attack::checkpoint_forged ||
                                       finding.attack == Attack::checkpoint_replaced);
  });
  if (is_doubted || leaves_in_tiles(tiles_, epoch_, size, size + 1).empty()) return;
  report(Attack::tail_dropped, size, true, "there are tiles of leaves that no checkpoint has");
}

std::optional<std::uint64_t> LedgerWalk::dropped_tail() const {
  if (newest_size_ == 0) return std::nullopt;
  const std::uint64_t end = last_index_ ? *last_index_ + 1 : 0;
  if (end >= newest_size_) return std::nullopt;
  return end;
}

}  // namespace pcx::audit
