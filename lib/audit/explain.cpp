#include "audit/explain.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "audit/leaf_index.h"

namespace pcx::audit {

namespace {

constexpr std::size_t kPairsMax = 500;  // rows that are tried in each other's place

std::string place_text(LeafSource source, const ElementPlace& place) {
  switch (source) {
    case LeafSource::application: return fmt::format("row {} of audit_logs", place.id);
    case LeafSource::meta: return fmt::format("note {} of transaction {}", place.seq, place.xid);
    case LeafSource::change:
      return fmt::format("change {}.{}.{}", place.segment.value_or(0), place.xid, place.seq);
  }
  return {};
}

std::string text_of(const LedgerLeaf& row) {
  return fmt::format("row {} of the ledger", to_string(row.position));
}

bool is_same_place(const UnbackedRow& row, const LedgerOnly& leaf) {
  if (row.source != leaf.source) return false;
  const ElementPlace here = row.place();
  const ElementPlace there = leaf.place();
  return here.xid == there.xid && here.seq == there.seq && here.id == there.id;
}

bool is_of(const LedgerOnly& leaf, const LedgerLeaf& row) { return leaf.position == row.position; }

// What was found at a leaf whose index is not known yet.
struct Pending {
  Position position;
  Hash leaf{};
  std::string what;
};

class Detective {
 public:
  Detective(db::Transaction& tx, Evidence evidence) : tx_(tx), evidence_(std::move(evidence)) {
    if (evidence_.content) {
      rows_ = std::move(evidence_.content->rows);
      leaves_ = std::move(evidence_.content->leaves);
    }
  }

  std::vector<TrailFinding> run() {
    find_altered_ledger();
    find_rows_in_other_places();
    find_altered_rows();
    for (const LedgerOnly& leaf : leaves_) report_deleted(leaf);
    for (const UnbackedRow& row : rows_) report_inserted(row);
    find_rewritten_ledger();
    return finish();
  }

 private:
  bool has_replaced(std::string_view table) const {
    return std::ranges::any_of(evidence_.replaced_partitions, [&](const std::string& partition) {
      return partition.starts_with(table);
    });
  }

  // A row whose leaf was sealed, and the ledger has another one or none: the row is right.
  void find_altered_ledger() {
    std::erase_if(rows_, [this](const UnbackedRow& row) {
      const auto lost = std::ranges::find(evidence_.ledger.lost, row.leaf, &LostLeaf::leaf);
      if (lost == evidence_.ledger.lost.end()) return false;
      const bool is_gone =
          std::ranges::none_of(evidence_.ledger.extra, [&](const ExtraLeaf& extra) {
            return extra.epoch == lost->epoch && extra.index == lost->index;
          });
      add(is_gone && has_replaced("pcx.ledger") ? Attack::partition_restored
                                                : Attack::ledger_altered,
          lost->epoch, lost->index, true,
          fmt::format("{} is as it was sealed, its row in the ledger is not",
                      place_text(row.source, row.place())));
      std::erase_if(leaves_, [&](const LedgerOnly& leaf) { return is_same_place(row, leaf); });
      std::erase_if(evidence_.ledger.extra, [&](const ExtraLeaf& extra) {
        return extra.epoch == lost->epoch && extra.index == lost->index;
      });
      evidence_.ledger.lost.erase(lost);
      return true;
    });
    // The same for leaves that have each other's place in the ledger only.
    std::erase_if(evidence_.ledger.moved, [this](const MovedLeaf& moved) {
      const auto before = leaves_.size();
      std::erase_if(leaves_, [&](const LedgerOnly& leaf) { return is_of(leaf, moved.row); });
      if (leaves_.size() == before) return false;
      std::erase_if(rows_, [&](const UnbackedRow& row) {
        const ElementPlace place = row.place();
        const bool is_here = row.source != LeafSource::application &&
                             place.xid == moved.row.position.xid &&
                             place.seq == moved.row.position.seq;
        return is_here;
      });
      add(Attack::ledger_altered, moved.epoch, moved.index, true,
          text_of(moved.row) + " has the leaf of another one");
      return true;
    });
    // A row of the ledger that was never sealed, and of nothing.
    std::erase_if(evidence_.ledger.extra, [this](const ExtraLeaf& extra) {
      const auto before = leaves_.size();
      std::erase_if(leaves_, [&](const LedgerOnly& leaf) { return is_of(leaf, extra.row); });
      if (leaves_.size() == before) return false;
      std::erase_if(rows_, [&](const UnbackedRow& row) {
        const ElementPlace place = row.place();
        return row.source != LeafSource::application && place.xid == extra.row.position.xid &&
               place.seq == extra.row.position.seq;
      });
      std::erase_if(evidence_.ledger.lost, [&](const LostLeaf& lost) {
        return lost.epoch == extra.epoch && lost.index == extra.index;
      });
      add(Attack::ledger_altered, extra.epoch, extra.index, true,
          text_of(extra.row) + " is not what was sealed");
      return true;
    });
  }

