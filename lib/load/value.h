// What a variable of a virtual user holds: JavaScript's values, as far as scripts can see them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/document.h"

namespace pcx::load {

// One step of a lodash path: a.b[0]['c d'].
struct PathStep {
  std::string key;  // of an object; an element's number is written as digits
  long index = -1;  // of an array; -1: only a key
  bool operator==(const PathStep&) const = default;
};
using Path = std::vector<PathStep>;

// Cheap to copy: texts and trees are shared, and never change. 24 bytes.
class Value {
 public:
  using Text = std::shared_ptr<const std::string>;
  using Tree = std::shared_ptr<const Document>;  // an object or an array

  Value() = default;  // undefined
  Value(std::nullptr_t) : value_(nullptr) {}
  Value(bool value) : value_(value) {}
  Value(double number) : value_(number) {}
  Value(std::string text) : value_(std::make_shared<const std::string>(std::move(text))) {}
  Value(const char* text) : Value(std::string{text}) {}
  Value(Text text) : value_(std::move(text)) {}
  Value(Tree tree) : value_(std::move(tree)) {}
  static Value of(const Document& document);  // a scalar as such, objects and arrays as trees

  bool is_undefined() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_null() const { return std::holds_alternative<std::nullptr_t>(value_); }
  const bool* boolean() const { return std::get_if<bool>(&value_); }
  const double* number() const { return std::get_if<double>(&value_); }
  const std::string* text() const;  // nullptr: no text
  const Document* tree() const;     // nullptr: no tree

  bool is_truthy() const;    // Boolean(value)
  double to_number() const;  // Number(value); NaN for a tree
  // As a template shows it among other text: "undefined", "null", "0.5", a tree as JSON.
  void append_text(std::string& out) const;
  std::string to_text() const;
  // As JSON.stringify() writes it inside of an array: undefined becomes null.
  void append_json(std::string& out) const;
  // lodash.get(): undefined when there is no such member.
  Value at(const Path& path) const;
  // The same without a copy; nullptr: no such member. REQUIRES: !path.empty()
  const Document* find(const Path& path) const;
  // The same scalar, or the very same text or tree: nobody has put another one in its place.
  bool is_same(const Value& other) const { return value_ == other.value_; }
  // Undefined becomes null, a whole number an integer: as JSON they have no ".0". Other numbers are
  // Decimals, since JSON.stringify() writes 1e-7 and 12345678901234567000 in digits of its own.
  Document to_document() const;

 private:
  std::variant<std::monostate, std::nullptr_t, bool, double, Text, Tree> value_;
};

}  // namespace pcx::load
