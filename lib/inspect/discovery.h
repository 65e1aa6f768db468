// Encrypted values where no field is registered, and plaintext where encrypted values are expected;
// in every text of the database, or in a sample of it. No value leaves the server.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/interrupt.h"
#include "core/random.h"
#include "db/database.h"
#include "inspect/relations.h"
#include "rotate/catalog.h"

namespace pcx::inspect {

enum class Mark {
  enc_v2,
  enc_v1,
  enc_unknown,  // begins as the application's formats do and is none
  guide,        // the guide's object, or its text
  vault,        // HashiCorp Vault's transit engine, "vault:v1:"
  cloak,        // 47ng's cloak, "v1.aesgcm256."
  pgp,          // OpenPGP with a password (pgcrypto), as bytes or hexadecimal, or armoured
  inside,       // one of them inside of another text
  plaintext,    // not encrypted, in a field
  unsealed,     // not encrypted, in a column whose name makes one expect it
};
const char* to_string(Mark mark) noexcept;  // stable: "enc_v2"
const char* explain(Mark mark) noexcept;

struct Discovered {
  std::string table;
  std::string place;  // a column, or a path in it: "changes.after.notes[]"
  Mark mark = Mark::enc_v2;
  std::int64_t count = 0;     // in what was looked at
  std::int64_t estimate = 0;  // in the whole table
  std::string suggestion;     // an entry for the section `fields`, or what else to do
};

struct Hidden {
  std::string table;
  std::string why;
};

struct Discovery {
  std::vector<Discovered> found;
  std::vector<Hidden> hidden;  // tables that could not be looked at
  std::size_t tables = 0;      // that were
  std::size_t sampled = 0;     // of these, not as a whole
};

struct DiscoverJob {
  const rotate::Heaps& heaps;               // of all fields
  std::optional<std::int64_t> sample_rows;  // of each table, about; std::nullopt: all
  Random& random;
  const Interrupt& interrupt;
  // Before each table.
  std::function<void(const std::string& table, std::int64_t done, std::int64_t total)> on_table;
};

// Paths of a JSON column that are told; the others are left out, the rarest first.
inline constexpr int kPathsMax = 50;

// One scan of each table; another one of those in which something was found.
Discovery discover(db::Database& database, const DiscoverJob& job);

}  // namespace pcx::inspect
