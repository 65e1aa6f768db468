// Proofs about one row, and about two checkpoints, for whoever has nothing but a verifier key:
// RFC 9162, sections 2.1.3 and 2.1.4.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "audit/checkpoint_store.h"
#include "audit/leaf.h"
#include "audit/trusted_keys.h"
#include "db/database.h"

namespace pcx::audit {

struct InclusionProof {
  LeafSource source = LeafSource::change;
  Position position;
  std::string row_id;  // of a row of audit_logs
  Hash leaf{};
  std::optional<Hash> content;  // the leaf of the row as it is now; std::nullopt: it is gone
  std::uint64_t index = 0;
  SealedTree tree;         // of `checkpoint`
  std::string checkpoint;  // the note
  std::vector<Hash> proof;

  bool holds() const;  // the leaf is in the tree, and the row's
};

// `record` is an id of audit_logs or a place in the trail, "segment.xid.seq". The tree is the
// newest of its epoch.
// Throws Error{not_found} when there is no such row ("no_such_row") or it is not sealed yet
// ("not_sealed"), Error{critical} when the checkpoint is not signed by a believed key
// ("checkpoint_altered") and as TileReader.
InclusionProof prove_record(db::Transaction& tx, const TrustedKeys& keys,
                            const std::string& record);

struct ConsistencyProof {
  SealedTree before;
  SealedTree now;
  std::string checkpoint;  // the note of `now`
  std::vector<Hash> proof;

  bool holds() const;
};

// From the newest note of `before` that is of the newest tree to its newest checkpoint. Notes are
// not believed, only read: whoever gets the proof opens them. Throws Error{not_found} with reason
// "other_tree" when none is, and as TileReader.
ConsistencyProof prove_consistency(db::Transaction& tx, const CheckpointRow& newest,
                                   const std::vector<std::string>& before);

}  // namespace pcx::audit
