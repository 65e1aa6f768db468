#include "db/result.h"

#include <charconv>
#include <type_traits>

#include <fmt/format.h>

#include "core/error.h"
#include "db/result_data.h"

namespace pcx::db {
namespace {

[[noreturn]] void refuse(std::string_view column, std::string_view what) {
  throw Error{ErrorCode::internal, fmt::format("column \"{}\" {}", column, what)};
}

template <typename Number>
Number number_of(std::string_view text, std::string_view column, std::string_view what) {
  Number number{};
  const auto end = text.data() + text.size();
  const auto [read, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc{} || read != end || text.empty()) refuse(column, what);
  return number;
}

bool bool_of(std::string_view text, std::string_view column) {
  if (text != "t" && text != "f") refuse(column, "is no boolean");
  return text == "t";
}

// The text form of a one-dimensional array (PostgreSQL 15 documentation, 8.15.6).
class ArrayReader {
 public:
  ArrayReader(std::string_view text, std::string_view column) : text_(text), column_(column) {}

  std::vector<std::string> read() {
    std::vector<std::string> elements;
    expect('{');
    if (peek() == '}') return ++at_, finish(std::move(elements));
    for (;;) {
      elements.push_back(peek() == '"' ? quoted() : plain());
      if (peek() == '}') return ++at_, finish(std::move(elements));
      expect(',');
    }
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void expect(char wanted) {
    if (peek() != wanted) refuse(column_, "is no one-dimensional array");
    ++at_;
  }
  std::vector<std::string> finish(std::vector<std::string> elements) const {
    if (at_ != text_.size()) refuse(column_, "is no one-dimensional array");
    return elements;
  }
  std::string quoted() {
    std::string element;
    expect('"');
    while (peek() != '"') {
      if (peek() == '\\') ++at_;
      if (at_ >= text_.size()) refuse(column_, "is no one-dimensional array");
      element += text_[at_++];
    }
    expect('"');
    return element;
  }
  std::string plain() {
    const auto end = text_.find_first_of(",}{\"", at_);
    if (end == std::string_view::npos || end == at_) refuse(column_, "is no one-dimensional array");
    const auto element = text_.substr(at_, end - at_);
    if (element == "NULL") refuse(column_, "is an array with a NULL");
    at_ = end;
    return std::string{element};
  }

  std::string_view text_;
  std::string_view column_;
  std::size_t at_ = 0;
};

}  // namespace

template <typename T>
T Field::as() const {
  if (!text_) refuse(column_, "is NULL");
  if constexpr (std::is_same_v<T, bool>) {
    return bool_of(*text_, column_);
  } else if constexpr (std::is_same_v<T, double>) {
    return number_of<double>(*text_, column_, "is no number");
  } else if constexpr (std::is_integral_v<T>) {
    return number_of<T>(*text_, column_, "is no integer that fits");
  } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
    return ArrayReader{*text_, column_}.read();
  } else {
    return T{*text_};
  }
}

template bool Field::as<bool>() const;
template int Field::as<int>() const;
template std::int64_t Field::as<std::int64_t>() const;
template double Field::as<double>() const;
template std::string Field::as<std::string>() const;
template std::string_view Field::as<std::string_view>() const;
template std::vector<std::string> Field::as<std::vector<std::string>>() const;

Field Row::operator[](std::size_t column) const {
  if (column >= size()) {
    throw Error{ErrorCode::internal, fmt::format("no column number {} in the result", column)};
  }
  const auto field = data_->rows[static_cast<pqxx::result::size_type>(number_)]
                                [static_cast<pqxx::row::size_type>(column)];
  const std::string& name = data_->columns[column];
  if (field.is_null()) return {std::nullopt, name};
  return {std::string_view{field.c_str(), field.size()}, name};
}

Field Row::operator[](std::string_view column) const {
  for (std::size_t i = 0; i < data_->columns.size(); ++i) {
    if (data_->columns[i] == column) return (*this)[i];
  }
  throw Error{ErrorCode::internal, fmt::format("no column \"{}\" in the result", column)};
}

std::size_t Row::size() const { return data_->columns.size(); }

std::size_t Result::size() const { return data_->rows.size(); }

Row Result::one() const {
  if (size() != 1) {
    throw Error{ErrorCode::internal, fmt::format("expected one row, got {}", size())};
  }
  return (*this)[0];
}

std::int64_t Result::affected_rows() const {
  return static_cast<std::int64_t>(data_->rows.affected_rows());
}

std::vector<std::string> Result::column_names() const { return data_->columns; }

}  // namespace pcx::db
