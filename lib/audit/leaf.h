// What a leaf of the audit trail is the hash of:
//
//   SHA-256(0x00 || "pcx1" || source || record)
//
// 0x00 is the prefix of a leaf in RFC 6962, "pcx1" names this framing, `source` is one byte, and
// `record` is what PostgreSQL's record_send() gives for a row: type OIDs, lengths and binary
// values, so that no two rows have the same bytes. The record is last and needs no length.
#pragma once

#include <array>
#include <optional>

#include "audit/merkle.h"
#include "crypto/bytes.h"

namespace pcx::audit {

// The column of the ledger that says which table a row is from.
enum class LeafSource : char {
  application = 'A',  // a row of the application's audit_logs
  change = 'C',       // a change that a trigger captured
  meta = 'M',         // what pcx itself notes down: epochs, censuses of triggers, pauses
};

std::optional<LeafSource> leaf_source_of(char letter) noexcept;

// One context for all leaves, as TreeHasher. For one thread at a time.
class LeafHasher {
 public:
  Hash hash(LeafSource source, crypto::Bytes record);

 private:
  crypto::Sha256 sha256_;
  std::array<std::byte, 6> head_{std::byte{0},   std::byte{'p'}, std::byte{'c'},
                                 std::byte{'x'}, std::byte{'1'}, std::byte{0}};
};

}  // namespace pcx::audit
