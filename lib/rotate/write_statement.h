// The statement by which a rotation writes rows of one table, composed, and its parameters. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crypto/enc_v2.h"
#include "db/query.h"
#include "db/text_array.h"
#include "rotate/target.h"

namespace pcx::rotate {

using crypto::KeyId;

// The write: compare and set of whole rows, for db::BulkStatement. A row whose cells are no longer
// what was read is left alone, and so is one with copies that are of another row by now: their
// values are sealed for the row that was read.
//
// With a trail it is written so that this tells of it in the same statement: see TrailRole, and
// pcx.audit_reseal() and pcx.audit_resealed() in lib/db/schema/006_audit.sql.
db::Query write_query(const Target& target);

// What the trail is told of a write.
struct TrailNote {
  KeyId to = 0;
  std::string actor;
  std::string reason;
};

// The arrays of a write, filled row by row.
class WriteArrays {
 public:
  // `target` must outlive it.
  explicit WriteArrays(const Target& target, TrailNote note = {});
  void clear();
  // `fresh` has a text for each cell that is to be written, std::nullopt where it stays; `from` the
  // keys of the values that are replaced.
  void add(const OldRow& row, const std::vector<std::optional<std::string>>& fresh,
           const std::set<KeyId>& from = {});
  std::size_t rows() const { return rows_; }
  // In the order of write_query()'s parameters. Valid until the next change.
  std::vector<const db::TextArray*> arrays();

 private:
  void tell_trail();

  const Target* target_;
  TrailNote note_;
  std::vector<db::TextArray> keys_;
  std::vector<db::TextArray> old_;
  std::vector<db::TextArray> fresh_;     // of cells; of members of objects unused
  std::vector<db::TextArray> patches_;   // of jsonb columns with members
  std::vector<std::size_t> copies_;      // a cell for each row_column
  std::vector<db::TextArray> bound_to_;  // what it said
  db::TextArray texts_;                  // names of members, values that copies match
  std::set<KeyId> from_;
  db::TextArray told_;  // what the trail is told: the relation, TrailNote, and the keys
  std::size_t rows_ = 0;
};

}  // namespace pcx::rotate
