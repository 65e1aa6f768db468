// Every value of every field, or a sample of them, opened: what there is, and what does not open.
// Of one moment: all sessions see the same snapshot.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/document.h"
#include "core/interrupt.h"
#include "core/random.h"
#include "db/database.h"
#include "fields/reader.h"
#include "rotate/catalog.h"

namespace pcx::inspect {

using crypto::KeyId;

inline constexpr std::int64_t kSampleRows = 10'000;
// Findings that are kept; the others are counted.
inline constexpr std::size_t kFindingsMax = 10'000;

// Which key opened values, in which format.
struct SealedUnder {
  KeyId key = 0;
  keyring::Format format = keyring::Format::v2;
  auto operator<=>(const SealedUnder&) const = default;
};

// One field in one heap.
struct FieldTally {
  std::string heap;
  std::string field;
  std::array<std::int64_t, std::size(fields::kKinds)> kinds{};  // by the number of fields::Kind
  std::map<SealedUnder, std::int64_t> keys;  // of values that opened, also of those sealed twice

  std::int64_t count(fields::Kind kind) const { return kinds[static_cast<std::size_t>(kind)]; }
  std::int64_t values() const;  // looked at, NULL and '' too
  std::int64_t bad() const;     // neither empty nor authentic
};

// A value that is not as it should be, and where. Without it.
struct BadValue {
  std::string heap;
  std::string field;
  std::vector<std::string> row_key;  // primary key; a ctid where there is none
  fields::Kind kind = fields::Kind::malformed;
  crypto::Refusal refusal = crypto::Refusal::none;
  KeyId key = 0;  // that it names; 0: none

  auto operator<=>(const BadValue&) const = default;
};

struct NotVerified {
  std::string place;  // a field or a table
  std::string why;
  bool is_absent = false;  // of the built-in profile, whose table is not there: it has no values
};

enum class Verdict {
  passed,
  plaintext,   // some values are not encrypted; all others open
  failed,      // some do not open
  incomplete,  // something could not be looked at, or there is no field at all; nothing bad was
               // found in the rest. What is absent could not have values.
};
const char* to_string(Verdict verdict) noexcept;

struct Verification {
  Time started_at{};
  Time ended_at{};
  std::optional<std::int64_t> sample_rows;  // of each table; std::nullopt: every row was read
  std::int64_t rows = 0;
  std::vector<FieldTally> fields;
  std::vector<BadValue> findings;  // in order, at most kFindingsMax
  std::int64_t findings_left_out = 0;
  std::vector<NotVerified> not_verified;

  Verdict verdict() const;
  std::map<SealedUnder, std::int64_t> keys() const;  // of all fields
};

struct VerifyJob {
  const rotate::Heaps& heaps;
  std::span<const fields::FieldKey> keys;
  std::optional<std::int64_t> sample_rows;
  int workers = 1;  // threads, with a session each
  Random& random;
  Clock& clock;
  const Interrupt& interrupt;
  std::function<db::Database()> connect;
  // From the workers' threads, one at a time: pages, or rows of a sample.
  std::function<void(std::int64_t done, std::int64_t total)> on_progress;
};

// `database` is a session of its own; no transaction is open.
// Throws what the server answers, and what Interrupt does between two pieces.
Verification verify(db::Database& database, const VerifyJob& job);

}  // namespace pcx::inspect
