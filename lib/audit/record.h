// What record_send() gives for a row of the trail (audit/leaf.h), made from a row of a binary COPY:
// the number of columns, then the type OID, the length (-1: NULL) and the value of each. A COPY has
// the same lengths and values, but no OIDs.
//
// Both follow client_encoding, which is UTF8 in every session of pcx and in every function that
// makes leaves in the database.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "audit/leaf.h"
#include "db/binary_copy.h"
#include "db/query.h"

namespace pcx::audit {

// Format 1 (column fmt of pcx.ledger): the columns below. Another list would be another format.
inline constexpr int kRecordFormat = 1;

struct RecordColumn {
  std::string_view name;
  std::uint32_t type;  // OID, as in pg_type.dat
};

// In the order of the record.
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
  // are valid until the next call. Throws Error{data} when it has fewer.
  crypto::Bytes record(LeafSource source, db::BinaryRow row);
  Hash leaf(LeafSource source, db::BinaryRow row);

 private:
  std::string record_;
  LeafHasher hasher_;
};

}  // namespace pcx::audit
