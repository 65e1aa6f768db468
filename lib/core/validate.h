// The application's validators (guide, gap 16), with its answers and its words: what pcx writes for
// it, or checks of its data, must be judged as the application itself will judge it. Known answers:
// tests/data/validation-vectors.json. The fifteenth, of passwords, is core/password.h.
//
// Those that throw throw Error{data} with the application's message, which it answers with 400.
// null stands for null and undefined.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/document.h"
#include "core/javascript.h"

namespace pcx {

// Something, one "@", and a domain with a dot inside; no white space. No more is asked.
bool validate_email(std::string_view email);

// Ten to twelve digits as 3-3-4, with "+", "(", ")" and one "-", "." or space where usual.
bool validate_phone_number(std::string_view phone);

// 8-4-4-4-12 hexadecimal digits of either case, any version and variant.
bool validate_uuid(std::string_view uuid);

// Length in UTF-16 units, both limits included; false when a limit is NaN.
bool validate_string_length(std::string_view text, double min, double max);

// Number(value) is finite and above 0: "1e3", true and [5] are.
bool validate_positive_number(const Document& value);

// Both are whole, or infinite (page). Not above 0: page 1, limit 10. A limit above 100 becomes 10;
// 0.5 is above 0 and becomes 0.
struct Pagination {
  double page = 1;
  double limit = 10;
};
Pagination validate_pagination(const Document& page, const Document& limit);

// The id without white space around it. Throws when it is no text or empty.
std::string validate_id(const Document& id);

// Trimmed, at most 200 UTF-16 units of it, without < > { }; "" when it is no text.
std::string validate_search_query(const Document& query);

// Throws with the names of all fields that are missing, or false, 0, NaN or "". Names that every
// JavaScript object answers to ("toString") are never missing.
void validate_required_fields(const Document& data, const std::vector<std::string>& fields);

// Both ends included; false for an invalid date.
bool validate_date_range(std::optional<javascript::Date> date, std::optional<javascript::Date> min,
                         std::optional<javascript::Date> max);

// Later than `now`; false for an invalid date.
bool validate_future_date(std::optional<javascript::Date> date, javascript::Date now);

// `value` is one of the values of the enum's members, of the same type.
bool validate_enum_value(const Document& value, const Document& enumeration);

// The ids as they are (not trimmed). Throws unless it is a list of `min` to `max` non-blank texts.
std::vector<std::string> validate_ids(const Document& ids, std::size_t min = 1,
                                      std::size_t max = 100);

struct UploadedFile {
  std::int64_t bytes = 0;
  std::string name;
  std::string mime_type;
};

struct FileRules {
  std::int64_t bytes_max = std::int64_t{10} * 1024 * 1024;
  std::vector<std::string> extensions;  // in lower case, without the dot; empty: any
  std::vector<std::string> mime_types;  // exactly as sent; empty: any
};

// The extension is what follows the last dot, or the whole name without one, in lower case (of
// letters beyond ASCII only as written). Throws at the first broken rule: size, extension, type.
void validate_file(const UploadedFile& file, const FileRules& rules = {});

}  // namespace pcx
