// Keys that stand in api_keys in plain become digests, beside an application that reads and writes
// them. Until its batch commits a key is found in plain, and from then on by its digest: at no
// moment by neither (find_presented()).
//
// A batch is one transaction: it locks its rows, passing over those that somebody else is changing,
// makes their digests, writes pcx.apikey, puts placeholders into api_keys.key, and has an entry in
// the journal. Keys go from the server to pcx and not back: its log, which may hold the parameters
// of statements, has none. Killed at any moment, each key is in plain or adopted.
//
// In pcx a key lies in a Secret. What libpq received it in, some hundred rows at a time, is freed
// with the result and not wiped: nothing here reaches it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "apikey/pepper.h"
#include "apikey/plain_key.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/random.h"
#include "db/database.h"
#include "db/journal.h"

namespace pcx::apikey {

// A row as people know it.
struct NamedRow {
  std::string row_id;
  std::string name;
};

enum class LeftReason {
  shape,  // it is no key (plain_key.h)
  taken,  // another row has the same key, adopted or made by pcx before
  over,   // pcx revoked or rotated the key of this row, and a text was written over its placeholder
  gone,   // pcx revoked this key and deleted it (apikey/prune.h): it is refused, wherever it stands
};

struct LeftRow {
  NamedRow row;
  LeftReason reason = LeftReason::shape;
  PlainShape shape = PlainShape::key;  // of reason shape
  std::string key_id;                  // of the others: the key that is meant

  std::string described() const;  // "is empty: nobody can present it"
};

struct WeakKey {
  NamedRow row;
  std::string id;  // lookup id; "" when it was not adopted yet
};

struct AdoptReport {
  std::int64_t adopted = 0;      // keys; of plan_adoption(): that can be
  std::int64_t hexadecimal = 0;  // of them those that may be digests (may_be_digest())
  std::vector<WeakKey> weak;     // of them
  std::vector<LeftRow> left;     // as the last pass saw them
  // Not adopted, besides those: somebody has them locked, or writes new ones all the time.
  std::int64_t busy = 0;
  std::optional<Error> ended_by;  // it did not come to its end; what is told is done
};

// As if it had been one run: what is left and busy is that of the later one.
void add_report(AdoptReport& all, AdoptReport later);

struct AdoptTools {
  db::Database& database;
  Hashers& hashers;
  Random& random;  // fit for keys
  Clock& clock;
  const Interrupt& interrupt;
  std::string created_by;
  // The journal's entry, as a part of the batch.
  std::function<void(db::Transaction& tx, const db::Deed& deed)> record;
  // After each batch; `total` is what there was at the beginning, and may grow.
  std::function<void(std::int64_t done, std::int64_t total)> on_batch;
};

// Passes over the table until there is nothing to adopt, `batch_rows` at a time: each row that was
// locked or written meanwhile has its turn in the next one. It gives up after some dozens, when
// rows stay locked or more are written all the time (AdoptReport::busy).
//
// What ends it early is thrown when nothing was adopted yet, and in the report otherwise: a
// requested stop, Error{conflict} with reason "pepper_changed" when the pepper is not the active
// one any more, Error{busy} when a lock was not to be had for a while, and whatever the server
// answers. REQUIRES: schema pcx is current
AdoptReport adopt_keys(const AdoptTools& tools, std::int64_t batch_rows);

// What adopt_keys() would find, by the texts alone; changes nothing, and needs no schema pcx.
AdoptReport plan_adoption(db::Database& database, const Interrupt& interrupt);

// Rows of api_keys that hold no placeholder.
std::int64_t count_unplaced_rows(db::Transaction& tx);

}  // namespace pcx::apikey
