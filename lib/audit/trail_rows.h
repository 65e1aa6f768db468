// Rows of the trail as they are compared: an element is the leaf and what tells the row's place,
//
//   C  leaf, segment, xid, seq, at
//   M  leaf, xid, seq, at
//   A  leaf, id
//
// once as the ledger has it, once as it is made of the row itself. Binary values of PostgreSQL, as
// in COPY.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "audit/leaf.h"
#include "audit/record.h"
#include "audit/seal_point.h"
#include "db/binary_copy.h"

namespace pcx::audit {

inline constexpr std::size_t kLeafBuckets = 4096;  // by the first 12 bits of the leaf
inline constexpr LeafSource kLeafSources[] = {LeafSource::application, LeafSource::change,
                                              LeafSource::meta};
inline constexpr std::size_t kAllBuckets = std::size(kLeafSources) * kLeafBuckets;

// 0 to kAllBuckets - 1: sources one after the other.
std::size_t bucket_of(LeafSource source, std::string_view leaf) noexcept;

struct LedgerRow {
  Position position;
  LeafSource source = LeafSource::change;
  Hash leaf{};
  Time at{};
  std::string_view key;     // of the element, behind the leaf
  std::string_view row_id;  // of A
  bool is_sound = true;     // otherwise it has a source or leaf that is none: only its place counts
};

// Visits the ledger, in the order of the trail; or, in any order, what is in some of the buckets.
// Of buckets only sound ones.
void scan_ledger(db::Transaction& tx, const std::function<void(const LedgerRow&)>& visit);
void scan_ledger(db::Transaction& tx, const std::vector<std::size_t>& buckets,
                 const std::function<void(const LedgerRow&)>& visit);

struct ContentRow {
  LeafSource source = LeafSource::change;
  Hash leaf{};
  std::string_view key;
  db::BinaryRow fields;  // of the record
};

// Visits the rows themselves, table by table, in any order. Notes only: the ones of pcx.audit_meta.
void scan_content(db::Transaction& tx, LeafSource source,
                  const std::function<void(const ContentRow&)>& visit);

// Visits what rows of the application's trail were before their keys were rotated: a note 'reseal'
// says what their encrypted texts were (their digest), the row itself says everything else, so that
// a note cannot claim another content. Rows that are not there any more, and claims that are none,
// are left out: their leaves stay without content.
void scan_resealed(db::Transaction& tx, const std::function<void(const ContentRow&)>& visit);

// What the key of an element says. Of A only the id; of M no segment.
struct ElementPlace {
  std::optional<std::int32_t> segment;
  std::uint64_t xid = 0;
  std::int64_t seq = 0;
  std::string_view id;  // of A
};
ElementPlace place_of(LeafSource source, std::string_view key);

std::string element_of(const Hash& leaf, std::string_view key);

// Whether the application's table is there at all.
bool has_application_table(db::Transaction& tx);

}  // namespace pcx::audit
