// A text[] in PostgreSQL's binary format (src/backend/utils/adt/arrayfuncs.c, array_send): nothing
// is quoted, nothing is parsed, and a text may hold any character. For statements that take
// thousands of values at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace pcx::db {

// One dimension, lower bound 1. Reuse it: clear() keeps the memory.
class TextArray {
 public:
  TextArray() { clear(); }

  void clear();
  // Throws Error{data} for a text with a NUL byte, which PostgreSQL cannot store, and
  // Error{internal} above 1 GB in all, which no parameter may have.
  void add(std::string_view text);
  void add_null();
  void add_nullable(const std::optional<std::string>& text) { text ? add(*text) : add_null(); }

  std::size_t size() const noexcept { return count_; }
  // As it goes over the wire. Valid until the next change.
  std::string_view bytes() const noexcept { return bytes_; }

 private:
  void add_number(std::int32_t number);
  void count_one();

  std::string bytes_;
  std::size_t count_ = 0;
};

}  // namespace pcx::db
