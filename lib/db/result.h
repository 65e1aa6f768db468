// Rows as the server sent them, read with types.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pcx::db {

class Field {
 public:
  Field(std::optional<std::string_view> text, std::string_view column)
      : text_(text), column_(column) {}

  bool is_null() const { return !text_.has_value(); }
  // T: bool, int, std::int64_t, double, std::string, std::string_view (valid as long as the
  // Result), std::vector<std::string> (a one-dimensional text[]). Throws Error{internal} for NULL
  // or a value of another type: a column that may be NULL is read with nullable().
  template <typename T>
  T as() const;

 private:
  std::optional<std::string_view> text_;
  std::string_view column_;
};

template <typename T>
std::optional<T> nullable(const Field& field) {
  if (field.is_null()) return std::nullopt;
  return field.as<T>();
}

class ResultData;  // the room's own: a pqxx::result

// Row and Field look into their Result and must not outlive it: keep a `Result` variable, or read
// the value in the same expression.
class Row {
 public:
  Row(const ResultData* data, std::size_t number) : data_(data), number_(number) {}
  Field operator[](std::string_view column) const;  // Throws Error{internal}: no such column
  Field operator[](std::size_t column) const;
  std::size_t size() const;  // columns

 private:
  const ResultData* data_;
  std::size_t number_;
};

// Shares its rows with its copies; cheap to copy.
class Result {
 public:
  explicit Result(std::shared_ptr<const ResultData> data) : data_(std::move(data)) {}

  std::size_t size() const;
  bool empty() const { return size() == 0; }
  Row operator[](std::size_t number) const { return {data_.get(), number}; }
  // The only row. Throws Error{internal} when there is none or more than one.
  Row one() const;
  std::int64_t affected_rows() const;
  std::vector<std::string> column_names() const;

  class Iterator {
   public:
    Iterator(const ResultData* data, std::size_t number) : data_(data), number_(number) {}
    Row operator*() const { return {data_, number_}; }
    Iterator& operator++() {
      ++number_;
      return *this;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const ResultData* data_;
    std::size_t number_;
  };
  Iterator begin() const { return {data_.get(), 0}; }
  Iterator end() const { return {data_.get(), size()}; }

 private:
  std::shared_ptr<const ResultData> data_;
};

}  // namespace pcx::db
