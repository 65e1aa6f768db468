// Values as pcx shows and reads them: a scalar with its type, and an ordered tree of them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pcx {

// A number as its decimal digits ("-12.50"): money and other numbers that a double would bend.
struct Decimal {
  std::string digits;
  bool operator==(const Decimal&) const = default;
};

// An instant, shown as RFC 3339 in UTC with milliseconds.
using Time = std::chrono::system_clock::time_point;

// One typed value. std::monostate is NULL. Text is UTF-8; invalid bytes are shown as U+FFFD.
using Cell = std::variant<std::monostate, bool, std::int64_t, Decimal, double, std::string, Time>;

// An ordered tree: objects keep the order in which their members were added.
class Document {
 public:
  using Array = std::vector<Document>;
  using Member = std::pair<std::string, Document>;
  using Object = std::vector<Member>;

  Document() = default;  // null
  Document(Cell scalar) : value_(std::move(scalar)) {}
  Document(bool value) : value_(Cell{value}) {}
  Document(int value) : value_(Cell{std::int64_t{value}}) {}
  Document(std::int64_t value) : value_(Cell{value}) {}
  Document(double value) : value_(Cell{value}) {}
  Document(const char* value) : value_(Cell{std::string{value}}) {}
  Document(std::string value) : value_(Cell{std::move(value)}) {}
  Document(Array items) : value_(std::move(items)) {}
  Document(Object members) : value_(std::move(members)) {}
  static Document array() { return Document{Array{}}; }
  static Document object() { return Document{Object{}}; }

  bool is_null() const;
  bool is_scalar() const { return std::holds_alternative<Cell>(value_); }
  bool is_array() const { return std::holds_alternative<Array>(value_); }
  bool is_object() const { return std::holds_alternative<Object>(value_); }

  // REQUIRES: the value is of that kind (std::bad_variant_access otherwise, a bug).
  const Cell& scalar() const { return std::get<Cell>(value_); }
  const Array& items() const { return std::get<Array>(value_); }
  const Object& members() const { return std::get<Object>(value_); }

  // The text of a string; nullptr for every other kind.
  const std::string* text() const;
  // The member of an object; nullptr when there is none, or this is no object.
  const Document* find(std::string_view key) const;

  // Appends to an array or an object (null becomes one). Keys are not checked for doubles.
  Document& add(Document item);
  Document& set(std::string key, Document value);

  bool operator==(const Document&) const = default;

 private:
  std::variant<Cell, Array, Object> value_;
};

}  // namespace pcx
