// Retention: whole months of captured changes leave the trail once they have been kept for long
// enough. Their leaves stay in the tree: tiles, checkpoints and the ledger's rows of everything
// else are not touched, so that what was exported before still verifies, and nothing else can go
// missing beside it. Never a DELETE: a month's partition is truncated, which nobody notices who
// writes, since nobody writes to months that are over.
//
// One note of kind 'retain' for each tree that a month is in, in the transaction that drops it:
//   {"month": "2019-01", "epoch": 1, "from_index": 17, "to_index": 4711, "dropped": 3000,
//    "digest": hexadecimal SHA-256 of the dropped leaves in their order, "by", "reason",
//    "signature": the same once more, signed by the key that seals (audit/retain_note.h)}
// Only what is signed counts: whoever has the database can write the rest.
//
// Dropped are the leaves from `from_index` to `to_index`, both included, whose row is not in the
// ledger any more, and those whose indexes `before` has, an array that is only there where months
// overlap (a transaction at midnight): they lie below `from_index`, and are not of the note in
// whose range they are. The ranges of one tree never overlap; an empty one has to_index =
// from_index - 1.
//
// The partition of pcx.change that is empty then goes with a note of kind 'drop', as the event
// trigger writes one: {"type": "table", "object": "pcx.change_201901", "by", "reason"}.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/note_key.h"
#include "core/clock.h"
#include "core/interrupt.h"
#include "db/advisory_lock.h"
#include "db/database.h"

namespace pcx::audit {

enum class MonthState {
  droppable,
  unsealed,  // rows of it are in no checkpoint
  altered,   // what is there is not what was sealed
  held,      // a legal hold is in the way
  empty,     // was dropped before; its empty partition may still be there
};
const char* to_string(MonthState state) noexcept;

// Where in one tree.
struct MonthPart {
  std::int32_t epoch = 0;
  std::string origin;
  std::int64_t leaves = 0;
  std::int64_t from_index = 0;
  std::int64_t to_index = 0;
  std::vector<std::int64_t> before;
  std::string digest;
};

struct Month {
  std::string name;    // "2019-01"
  std::string suffix;  // of its partitions: "201901"
  std::string begins;  // as the server writes an instant
  std::string ends;
  bool has_partition = false;  // of pcx.change
  std::int64_t changes = 0;
  std::int64_t bytes = 0;  // of its partitions
  MonthState state = MonthState::droppable;
  std::vector<std::int64_t> holds;  // numbers
  std::vector<MonthPart> parts;     // of a droppable one, if no other is dropped before
};

// "6y" or "72mo", 1 to 1,200 months. 0: it is neither.
int parse_keep_months(std::string_view text) noexcept;

// Months that were over `keep_months` months ago, oldest first; reads all of each. One that is not
// droppable keeps the later ones, too: they are not read.
std::vector<Month> find_old_months(db::Transaction& tx, int keep_months);

// Held by who drops months: the bytes of "pcxretai". Persistent.
inline constexpr db::AdvisoryKey kRetainKey{0x7063787265746169, "pcx audit retain"};

struct RetainTools {
  db::Database& database;
  Clock& clock;
  const Interrupt& interrupt;
  const SigningKey& key;  // that seals
  std::string by;         // who does it, for people
  std::string reason;     // may be empty
};

// Throws Error{conflict} with reason "other_key" unless `key` has signed the newest checkpoint, and
// has not handed over to another one by it. Without any checkpoint every key is right.
void require_sealer(db::Transaction& tx, const VerifierKey& key);

// Drops a droppable month, in one transaction, with what `also` writes. Its partitions are locked,
// never their parents: who reads the whole trail waits meanwhile, who writes does not. What takes
// long is done before. REQUIRES:
// kRetainKey is held; the months before it are dropped, and `key` seals (require_sealer())
//
// Throws Error{busy} when they were in use for minutes, Error{conflict} with reason "held" when a
// hold was placed meanwhile, "changed" when the month is not what it was.
void drop_month(const RetainTools& tools, const Month& month,
                const std::function<void(db::Transaction& tx)>& also);

// Takes the empty partition of pcx.change away, in short tries: writers wait for its lock, a
// fiftieth of a second at most. False when it was not to be had: the partition stays, until the
// next time. Throws Error{conflict} with reason "changed" when it is not empty any more.
bool drop_empty_partition(const RetainTools& tools, const Month& month);

}  // namespace pcx::audit
