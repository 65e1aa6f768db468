// Rows of the trail without their row in the ledger, and the other way round.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "audit/keyed_sums.h"
#include "audit/trail_rows.h"

namespace pcx::audit {

struct UnbackedRow {  // a row without a leaf in the ledger
  LeafSource source = LeafSource::change;
  Hash leaf{};
  std::string key;
  std::vector<std::optional<std::string>> fields;  // of its record

  ElementPlace place() const { return place_of(source, key); }
};

struct LedgerOnly {  // a leaf in the ledger without its row
  LeafSource source = LeafSource::change;
  Hash leaf{};
  std::string key;
  Position position;

  ElementPlace place() const { return place_of(source, key); }
};

struct ContentDifference {
  std::vector<UnbackedRow> rows;
  std::vector<LedgerOnly> leaves;
  std::int64_t left_out = 0;  // of both, above kDifferencesMax
};

inline constexpr std::size_t kDifferencesMax = 10'000;

// Adds all of the content to `sums`, and counts it; with it what rows of the application's trail
// were before their keys were rotated, as notes claim and the rows make true (trail_rows.h). Notes
// only: those of pcx.audit_meta.
std::int64_t add_content(db::Transaction& tx, bool notes_only, KeyedSums& sums);
void subtract(const LedgerRow& row, KeyedSums& sums);

// Reads what is in the buckets again, some hundred at a time.
ContentDifference find_difference(db::Transaction& ledger, db::Transaction& content,
                                  const std::vector<std::size_t>& buckets);

// The leaf that a row would have in the place of another: with the key columns of that.
Hash leaf_in_place_of(const UnbackedRow& row, const LedgerOnly& other, RecordHasher& hasher);

}  // namespace pcx::audit
