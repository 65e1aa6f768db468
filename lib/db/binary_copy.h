// COPY out in binary format (PostgreSQL 15 documentation, COPY, "Binary Format"): each value as its
// type's send function gives it, so as record_send() has it, too. Half the server's work of the
// text format, and nothing to unescape.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"

namespace pcx::db {

using BinaryField = std::optional<std::span<const std::byte>>;  // std::nullopt is NULL
using BinaryRow = std::span<const BinaryField>;

// Runs `query` and visits every row, from left to right; the number of rows. The views are valid
// during the visit. Memory does not grow with the number of rows. When `visit` throws, the rest is
// cancelled, and the transaction with it.
//
// REQUIRES: the query has no parameters (COPY takes none): its values are literals and numbers.
// Throws as Transaction::query(), what `visit` throws, and Error{data} for what is no such format.
std::int64_t copy_out_binary(Transaction& tx, const Query& query,
                             const std::function<void(BinaryRow)>& visit);

// The format itself, fed with pieces of any length. Pure.
class BinaryCopyReader {
 public:
  explicit BinaryCopyReader(std::function<void(BinaryRow)> visit) : visit_(std::move(visit)) {}

  // Visits each row that is whole. Throws Error{data}, and what the visit throws.
  void feed(std::string_view piece);
  // Throws Error{data} when there was no end.
  void finish() const;

 private:
  std::size_t take(std::string_view bytes);
  std::size_t take_row(std::string_view bytes);

  std::function<void(BinaryRow)> visit_;
  std::string kept_;  // the beginning of what is not whole
  std::vector<BinaryField> row_;
  bool has_begun_ = false;
  bool has_ended_ = false;
};

// Values of fields, big-endian. Throw Error{data} for NULL and other lengths.
std::int64_t binary_int8(const BinaryField& field);
std::int32_t binary_int4(const BinaryField& field);
std::int16_t binary_int2(const BinaryField& field);
std::string_view binary_text(const BinaryField& field);  // of text, bytea and "char"

}  // namespace pcx::db
