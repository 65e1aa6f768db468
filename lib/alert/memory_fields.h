// One object of a stored memory, read field by field: what is none names its place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "alert/labels.h"
#include "core/document.h"

namespace pcx::alert {

// How numbers and instants are stored: doubles as JSON numbers that read back equal, NaN and
// infinities as "NaN", "+Inf" and "-Inf" (as Prometheus writes them); instants as RFC 3339 in whole
// milliseconds.
Document stored_number(double value);
Document stored_time(Time time);
Document stored_labels(const Labels& labels);

// All of these throw Error{data} "place.field: ..." for a field that is not there, of another kind,
// or beyond its range. Fields that nobody asks for are passed over: a newer pcx may have written
// them.
class Fields {
 public:
  // `place` is shown in errors: "alerts[3]". Throws Error{data} when it is no object.
  Fields(const Document& object, std::string place);

  const Document& at(std::string_view name) const;
  // nullptr: not there, or null.
  const Document* find(std::string_view name) const;
  // The same as Fields of its own.
  Fields object(std::string_view name) const;
  const Document::Array& list(std::string_view name) const;

  std::string text(std::string_view name) const;
  bool flag(std::string_view name) const;
  std::int64_t whole(std::string_view name, std::int64_t min, std::int64_t max) const;
  double number(std::string_view name) const;
  Time time(std::string_view name) const;
  std::optional<Time> maybe_time(std::string_view name) const;
  Labels labels(std::string_view name) const;

  const std::string& place() const { return place_; }
  std::string place_of(std::string_view name) const;
  // "place.field: " and why.
  [[noreturn]] void refuse(std::string_view name, std::string_view why) const;

 private:
  const Document* object_;
  std::string place_;
};

// An instant as stored_time() writes it. Throws Error{data} at `place`.
Time time_of(const Document& document, const std::string& place);

}  // namespace pcx::alert
