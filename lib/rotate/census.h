// How many values of which kind there are, by what they begin with; none is opened, so it needs no
// key. One scan of each table, by the server.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/database.h"
#include "rotate/catalog.h"

namespace pcx::rotate {

enum class Look {
  null,
  empty,  // ''
  v2,     // names a key
  v1,
  json,       // the guide's object
  unknown,    // begins as the application's formats do and is none
  plaintext,  // none of these
};
const char* to_string(Look look) noexcept;

struct Count {
  Look look = Look::null;
  crypto::KeyId key = 0;  // that v2 values name; 0: a number that is none
  std::int64_t values = 0;
  std::int64_t bytes = 0;
};

struct CellCensus {
  std::size_t cell = 0;  // of the target
  std::vector<Count> counts;
};

// The quick count of what a rotation is after: one scan without a look at the kinds.
struct Remaining {
  std::int64_t values = 0;  // not NULL, not ''
  std::int64_t others = 0;  // of them, not under the key
};
// In the order of the cells. `prefix` as in pages_query().
std::vector<Remaining> count_remaining(db::Database& database, const Target& target,
                                       const std::string& prefix);

// In the order of the cells.
std::vector<CellCensus> take_census(db::Database& database, const Target& target);

// Values that are not NULL, not '' and not under `key`.
std::int64_t others_than(const CellCensus& census, crypto::KeyId key);

}  // namespace pcx::rotate