  // A row that would be right in the place of another one, or at another time.
  void find_rows_in_other_places() {
    if (rows_.size() > kPairsMax || leaves_.size() > kPairsMax) return;
    std::erase_if(rows_, [this](const UnbackedRow& row) {
      const auto fits = [&](const LedgerOnly& leaf) {
        return leaf.source == row.source && leaf_in_place_of(row, leaf, hasher_) == leaf.leaf;
      };
      const auto leaf = std::ranges::find_if(leaves_, fits);
      if (leaf == leaves_.end()) return false;
      const bool is_here = is_same_place(row, *leaf);
      if (row.leaf == leaf->leaf) {
        report(
            Attack::ledger_altered, *leaf,
            place_text(row.source, row.place()) + " and its row in the ledger differ in columns");
      } else if (is_here) {
        report(Attack::row_retimed, *leaf,
               place_text(row.source, row.place()) + " has another time than when it was sealed");
      } else {
        report(Attack::rows_swapped, *leaf,
               fmt::format("{} is in the place of {}", place_text(row.source, leaf->place()),
                           place_text(row.source, row.place())));
      }
      leaves_.erase(leaf);
      return true;
    });
  }

  void find_altered_rows() {
    std::map<std::tuple<char, std::uint64_t, std::int64_t, std::string>, std::size_t> places;
    const auto name_of = [](LeafSource source, const ElementPlace& place) {
      return std::tuple{static_cast<char>(source), place.xid, place.seq, std::string{place.id}};
    };
    for (std::size_t i = 0; i < leaves_.size(); ++i) {
      places.emplace(name_of(leaves_[i].source, leaves_[i].place()), i);
    }
    std::set<std::size_t> taken;
    std::erase_if(rows_, [&](const UnbackedRow& row) {
      const auto found = places.find(name_of(row.source, row.place()));
      if (found == places.end()) return false;
      // Once: a row of audit_logs comes again as what a note says that it was before a reseal.
      const bool is_known = !taken.insert(found->second).second;
      if (is_known) return row.source == LeafSource::application;
      report(Attack::row_altered, leaves_[found->second],
             place_text(row.source, row.place()) + " is not what was sealed");
      return true;
    });
    std::vector<LedgerOnly> left;
    for (std::size_t i = 0; i < leaves_.size(); ++i) {
      if (!taken.contains(i)) left.push_back(std::move(leaves_[i]));
    }
    leaves_ = std::move(left);
  }

  void report_deleted(const LedgerOnly& leaf) {
    report(deletion(), leaf, place_text(leaf.source, leaf.place()) + " is gone");
  }

  Attack deletion() const {
    return evidence_.replaced_partitions.empty() ? Attack::row_deleted : Attack::partition_restored;
  }

