#include "kpi/answer.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace pcx::kpi {
namespace {

constexpr const char* kNothing = "nothing to compute it from";
constexpr const char* kNoLabel = "(none)";  // of parts whose column is NULL

// "-12.50": PostgreSQL writes a numeric so, but for NaN and infinities.
bool is_decimal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::string zero(Kind kind) {
  const int digits = digits_of(kind);
  return digits == 0 ? "0" : "0." + std::string(static_cast<std::size_t>(digits), '0');
}

Value empty_value(const Definition& definition) {
  if (definition.empty_is_zero) return {.state = State::known, .digits = zero(definition.kind)};
  return {.state = State::no_data, .reason = kNothing};
}

Value value_of(const std::string& digits, const std::string& sample) {
  Value value{.state = State::no_data, .reason = kNothing};
  if (is_decimal(digits)) {
    value = {.state = State::known, .digits = digits};
  } else if (!digits.empty()) {
    value = {.state = State::failed, .reason = fmt::format("it is {}, which is no amount", digits)};
  }
  std::int64_t rows = 0;  // a sample that is no count of rows is none
  const auto* const end = sample.data() + sample.size();
  const auto read = std::from_chars(sample.data(), end, rows);
  if (!sample.empty() && read.ec == std::errc{} && read.ptr == end) value.sample = rows;
  return value;
}

}  // namespace

void Answers::add(const Selection& selection, const db::Result& rows) {
  for (const db::Row row : rows) {
    const auto source = static_cast<std::size_t>(row[0].as<std::int64_t>());
    const auto n = db::nullable<int>(row[1]);
    const auto tenant = db::nullable<std::string>(row[2]);
    const auto part = static_cast<std::size_t>(row[3].as<int>());
    const auto texts = row[5].as<std::vector<std::string>>();
    const auto columns = parts_of(*catalog_, selection, source);
    tenants_.insert(tenant);
    std::size_t place = 0;
    for (const std::size_t number : selection) {
      const Definition& definition = catalog_->definitions[number];
      if (definition.source != source) continue;
      const std::string& digits = texts.at(place);
      const std::string& sample = texts.at(place + 1);
      place += 2;
      Answer& answer = found_[{number, n, tenant}];
      if (part == 0) {
        answer.value = value_of(digits, sample);
      } else if (definition.by == columns.at(part - 1) && is_decimal(digits)) {
        answer.parts.push_back({db::nullable<std::string>(row[4]).value_or(kNoLabel), digits});
      }
    }
  }
}

void Answers::fail(std::size_t definition, const std::string& reason) {
  failures_[definition] = reason;
}

Answer Answers::find(std::size_t definition, std::optional<int> n,
                     const std::optional<std::string>& tenant) const {
  if (const auto failed = failures_.find(definition); failed != failures_.end()) {
    return {{.state = State::failed, .reason = failed->second}, {}};
  }
  const auto found = found_.find({definition, n, tenant});
  if (found == found_.end()) return {empty_value(catalog_->definitions[definition]), {}};
  Answer answer = found->second;
  std::ranges::sort(answer.parts, {}, &Part::label);
  return answer;
}

}  // namespace pcx::kpi
