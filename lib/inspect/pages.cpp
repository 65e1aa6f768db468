#include "inspect/pages.h"

#include <algorithm>
#include <map>

namespace pcx::inspect {

namespace {

// A piece: 1 MB of heap, some thousand rows in memory.
constexpr std::int64_t kPieceBlocks = 128;

}  // namespace

Pages::Pages(const std::vector<rotate::Heap>& heaps, const std::vector<std::int64_t>& blocks,
             std::optional<std::int64_t> sample_rows, Random& random)
    : heaps_(heaps), blocks_(blocks), sample_rows_(sample_rows) {
  std::map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < heaps_.size(); ++i) {
    const auto [at, is_new] = known.try_emplace(heaps_[i].root, groups_.size());
    if (is_new) groups_.emplace_back();
    groups_[at->second].heaps.push_back(i);
  }
  for (Group& group : groups_) {
    std::int64_t pages = 0;
    for (const std::size_t heap : group.heaps) pages += blocks_[heap];
    if (sample_rows_) group.lottery.emplace(pages, random);
    total_ += sample_rows_ ? *sample_rows_ : pages;
  }
}

std::optional<Piece> Pages::next() {
  const std::lock_guard lock{mutex_};
  while (group_ < groups_.size()) {
    if (auto piece = next_of(groups_[group_])) return piece;
    ++group_;
  }
  return std::nullopt;
}

std::optional<Piece> Pages::next_of(Group& group) {
  if (group.lottery) return drawn_from(group);
  while (group.next_heap < group.heaps.size()) {
    const std::size_t heap = group.heaps[group.next_heap];
    const std::int64_t from = group.next_block;
    if (from < blocks_[heap]) {
      group.next_block = std::min(from + kPieceBlocks, blocks_[heap]);
      return Piece{heap, {from, group.next_block}};
    }
    ++group.next_heap;
    group.next_block = 0;
  }
  return std::nullopt;
}

std::optional<Piece> Pages::drawn_from(Group& group) {
  if (group.rows >= *sample_rows_) return std::nullopt;
  auto page = group.lottery->draw();
  if (!page) return std::nullopt;
  for (const std::size_t heap : group.heaps) {
    if (*page < blocks_[heap]) return Piece{heap, {*page, *page + 1}};
    *page -= blocks_[heap];
  }
  return std::nullopt;
}

void Pages::count(const Piece& piece, std::int64_t rows) {
  const std::lock_guard lock{mutex_};
  done_ += sample_rows_ ? rows : piece.blocks.to - piece.blocks.from;
  for (Group& group : groups_) {
    if (std::find(group.heaps.begin(), group.heaps.end(), piece.heap) != group.heaps.end()) {
      group.rows += rows;
    }
  }
}

std::int64_t Pages::done() {
  const std::lock_guard lock{mutex_};
  return done_;
}

}  // namespace pcx::inspect
