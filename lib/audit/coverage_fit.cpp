// Whether what a row of the application's trail says was sent is what a change did.
#include <algorithm>
#include <array>
#include <cmath>

#include "audit/coverage.h"
#include "core/error.h"
#include "core/json.h"
#include "core/time.h"

namespace pcx::audit {

namespace {

constexpr int kSingle = 10;  // a creation or a deletion: an entity has one of it
// What speaks for a pair, and against it.
constexpr int kAgrees = 4;
constexpr int kContradicts = -6;
constexpr int kForeign = -3;  // a column changed that was not sent
constexpr int kMissing = -2;  // a counter that was to move, and did not

// The application sends or counts these with every update.
bool is_routine(std::string_view column) {
  return column == "updatedAt" || column == "updatedBy" || column == "version";
}

Document object_of(const std::string& json) {
  if (json.empty()) return Document::object();
  try {
    return parse_json(json, "changes");
  } catch (const Error&) {
    return Document::object();  // too deep, or a key twice: then nothing is known of it
  }
}

enum class Same { yes, no, unknown };

std::optional<double> number_in(const Cell& cell) {
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) return static_cast<double>(*integer);
  if (const auto* real = std::get_if<double>(&cell)) return *real;
  return std::nullopt;
}

// A date as the application sends it is an instant; as jsonb has it, it lacks the Z.
bool is_same_time(const std::string& sent, const std::string& stored) {
  const auto left = parse_rfc3339(sent);
  if (!left) return false;
  for (const char* end : {"Z", "T00:00:00Z"}) {
    if (parse_rfc3339(stored + end) == left) return true;
  }
  return false;
}

Same compare(const Document& sent, const Document& stored) {
  if (sent == stored) return Same::yes;
  const std::string* stored_text = stored.text();
  if (stored_text != nullptr && stored_text->starts_with("hmac:")) return Same::unknown;
  if (!sent.is_scalar() || !stored.is_scalar()) return Same::unknown;
  const auto left = number_in(sent.scalar());
  const auto right = number_in(stored.scalar());
  if (left && right) {
    return std::abs(*left - *right) <= 1e-9 * std::max(1.0, std::abs(*left)) ? Same::yes : Same::no;
  }
  const std::string* sent_text = sent.text();
  if (sent_text == nullptr || stored_text == nullptr) return Same::no;
  return is_same_time(*sent_text, *stored_text) ? Same::yes : Same::no;
}

// {"increment": 1}: what Prisma does with a value, instead of a value.
const Document::Member* operation_in(const Document& sent) {
  constexpr std::array<std::string_view, 5> kNames{"increment", "decrement", "multiply", "divide",
                                                   "set"};
  if (!sent.is_object() || sent.members().size() != 1) return nullptr;
  const auto& member = sent.members().front();
  return std::ranges::find(kNames, member.first) == kNames.end() ? nullptr : &member;
}

struct Evidence {
  int agrees = 0;
  int agrees_routine = 0;
  int contradicts = 0;
  int foreign = 0;
  int missing = 0;
  bool has_values = false;  // besides what is sent with every update
};

void weigh(const std::string& column, const Document& sent, const Document& after,
           Evidence& found) {
  const Document* stored = after.find(column);
  const Document::Member* operation = operation_in(sent);
  const bool is_counted = operation != nullptr && operation->first != "set";
  if (is_counted) {
    (stored != nullptr ? found.agrees_routine : found.missing) += 1;
    return;
  }
  const bool is_value = !is_routine(column);
  found.has_values = found.has_values || is_value;
  if (stored == nullptr) return;  // it had that value already
  switch (compare(operation != nullptr ? operation->second : sent, *stored)) {
    case Same::yes: (is_value ? found.agrees : found.agrees_routine) += 1; break;
    case Same::no: found.contradicts += 1; break;
    case Same::unknown: found.agrees += is_value ? 1 : 0; break;  // the column, at least
  }
}

std::optional<int> fit_of_update(const CoverageLog& log, const CoverageChange& change) {
  const Document sent = object_of(log.changes);
  const Document after = object_of(change.after);
  if (!sent.is_object() || !after.is_object()) return 0;
  Evidence found;
  for (const auto& [column, value] : sent.members()) weigh(column, value, after, found);
  for (const auto& [column, value] : after.members()) {
    if (!is_routine(column) && sent.find(column) == nullptr) ++found.foreign;
  }
  const bool is_another = found.agrees == 0 && (found.contradicts > 0 || found.foreign > 0);
  if (is_another && found.has_values) return std::nullopt;
  return kAgrees * (found.agrees + found.agrees_routine) + kContradicts * found.contradicts +
         kForeign * found.foreign + kMissing * found.missing;
}

}  // namespace

std::optional<int> coverage_fit(const CoverageLog& log, const CoverageChange& change) {
  const std::string_view verb = std::string_view{log.action}.substr(log.action.rfind('.') + 1);
  if (verb == "create") return change.op == 'I' ? std::optional{kSingle} : std::nullopt;
  if (verb == "delete") return change.op == 'D' ? std::optional{kSingle} : std::nullopt;
  if (verb != "update" || change.op != 'U') return std::nullopt;
  return fit_of_update(log, change);
}

}  // namespace pcx::audit
