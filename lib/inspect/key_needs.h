// Whether anything still needs a key: the catalog's proof for registered fields, every value
// opened, and every text of every table looked through.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "db/database.h"
#include "inspect/verification.h"
#include "keyring/keyring.h"
#include "rotate/catalog.h"

namespace pcx::inspect {

// Why a key cannot be retired. The names are stable.
enum class Need {
  active,         // it seals
  rotation,       // one is under way
  no_fence,       // nothing keeps values under the key from being written to a field
  opens,          // values of a field, that it opens
  mentions,       // texts anywhere else that name it, or are of its format; of a field, those that
                  // opening did not tell the key of
  quarantined,    // values that a rotation could not open, and it may
  sealed_twice,   // values with one inside that may be its: sealed twice, or in plaintext
  not_looked_at,  // what this role cannot see, or another server has
  digests,        // of a pepper: API keys have digests under it; find_needs() does not ask
};
const char* to_string(Need need) noexcept;
const char* explain(Need need) noexcept;  // "opened by it"

struct KeyNeed {
  Need need = Need::active;
  std::string place;       // "medical_records.diagnosis"; empty: none
  std::int64_t count = 0;  // of values or rows; 0: not counted
  std::string note;        // more, for people; may be empty

  // "medical_records.notes: 3 values opened by it"
  std::string described() const;
};

struct NeedsJob {
  const keyring::Keyring& keyring;
  const keyring::DataKey& key;  // of purpose field
  const rotate::Heaps& heaps;   // of all fields
  VerifyJob verify;             // of every row
  // Before each table.
  std::function<void(const std::string& table, std::int64_t done, std::int64_t total)> on_table;
};

// All of them. `database` is a session of its own; nothing is changed.
std::vector<KeyNeed> find_needs(db::Database& database, const NeedsJob& job);

}  // namespace pcx::inspect
