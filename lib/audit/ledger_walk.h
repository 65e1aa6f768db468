// The ledger against the tree, in one pass: each leaf beside the one that was sealed, each root
// beside the one that was signed, each tile beside the hashes below it.
//
// Where they differ, the signed root says which side is right.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "audit/attack.h"
#include "audit/checkpoint_chain.h"
#include "audit/ledger_diff.h"
#include "audit/tile_store.h"
#include "audit/trail_rows.h"

namespace pcx::audit {

// A month whose changes left the trail (note 'retain', audit/retain.h): of the leaves `from` to
// `to`, and of those in `before`, so many are not in the ledger any more.
struct RetainedPart {
  std::uint64_t from = 0;
  std::uint64_t to = 0;               // the last one
  std::vector<std::uint64_t> before;  // in their order
  std::uint64_t dropped = 0;
  std::string digest;  // SHA-256 of them, one after the other, as hexadecimal digits
};

class LedgerWalk {
 public:
  // `tiles`: a session that may be asked while another one streams the ledger.
  LedgerWalk(db::Transaction& tiles, CheckpointChain& chain, std::int32_t newest_epoch,
             std::map<std::int32_t, std::vector<RetainedPart>> retained,
             std::vector<TrailFinding>& findings);
  // The newest tree is of another server, where transactions were numbered otherwise: what has a
  // higher seq than all that was sealed came after it, wherever it lies.
  void expect_foreign_rows_above(std::int64_t seq) { foreign_above_ = seq; }
  LedgerWalk(const LedgerWalk&) = delete;
  LedgerWalk& operator=(const LedgerWalk&) = delete;

  void take(const LedgerRow& row);
  void finish();

  // Of leaves whose tree holds up.
  const LedgerDifference& difference() const { return difference_; }
  std::int64_t rows() const { return rows_; }
  std::int64_t unsealed() const { return unsealed_; }
  // The first index of leaves that the ledger ends before, of the newest tree.
  std::optional<std::uint64_t> dropped_tail() const;

 private:
  bool is_within(const Position& position) const;
  void next_batch();
  void finish_batch();
  void end_epoch();
  void check_time(const LedgerRow& row);
  void compare(const LedgerRow& row);
  void judge(std::vector<Hash> sealed);
  void accept(const Hash& leaf, Frontier& frontier);
  const Hash* sealed_leaf(std::uint64_t index);
  bool drop(std::uint64_t index, const Hash& leaf);
  void forget_retained();
  void check_retained();
  void check_upper(int level, std::uint64_t number, const std::string& hashes);
  void check_wide_tiles();
  void report(Attack attack, std::uint64_t index, bool is_exact, const std::string& what);

  db::Transaction& tiles_;
  CheckpointChain& chain_;
  std::int32_t newest_epoch_;
  std::optional<std::int64_t> foreign_above_;
  struct Dropped {
    RetainedPart part;
    std::uint64_t count = 0;
    crypto::Sha256 digest;
  };
  std::map<std::int32_t, std::vector<Dropped>> retained_;
  std::vector<TrailFinding>& findings_;
  TreeHasher hasher_;

  std::optional<SealedBatch> batch_;
  bool is_over_ = false;                        // the last batch was compared
  std::int32_t epoch_ = 0;                      // that frontier_ is of
  Frontier frontier_;                           // of the leaves that hold up
  Frontier batch_frontier_;                     // the same when the batch began
  std::array<std::string, kTileLevels> upper_;  // tiles above the leaves, as far as they are known
  bool is_lost_ = false;  // a root did not hold up: nothing is known of what comes after it
  bool is_upper_wrong_ = false;
  std::vector<Hash> window_;  // of sealed leaves
  std::uint64_t window_first_ = 0;
  std::vector<LedgerLeaf> rest_;   // of the batch, from the first difference on
  std::uint64_t beyond_rest_ = 0;  // rows that rest_ has no room for
  bool is_broken_ = false;
  bool has_dropped_ = false;  // some of this epoch
  std::int64_t max_seq_ = 0;
  std::optional<Time> not_before_;  // a row of the newest segment that is read now
  std::int64_t rows_ = 0;
  std::int64_t unsealed_ = 0;
  std::uint64_t newest_size_ = 0;
  std::optional<std::uint64_t> last_index_;  // of the newest tree that a row of the ledger has
  LedgerDifference difference_;
};

}  // namespace pcx::audit
