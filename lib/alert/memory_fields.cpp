#include "alert/memory_fields.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::alert {
namespace {

constexpr std::string_view kHint =
    "Restore what was stored from a backup, or put it aside and begin anew.";

[[noreturn]] void throw_malformed(const std::string& place, std::string_view why) {
  throw Error{ErrorCode::data, fmt::format("{}: {}", place, why), std::string{kHint}};
}

const Document& require_object(const Document& object, const std::string& place) {
  if (!object.is_object()) throw_malformed(place, "it is no object");
  return object;
}

// The words of stored_number().
std::optional<double> number_of_word(const std::string& word) {
  if (word == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (word == "+Inf") return std::numeric_limits<double>::infinity();
  if (word == "-Inf") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

std::optional<double> number_of(const Document& value) {
  if (!value.is_scalar()) return std::nullopt;
  const Cell& cell = value.scalar();
  if (const auto* number = std::get_if<double>(&cell)) return *number;
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) return static_cast<double>(*whole);
  if (const std::string* word = value.text()) return number_of_word(*word);
  return std::nullopt;
}

}  // namespace

Document stored_number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return value;
}

Document stored_time(Time time) { return to_rfc3339(time); }

Document stored_labels(const Labels& labels) {
  Document::Object members;
  members.reserve(labels.size());
  for (const auto& [name, value] : labels) members.emplace_back(name, value);
  return members;
}

Time time_of(const Document& document, const std::string& place) {
  const std::string* text = document.text();
  const auto time = text == nullptr ? std::nullopt : parse_rfc3339(*text);
  if (!time) throw_malformed(place, "it is no time");
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(*time);
  if (ms != *time) throw_malformed(place, "it has parts of a millisecond");
  return *time;
}

Fields::Fields(const Document& object, std::string place)
    : object_(&require_object(object, place)), place_(std::move(place)) {}

std::string Fields::place_of(std::string_view name) const {
  return place_.empty() ? std::string{name} : fmt::format("{}.{}", place_, name);
}

void Fields::refuse(std::string_view name, std::string_view why) const {
  throw_malformed(place_of(name), why);
}

const Document* Fields::find(std::string_view name) const {
  const Document* value = object_->find(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

const Document& Fields::at(std::string_view name) const {
  const Document* value = find(name);
  if (value == nullptr) refuse(name, "it is missing");
  return *value;
}

Fields Fields::object(std::string_view name) const { return {at(name), place_of(name)}; }

const Document::Array& Fields::list(std::string_view name) const {
  const Document& value = at(name);
  if (!value.is_array()) refuse(name, "it is no list");
  return value.items();
}

std::string Fields::text(std::string_view name) const {
  const std::string* text = at(name).text();
  if (text == nullptr) refuse(name, "it is no text");
  return *text;
}

bool Fields::flag(std::string_view name) const {
  const Document& value = at(name);
  const bool* flag = value.is_scalar() ? std::get_if<bool>(&value.scalar()) : nullptr;
  if (flag == nullptr) refuse(name, "it is neither true nor false");
  return *flag;
}

std::int64_t Fields::whole(std::string_view name, std::int64_t min, std::int64_t max) const {
  const Document& value = at(name);
  const auto* number = value.is_scalar() ? std::get_if<std::int64_t>(&value.scalar()) : nullptr;
  if (number == nullptr) refuse(name, "it is no whole number");
  if (*number < min || *number > max) {
    refuse(name, fmt::format("{} is not between {} and {}", *number, min, max));
  }
  return *number;
}

double Fields::number(std::string_view name) const {
  const auto number = number_of(at(name));
  if (!number) refuse(name, "it is no number");
  return *number;
}

Time Fields::time(std::string_view name) const { return time_of(at(name), place_of(name)); }

std::optional<Time> Fields::maybe_time(std::string_view name) const {
  const Document* value = find(name);
  if (value == nullptr) return std::nullopt;
  return time_of(*value, place_of(name));
}

Labels Fields::labels(std::string_view name) const {
  const Document& value = at(name);
  if (!value.is_object()) refuse(name, "it is no object");
  Labels labels;
  for (const auto& [label, text] : value.members()) {
    const std::string shown = fmt::format("{}.{}", name, escape_controls(label));
    if (!is_label_name(label)) refuse(shown, "that is no label's name");
    if (text.text() == nullptr) refuse(shown, "it is no text");
    if (!text.text()->empty()) labels.emplace(label, *text.text());
  }
  return labels;
}

}  // namespace pcx::alert
