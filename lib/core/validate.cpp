#include "core/validate.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"

namespace pcx {

namespace {

using javascript::is_space;

[[noreturn]] void refuse(const std::string& message) { throw Error{ErrorCode::data, message}; }

bool has_space(std::string_view text) {
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    if (point.bytes != 0 && is_space(point.value)) return true;
    text.remove_prefix(std::max<std::size_t>(point.bytes, 1));
  }
  return false;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Removes up to `most` digits; how many there were.
std::size_t take_digits(std::string_view& text, std::size_t most) {
  std::size_t count = 0;
  while (count < most && count < text.size() && is_digit(text[count])) ++count;
  text.remove_prefix(count);
  return count;
}

void take_if(std::string_view& text, char wanted) {
  if (text.starts_with(wanted)) text.remove_prefix(1);
}

void take_separator(std::string_view& text) {
  const CodePoint point = first_code_point(text);
  if (point.value == U'-' || point.value == U'.' || (point.bytes > 0 && is_space(point.value))) {
    text.remove_prefix(point.bytes);
  }
}

bool is_blank(std::string_view text) { return javascript::trim(text).empty(); }

// What Object.prototype has, and with it every object.
bool is_inherited(std::string_view name) {
  constexpr std::array<std::string_view, 12> kNames = {
      "constructor",      "__defineGetter__", "__defineSetter__", "hasOwnProperty",
      "__lookupGetter__", "__lookupSetter__", "isPrototypeOf",    "propertyIsEnumerable",
      "toString",         "valueOf",          "__proto__",        "toLocaleString"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

bool is_number(const Document& value) {
  return value.is_scalar() && (std::holds_alternative<std::int64_t>(value.scalar()) ||
                               std::holds_alternative<double>(value.scalar()) ||
                               std::holds_alternative<Decimal>(value.scalar()));
}

// As Array.prototype.includes compares: numbers by value, NaN to itself, lists and maps never.
bool is_same_value(const Document& left, const Document& right) {
  if (!left.is_scalar() || !right.is_scalar()) return false;
  if (!is_number(left) || !is_number(right)) return left == right;
  const double a = javascript::to_number(left);
  const double b = javascript::to_number(right);
  return a == b || (std::isnan(a) && std::isnan(b));
}

std::string extension_of(std::string_view name) {
  std::string extension{name.substr(name.rfind('.') + 1)};  // npos + 1 is 0: the whole name
  std::transform(extension.begin(), extension.end(), extension.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return extension;
}

bool is_allowed(const std::vector<std::string>& allowed, const std::string& value) {
  return allowed.empty() || std::find(allowed.begin(), allowed.end(), value) != allowed.end();
}

}  // namespace

bool validate_email(std::string_view email) {
  const std::size_t at = email.find('@');
  if (at == 0 || at == std::string_view::npos || email.rfind('@') != at) return false;
  const std::string_view domain = email.substr(at + 1);
  if (domain.size() < 3 || has_space(email)) return false;
  return domain.substr(1, domain.size() - 2).find('.') != std::string_view::npos;
}

bool validate_phone_number(std::string_view phone) {
  take_if(phone, '+');
  take_if(phone, '(');
  if (take_digits(phone, 3) != 3) return false;
  take_if(phone, ')');
  take_separator(phone);
  if (take_digits(phone, 3) != 3) return false;
  take_separator(phone);
  return take_digits(phone, 6) >= 4 && phone.empty();
}

bool validate_uuid(std::string_view uuid) {
  constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  return std::equal(uuid.begin(), uuid.end(), kShape.begin(), kShape.end(),
                    [](char c, char shape) { return shape == 'x' ? is_hex_digit(c) : c == '-'; });
}

bool validate_string_length(std::string_view text, double min, double max) {
  const auto length = static_cast<double>(javascript::utf16_length(text));
  return length >= min && length <= max;
}

bool validate_positive_number(const Document& value) {
  const double number = javascript::to_number(value);
  return std::isfinite(number) && number > 0;
}

Pagination validate_pagination(const Document& page, const Document& limit) {
  Pagination pagination;
  const double wanted_page = javascript::to_number(page);
  const double wanted_limit = javascript::to_number(limit);
  if (wanted_page > 0) pagination.page = std::floor(wanted_page);
  if (wanted_limit > 0 && wanted_limit <= 100) pagination.limit = std::floor(wanted_limit);
  return pagination;
}

std::string validate_id(const Document& id) {
  const std::string* text = id.text();
  if (text == nullptr || is_blank(*text)) refuse("Invalid ID provided");
  return std::string{javascript::trim(*text)};
}

std::string validate_search_query(const Document& query) {
  constexpr std::size_t kUnitsMax = 200;
  const std::string* text = query.text();
  if (text == nullptr) return {};
  std::string cleaned = javascript::utf16_prefix(javascript::trim(*text), kUnitsMax);
  std::erase_if(cleaned, [](char c) { return c == '<' || c == '>' || c == '{' || c == '}'; });
  return cleaned;
}

void validate_required_fields(const Document& data, const std::vector<std::string>& fields) {
  std::vector<std::string> missing;
  for (const auto& field : fields) {
    const Document* value = data.find(field);
    const bool present = value == nullptr ? is_inherited(field) : javascript::is_truthy(*value);
    if (!present) missing.push_back(field);
  }
  if (!missing.empty()) refuse("Missing required fields: " + join(missing, ", "));
}

bool validate_date_range(std::optional<javascript::Date> date, std::optional<javascript::Date> min,
                         std::optional<javascript::Date> max) {
  return date && min && max && *date >= *min && *date <= *max;
}

bool validate_future_date(std::optional<javascript::Date> date, javascript::Date now) {
  return date && *date > now;
}

bool validate_enum_value(const Document& value, const Document& enumeration) {
  const auto& members = enumeration.members();
  return std::any_of(members.begin(), members.end(), [&](const Document::Member& member) {
    return is_same_value(value, member.second);
  });
}

std::vector<std::string> validate_ids(const Document& ids, std::size_t min, std::size_t max) {
  if (!ids.is_array()) refuse("Invalid IDs array");
  const auto& items = ids.items();
  if (items.size() < min || items.size() > max) {
    refuse(fmt::format("Array length must be between {} and {}", min, max));
  }
  std::vector<std::string> valid;
  for (const auto& item : items) {
    if (item.text() == nullptr || is_blank(*item.text())) refuse("Some IDs are invalid");
    valid.push_back(*item.text());
  }
  return valid;
}

void validate_file(const UploadedFile& file, const FileRules& rules) {
  if (file.bytes > rules.bytes_max) {
    const double megabytes = static_cast<double>(rules.bytes_max) / 1024 / 1024;
    refuse(fmt::format("File size exceeds maximum allowed size of {}MB",
                       javascript::number_text(megabytes)));
  }
  if (!is_allowed(rules.extensions, extension_of(file.name))) {
    refuse("File extension must be one of: " + join(rules.extensions, ", "));
  }
  if (!is_allowed(rules.mime_types, file.mime_type)) {
    refuse("File type must be one of: " + join(rules.mime_types, ", "));
  }
}

}  // namespace pcx
