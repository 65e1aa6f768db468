// What record_send() gives for a row of the trail (audit/leaf.h), made from a row of a binary COPY:
// the number of columns, then the type OID, the length (-1: NULL) and the value of each. A COPY has
// the same lengths and values, but no OIDs.
//
// A row of the application's trail has one field more than columns: audit/sealed_texts.h. Where its
// `changes` has encrypted texts they are masked in the record, as a text, and the last field is
// their digest; else `changes` is as it is, and the last field NULL. What pcx.audit_log_leaf() of
// lib/db/schema/006_audit.sql does.
//
// Both follow client_encoding, which is UTF8 in every session of pcx and in every function that
// makes leaves in the database.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "audit/leaf.h"
#include "audit/sealed_texts.h"
#include "db/binary_copy.h"
#include "db/query.h"

namespace pcx::audit {

// Format 1 (column fmt of pcx.ledger): the columns below. Another list would be another format.
inline constexpr int kRecordFormat = 1;

struct RecordColumn {
  std::string_view name;
  std::uint32_t type;  // OID, as in pg_type.dat
};

// In the order of the record: what is read of a row. Of the application's trail the digest of
// encrypted texts is made, not read.
std::span<const RecordColumn> record_columns(LeafSource source) noexcept;

// "pcx"."change" and so on: where the rows are.
struct RecordTable {
  std::string_view schema;
  std::string_view name;
};
RecordTable record_table(LeafSource source) noexcept;

// Writes the columns into a query, with commas between: "seq", "xid", ...; with an alias
// "c"."seq", "c"."xid", ...
void add_record_columns(db::Query& query, LeafSource source, std::string_view alias = {});

// Keeps its buffer from row to row. For one thread at a time.
class RecordHasher {
 public:
  // `row` begins with the columns of the record; what is behind them is not looked at. The bytes
  // are valid until the next call. Throws Error{data} when it has fewer, or a jsonb that is none.
  crypto::Bytes record(LeafSource source, db::BinaryRow row);
  Hash leaf(LeafSource source, db::BinaryRow row);
  // The leaf that a row of the application's trail had when the digest of its encrypted texts was
  // `was`, and everything else as it is now: what a note of a reseal claims. No leaf of any row
  // when it has no encrypted texts. Throws as record().
  Hash leaf_before_reseal(db::BinaryRow row, const crypto::Sha256Digest& was);

 private:
  crypto::Bytes application_record(db::BinaryRow row,
                                   const std::optional<crypto::Sha256Digest>& was);
  void begin(std::size_t fields);
  void append_field(std::uint32_t type, const db::BinaryField& field);

  std::string record_;
  std::string masked_;
  SealedTexts texts_;
  LeafHasher hasher_;
};

}  // namespace pcx::audit
