#include "audit/prove.h"

#include <algorithm>

#include <fmt/format.h>

#include "audit/leaf_index.h"
#include "audit/record.h"
#include "audit/sql.h"
#include "audit/tile_store.h"
#include "audit/trail_reading.h"
#include "audit/xid.h"
#include "core/error.h"
#include "core/text.h"
#include "crypto/encoding.h"

namespace pcx::audit {

namespace {

InclusionProof find_row(db::Transaction& tx, const std::string& record) {
  const auto place = parse_position(record);
  const db::Result rows =
      place ? tx.query(sql::find_leaf_at, {place->segment, std::to_string(place->xid), place->seq})
            : tx.query(sql::find_leaves_of_row, {record});
  if (rows.empty()) {
    throw Error{ErrorCode::not_found,
                fmt::format("the trail has no row {}", escape_controls(record)),
                "Give the id of a row of audit_logs, or the place of a change, segment.xid.seq."}
        .because("no_such_row");
  }
  const db::Row row = rows[0];  // the newest
  const auto source = leaf_source_of(row["src"].as<std::string_view>().front());
  const auto leaf = crypto::from_hex(row["leaf"].as<std::string_view>());
  if (!source || !leaf || leaf->size() != sizeof(Hash)) {
    throw Error{ErrorCode::data, "a row of the ledger has a source or a leaf that is none"};
  }
  InclusionProof found{
      .source = *source,
      .position = {row["segment"].as<int>(), xid_in(row["xid"].as<std::string_view>()),
                   row["seq"].as<std::int64_t>()},
      .row_id = db::nullable<std::string>(row["row_id"]).value_or("")};
  std::ranges::copy(crypto::bytes_of(*leaf), found.leaf.begin());
  return found;
}

// The leaf that the row has now.
std::optional<Hash> content_leaf(db::Transaction& tx, const InclusionProof& row) {
  const RecordTable table = record_table(row.source);
  db::Query query{"audit.read_record"};
  query.sql("SELECT ");
  add_record_columns(query, row.source);
  query.sql(" FROM ").identifier(table.schema, table.name).sql(" WHERE ");
  if (row.source == LeafSource::application) {
    query.sql("id = ").literal(row.row_id);
  } else {
    query.sql("seq = ").number(row.position.seq).sql(" AND xid = ");
    query.literal(std::to_string(row.position.xid)).sql("::xid8");
  }
  if (row.source == LeafSource::change) query.sql(" AND segment = ").number(row.position.segment);
  std::optional<Hash> leaf;
  RecordHasher hasher;
  db::copy_out_binary(tx, query,
                      [&](db::BinaryRow fields) { leaf = hasher.leaf(row.source, fields); });
  return leaf;
}

std::optional<SealedTree> read_note(const std::string& note) {
  const std::size_t end = note.find("\n\n");
  if (end == std::string::npos) return std::nullopt;
  return parse_sealed(std::string_view{note}.substr(0, end + 1));
}

}  // namespace

bool InclusionProof::holds() const {
  TreeHasher hasher;
  return content == leaf && verify_inclusion(leaf, index, tree.checkpoint.tree, proof, hasher);
}

InclusionProof prove_record(db::Transaction& tx, const TrustedKeys& keys,
                            const std::string& record) {
  see_every_row(tx);
  InclusionProof found = find_row(tx, record);
  const auto place = find_leaf_index(tx, found.position, found.leaf);
  if (!place) {
    throw Error{ErrorCode::not_found,
                fmt::format("row {} is not sealed yet", escape_controls(record)),
                "Run 'pcx audit seal', then ask again."}
        .because("not_sealed");
  }
  found.index = place->index;
  const auto newest = newest_checkpoint(tx, place->epoch).value();
  auto opened = keys.open(newest.note);
  if (const auto* const doubt = std::get_if<NoteDoubt>(&opened)) {
    if (!doubt->strangers.empty()) throw unknown_signers(doubt->strangers);
    throw Error{ErrorCode::critical, "the newest checkpoint: " + doubt->what}.because(
        "checkpoint_altered");
  }
  found.tree = std::move(std::get<SealedTree>(opened));
  found.checkpoint = newest.note;
  found.content = content_leaf(tx, found);
  TreeHasher hasher;
  const std::uint64_t size = found.tree.checkpoint.tree.size;
  TileReader tiles{size, tiles_of(tx, place->epoch), hasher};
  found.proof = inclusion_proof(found.index, size, tiles, hasher);
  return found;
}

bool ConsistencyProof::holds() const {
  TreeHasher hasher;
  return verify_consistency(before.checkpoint.tree, now.checkpoint.tree, proof, hasher);
}

ConsistencyProof prove_consistency(db::Transaction& tx, const CheckpointRow& newest,
                                   const std::vector<std::string>& before) {
  see_every_row(tx);
  const auto now = read_note(newest.note);
  std::optional<SealedTree> found;
  for (const std::string& note : before) {
    const auto tree = read_note(note);
    const bool fits = now && tree && tree->checkpoint.origin == now->checkpoint.origin &&
                      tree->checkpoint.tree.size <= now->checkpoint.tree.size;
    if (fits && (!found || tree->checkpoint.tree.size >= found->checkpoint.tree.size)) found = tree;
  }
  if (!found) {
    throw Error{ErrorCode::not_found, "none of the checkpoints is of the newest tree",
                "After a restore a new tree begins: keep its first checkpoint, too."}
        .because("other_tree");
  }
  const std::uint64_t size = now->checkpoint.tree.size;
  TreeHasher hasher;
  TileReader tiles{size, tiles_of(tx, newest.epoch), hasher};
  return {*found, *now, newest.note,
          consistency_proof(found->checkpoint.tree.size, size, tiles, hasher)};
}

}  // namespace pcx::audit