  void report_inserted(const UnbackedRow& row) {
    const ElementPlace place = row.place();
    const std::string what =
        place_text(row.source, place) + " has no row in the ledger: no trigger wrote it";
    if (!place.segment) {
      add(Attack::row_inserted, 0, std::nullopt, true, what);
      return;
    }
    const auto index = find_leaf_index(tx_, {*place.segment, place.xid, place.seq}, row.leaf);
    add(Attack::row_inserted, index ? index->epoch : *place.segment / 2,
        index ? std::optional{index->index} : std::nullopt, true, what);
  }

  // What is left differs between the tree and the ledger, and the rows are as the ledger says.
  void find_rewritten_ledger() {
    LedgerDifference& ledger = evidence_.ledger;
    std::erase_if(ledger.extra, [&](const ExtraLeaf& extra) {
      const auto lost = std::ranges::find_if(ledger.lost, [&](const LostLeaf& each) {
        return each.epoch == extra.epoch && each.index == extra.index;
      });
      if (lost == ledger.lost.end()) return false;
      add(evidence_.content ? Attack::row_altered : Attack::ledger_altered, extra.epoch,
          extra.index, true, text_of(extra.row) + " is not what was sealed");
      ledger.lost.erase(lost);
      return true;
    });
    for (const ExtraLeaf& extra : ledger.extra) {
      add(Attack::row_inserted, extra.epoch, extra.index, true,
          text_of(extra.row) + " is among rows that were sealed without it");
    }
    for (const MovedLeaf& moved : ledger.moved) {
      add(Attack::rows_swapped, moved.epoch, moved.index, true,
          text_of(moved.row) + " is in the place of another one");
    }
    for (const LostLeaf& lost : ledger.lost) {
      const bool is_tail = lost.epoch == evidence_.newest_epoch && evidence_.dropped_tail &&
                           lost.index >= *evidence_.dropped_tail;
      const Attack attack =
          evidence_.replaced_partitions.empty() && is_tail ? Attack::tail_dropped : deletion();
      add(attack, lost.epoch, lost.index, true, "a sealed row is gone, from the ledger, too");
    }
  }

  void report(Attack attack, const LedgerOnly& leaf, const std::string& what) {
    pending_[attack].push_back({leaf.position, leaf.leaf, what});
  }

  // The index of a leaf costs some milliseconds: only the first ones are looked for.
  void resolve(Attack attack, std::vector<Pending>& pending) {
    std::ranges::stable_sort(pending, {}, &Pending::position);
    for (std::size_t i = 0; i < pending.size(); ++i) {
      const Pending& each = pending[i];
      const auto index = i < kFindingsMax ? find_leaf_index(tx_, each.position, each.leaf)
                                          : std::optional<LeafIndex>{};
      add(attack, index ? index->epoch : each.position.segment / 2,
          index ? std::optional{index->index} : std::nullopt, true,
          index || i >= kFindingsMax ? each.what : each.what + " (not sealed yet)");
    }
  }

  void add(Attack attack, std::int32_t epoch, std::optional<std::uint64_t> index, bool is_exact,
           const std::string& what) {
    findings_[attack].push_back({.attack = attack,
                                 .severity = Finding::critical,
                                 .epoch = epoch,
                                 .index = index,
                                 .is_exact = is_exact,
                                 .what = what});
  }

  std::vector<TrailFinding> finish() {
    for (auto& [attack, pending] : pending_) resolve(attack, pending);
    std::vector<TrailFinding> all;
    for (auto& [attack, findings] : findings_) std::ranges::move(findings, std::back_inserter(all));
    return all;
  }

  db::Transaction& tx_;
  Evidence evidence_;
  std::vector<UnbackedRow> rows_;
  std::vector<LedgerOnly> leaves_;
  std::map<Attack, std::vector<Pending>> pending_;
  std::map<Attack, std::vector<TrailFinding>> findings_;
  RecordHasher hasher_;
};

}  // namespace

std::vector<TrailFinding> explain(db::Transaction& tx, Evidence evidence) {
  return Detective{tx, std::move(evidence)}.run();
}

}  // namespace pcx::audit
