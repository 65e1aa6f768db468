#include "load/result_node.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "crypto/encoding.h"

namespace pcx::load {

void ResultNode::refuse(const std::string& what) const {
  const std::string where = path();
  throw Error{ErrorCode::data,
              fmt::format("not a result of pcx: {} {}", where.empty() ? "it" : where, what),
              "Give a file that 'pcx load run' wrote, as it was written; a newer pcx may have made "
              "it."}
      .at({file_});
}

std::string ResultNode::path() const {
  if (parent_ == nullptr) return {};
  const std::string above = parent_->path();
  if (name_.empty()) return fmt::format("{}[{}]", above, index_);
  return above + (above.empty() ? "" : ".") + escape_controls(name_);
}

void ResultNode::expect_members(std::initializer_list<std::string_view> names) const {
  for (const auto& [key, value] : members()) {
    if (std::find(names.begin(), names.end(), key) == names.end()) {
      refuse(
          fmt::format("has a member \"{}\", which this pcx does not know", escape_controls(key)));
    }
  }
  for (const std::string_view name : names) static_cast<void>(member(name));
}

ResultNode ResultNode::member(std::string_view name) const {
  static_cast<void>(members());
  const Document* const found = value_.find(name);
  if (found == nullptr) refuse(fmt::format("has no member \"{}\"", name));
  return {*found, *this, name, 0};
}

const Document::Object& ResultNode::members() const {
  if (!value_.is_object()) refuse("is no object");
  return value_.members();
}

ResultNode ResultNode::member(const Document::Member& one) const {
  return {one.second, *this, one.first, 0};
}

std::size_t ResultNode::size() const {
  if (!value_.is_array()) refuse("is no array");
  return value_.items().size();
}

ResultNode ResultNode::at(std::size_t index) const {
  if (index >= size()) refuse(fmt::format("has no element {}", index));
  return {value_.items()[index], *this, {}, index};
}

const Cell& ResultNode::scalar(const char* kind) const {
  if (!value_.is_scalar()) refuse(fmt::format("is no {}", kind));
  return value_.scalar();
}

std::int64_t ResultNode::whole(std::int64_t min, std::int64_t max) const {
  const auto* const number = std::get_if<std::int64_t>(&scalar("whole number"));
  if (number == nullptr) refuse("is no whole number");
  if (*number < min || *number > max) {
    refuse(fmt::format("is {}, which is not between {} and {}", *number, min, max));
  }
  return *number;
}

int ResultNode::small(int min, int max) const { return static_cast<int>(whole(min, max)); }

double ResultNode::real(double max, double min) const {
  const Cell& cell = scalar("number");
  const auto* const whole_number = std::get_if<std::int64_t>(&cell);
  const auto* const number = std::get_if<double>(&cell);
  if (number == nullptr && whole_number == nullptr) refuse("is no number");
  const double value = number != nullptr ? *number : static_cast<double>(*whole_number);
  if (!(value >= min && value <= max)) {
    refuse(fmt::format("is {}, which is not between {:g} and {:g}", value, min, max));
  }
  return value;
}

bool ResultNode::flag() const {
  const auto* const value = std::get_if<bool>(&scalar("boolean"));
  if (value == nullptr) refuse("is no boolean");
  return *value;
}

const std::string& ResultNode::text() const {
  const std::string* const value = value_.text();
  if (value == nullptr) refuse("is no text");
  return *value;
}

std::vector<std::string> ResultNode::texts() const {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < size(); ++i) all.push_back(at(i).text());
  return all;
}

std::uint64_t ResultNode::unsigned_text() const {
  const std::string& digits = text();
  std::uint64_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [last, failed] = std::from_chars(digits.data(), end, number);
  if (failed != std::errc{} || last != end || std::to_string(number) != digits) {
    refuse("is no whole number in digits");
  }
  return number;
}

std::string ResultNode::base64() const {
  auto bytes = crypto::from_base64(text());
  if (!bytes) refuse("is no base64");
  return *std::move(bytes);
}

}  // namespace pcx::load
