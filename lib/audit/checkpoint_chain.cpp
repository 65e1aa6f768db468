#include "audit/checkpoint_chain.h"

#include <iterator>

#include <fmt/format.h>

namespace pcx::audit {

std::optional<SealedBatch> CheckpointChain::next() {
  while (auto row = next_row()) {
    ++seen_;
    auto batch = examine(*row);
    before_ = std::move(row);
    if (batch) return batch;
  }
  return std::nullopt;
}

std::optional<CheckpointRow> CheckpointChain::next_row() {
  if (page_.empty() && !is_over_) {
    auto page = list_checkpoints(tx_, last_read_);
    is_over_ = page.empty();
    std::ranges::move(page, std::back_inserter(page_));
  }
  if (page_.empty()) return std::nullopt;
  last_read_ = std::move(page_.front());
  page_.pop_front();
  return last_read_;
}

std::uint64_t CheckpointChain::size_before(std::int32_t epoch) const {
  const auto newest = newest_.find(epoch);
  return newest == newest_.end() ? 0 : newest->second.checkpoint.tree.size;
}

void CheckpointChain::report(const CheckpointRow& row, Attack attack, const std::string& what) {
  findings_.push_back(
      {.attack = attack,
       .severity = Finding::critical,
       .epoch = row.epoch,
       .index = size_before(row.epoch),
       .is_exact = false,
       .what = fmt::format("checkpoint of {} leaves in tree {}: {}", row.size, row.epoch, what)});
}

// Why the note is not the one of its row, or not the one that follows.
std::optional<std::string> CheckpointChain::contradiction(const CheckpointRow& row,
                                                          const SealedTree& tree) const {
  const auto origin = origins_.find(row.epoch);
  if (origin == origins_.end() || tree.checkpoint.origin != origin->second) {
    return "it is another tree's";
  }
  if (tree.checkpoint.tree.size != row.size || tree.point.last != row.last ||
      tree.point.sealed_at != row.sealed_at || tree.point.first_size != row.first_size) {
    return "it was signed for another size, time or place";
  }
  const std::uint64_t size = before_ && before_->epoch == row.epoch ? before_->size : 0;
  if (tree.point.first_size != size) return "one is missing before it";
  const auto newest = newest_.find(row.epoch);
  if (newest == newest_.end()) return std::nullopt;
  const SealedTree& last = newest->second;
  if (last.checkpoint.tree.size == row.size &&
      (last.checkpoint.tree != tree.checkpoint.tree || last.point.last != tree.point.last)) {
    return "it has another root than the one before, and as many leaves";
  }
  if (tree.point.last < last.point.last) return "it ends before the one before";
  return std::nullopt;
}

// Heartbeats of a quiet server are one mark.
void CheckpointChain::add_mark(const SealPoint& point) {
  if (!marks_.empty() && marks_.back().xmax == point.xmax) {
    marks_.back().at = point.sealed_at;
  } else {
    marks_.push_back({point.xmax, point.sealed_at});
  }
}

std::optional<SealedBatch> CheckpointChain::examine(const CheckpointRow& row) {
  auto opened = keys_.open_next(row.note);
  if (const auto* const doubt = std::get_if<NoteDoubt>(&opened)) {
    report(row, Attack::checkpoint_forged, doubt->what);
    return std::nullopt;
  }
  auto& tree = std::get<SealedTree>(opened);
  if (const auto why = contradiction(row, tree)) {
    report(row, Attack::checkpoint_replaced, *why);
    if (*why != "one is missing before it") return std::nullopt;
  }
  const std::uint64_t first = size_before(row.epoch);
  const SealedBatch batch{row.epoch, first, tree.checkpoint.tree, tree.point.last, row.max_seq};
  if (before_ && before_->epoch != row.epoch) marks_.clear();
  add_mark(tree.point);
  newest_.insert_or_assign(row.epoch, std::move(tree));
  if (batch.tree.size == first) return std::nullopt;
  return batch;
}

}  // namespace pcx::audit
