#include "rotate/census.h"

#include <charconv>

#include "core/error.h"
#include "rotate/statements.h"

namespace pcx::rotate {

namespace {

constexpr Look kLooks[] = {Look::null, Look::empty,   Look::v2,       Look::v1,
                           Look::json, Look::unknown, Look::plaintext};

// A number from 1 on as EncV2 reads it; 0 for everything else.
crypto::KeyId key_in(std::string_view digits) {
  if (digits.empty() || digits.front() < '1' || digits.front() > '9') return 0;
  crypto::KeyId key = 0;
  const char* const end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, key);
  return read.ec == std::errc{} && read.ptr == end ? key : 0;
}

Look look_of(std::string_view name) {
  for (const Look look : kLooks) {
    if (name == to_string(look)) return look;
  }
  throw Error{ErrorCode::internal, "a census counted what it does not know"};
}

}  // namespace

const char* to_string(Look look) noexcept {
  switch (look) {
    case Look::null: return "null";
    case Look::empty: return "empty";
    case Look::v2: return "v2";
    case Look::v1: return "v1";
    case Look::json: return "json";
    case Look::unknown: return "unknown";
    case Look::plaintext: return "plaintext";
  }
  return "unknown";
}

std::vector<Remaining> count_remaining(db::Database& database, const Target& target,
                                       const std::string& prefix) {
  const db::Result rows = database.query(remaining_query(target, prefix));
  const db::Row row = rows.one();
  std::vector<Remaining> remaining;
  for (std::size_t i = 0; i < target.cells.size(); ++i) {
    remaining.push_back({row[2 * i].as<std::int64_t>(), row[2 * i + 1].as<std::int64_t>()});
  }
  return remaining;
}

std::vector<CellCensus> take_census(db::Database& database, const Target& target) {
  std::vector<CellCensus> census(target.cells.size());
  for (std::size_t i = 0; i < census.size(); ++i) census[i].cell = i;
  for (const db::Row row : database.query(census_query(target))) {
    const auto cell = static_cast<std::size_t>(row[0].as<std::int64_t>());
    const auto key = db::nullable<std::string>(row[2]);
    census[cell].counts.push_back({.look = look_of(row[1].as<std::string_view>()),
                                   .key = key ? key_in(*key) : 0,
                                   .values = row[3].as<std::int64_t>(),
                                   .bytes = row[4].as<std::int64_t>()});
  }
  return census;
}

std::int64_t others_than(const CellCensus& census, crypto::KeyId key) {
  std::int64_t others = 0;
  for (const Count& count : census.counts) {
    const bool is_nothing = count.look == Look::null || count.look == Look::empty;
    const bool is_under_key = count.look == Look::v2 && count.key == key;
    if (!is_nothing && !is_under_key) others += count.values;
  }
  return others;
}

}  // namespace pcx::rotate
