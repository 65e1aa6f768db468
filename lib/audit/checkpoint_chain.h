// The checkpoints of a trail one after the other, each opened and compared with its row and with
// the one before it.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "audit/attack.h"
#include "audit/checkpoint_store.h"
#include "audit/trusted_keys.h"

namespace pcx::audit {

// The leaves that a checkpoint added.
struct SealedBatch {
  std::int32_t epoch = 0;
  std::uint64_t first = 0;  // the size of the tree before
  TreeHead tree;
  Position last;
  std::int64_t max_seq = 0;  // as its row says: not signed
};

// What a transaction from `xmax` on wrote is not of before `at`.
struct SealMark {
  std::uint64_t xmax = 0;
  Time at{};
};

class CheckpointChain {
 public:
  // `origins` of the epochs. Findings are appended to `findings`; both references outlive the
  // chain.
  CheckpointChain(db::Transaction& tx, std::map<std::int32_t, std::string> origins,
                  TrustedKeys& keys, std::vector<TrailFinding>& findings)
      : tx_(tx), origins_(std::move(origins)), keys_(keys), findings_(findings) {}

  // The next one that holds up and has more leaves than the one before; std::nullopt at the end.
  std::optional<SealedBatch> next();

  // Of every checkpoint of the last batch's epoch that was passed and holds up: those that may yet
  // be of use, later ones behind earlier ones. The reader takes off what it is done with.
  std::deque<SealMark>& marks() { return marks_; }

  std::int64_t seen() const { return seen_; }
  // The newest one that holds up, of each epoch.
  const std::map<std::int32_t, SealedTree>& newest() const { return newest_; }

 private:
  std::optional<CheckpointRow> next_row();
  std::optional<SealedBatch> examine(const CheckpointRow& row);
  void add_mark(const SealPoint& point);
  void report(const CheckpointRow& row, Attack attack, const std::string& what);
  std::optional<std::string> contradiction(const CheckpointRow& row, const SealedTree& tree) const;
  std::uint64_t size_before(std::int32_t epoch) const;

  db::Transaction& tx_;
  std::map<std::int32_t, std::string> origins_;
  TrustedKeys& keys_;
  std::vector<TrailFinding>& findings_;
  std::deque<CheckpointRow> page_;
  std::optional<CheckpointRow> last_read_;
  std::optional<CheckpointRow> before_;  // the row before, whatever it is worth
  bool is_over_ = false;
  std::int64_t seen_ = 0;
  std::deque<SealMark> marks_;
  std::map<std::int32_t, SealedTree> newest_;
};

}  // namespace pcx::audit
