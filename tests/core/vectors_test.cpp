// The application's validators against what its own compiled functions answer.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/correlation.h"
#include "core/duration.h"
#include "core/error.h"
#include "core/file.h"
#include "core/javascript.h"
#include "core/json.h"
#include "core/password.h"
#include "core/redact.h"
#include "core/retry.h"
#include "core/sanitize.h"
#include "core/validate.h"
#include "tests/support/data.h"
#include "tests/support/fake_clock.h"

namespace pcx {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Half a surrogate pair is no JSON that UTF-8 could hold. JavaScript writes U+FFFD for it, so here
// it is read as that. (The file has such halves only as leading ones of U+D800 to U+D8FF.)
std::string without_half_pairs(std::string text) {
  for (std::size_t at = text.find("\\ud8"); at != std::string::npos;
       at = text.find("\\ud8", at + 6)) {
    const bool has_partner = text.compare(at + 6, 3, "\\ud") == 0;
    if (!has_partner) text.replace(at, 6, "\\ufffd");
  }
  return text;
}

// The file's {"$num":"NaN"} and {"$undef":true} as values; null stands for undefined.
Document decoded(const Document& value) {
  if (value.is_array()) {
    Document items = Document::array();
    for (const auto& item : value.items()) items.add(decoded(item));
    return items;
  }
  if (!value.is_object()) return value;
  if (value.find("$undef") != nullptr) return {};
  if (const Document* number = value.find("$num")) {
    const std::string& name = *number->text();
    return name == "NaN" ? kNaN : name == "Infinity" ? kInfinity : -kInfinity;
  }
  Document members = Document::object();
  for (const auto& [key, member] : value.members()) members.set(key, decoded(member));
  return members;
}

// One text for equal values, whichever type their numbers have.
std::string canonical(const Document& value) {
  if (value.is_array()) {
    std::string text = "[";
    for (const auto& item : value.items()) text += canonical(item) + ",";
    return text + "]";
  }
  if (value.is_object()) {
    std::string text = "{";
    for (const auto& [key, member] : value.members()) text += key + ":" + canonical(member) + ",";
    return text + "}";
  }
  const bool is_number = std::holds_alternative<std::int64_t>(value.scalar()) ||
                         std::holds_alternative<double>(value.scalar());
  return is_number ? javascript::number_text(javascript::to_number(value)) : to_json(value);
}

class Arguments {
 public:
  explicit Arguments(const Document& vector) : list_(decoded(*vector.find("args"))) {}
  Document at(std::size_t i) const {
    return i < list_.items().size() ? list_.items()[i] : Document{};
  }
  const std::string& text(std::size_t i) const { return *list_.items().at(i).text(); }
  double number(std::size_t i) const { return javascript::to_number(at(i)); }
  bool has(std::size_t i) const { return i < list_.items().size(); }

 private:
  Document list_;
};

std::vector<std::string> texts(const Document* list) {
  std::vector<std::string> found;
  if (list == nullptr) return found;
  for (const auto& item : list->items()) found.push_back(*item.text());
  return found;
}

Document list_of(const std::vector<std::string>& items) {
  Document list = Document::array();
  for (const auto& item : items) list.add(item);
  return list;
}

Document password(const Arguments& args) {
  const auto faults = password_faults(args.text(0));
  return Document::object().set("isValid", faults.empty()).set("errors", list_of(faults));
}

Document pagination(const Arguments& args) {
  const Pagination found = validate_pagination(args.at(0), args.at(1));
  return Document::object().set("page", found.page).set("limit", found.limit);
}

Document required_fields(const Arguments& args) {
  const Document fields = args.at(1);
  validate_required_fields(args.at(0), texts(&fields));
  return {};
}

Document date_range(const Arguments& args) {
  return validate_date_range(javascript::parse_date(args.text(0)),
                             javascript::parse_date(args.text(1)),
                             javascript::parse_date(args.text(2)));
}

Document future_date(const Arguments& args) {
  const javascript::Date now{std::chrono::milliseconds{1'768'478'400'000}};
  if (args.at(0).is_null()) return validate_future_date(std::nullopt, now);
  const std::chrono::milliseconds offset{static_cast<std::int64_t>(args.number(0))};
  return validate_future_date(now + offset, now);
}

Document ids(const Arguments& args) {
  if (!args.has(1)) return list_of(validate_ids(args.at(0)));
  return list_of(validate_ids(args.at(0), static_cast<std::size_t>(args.number(1)),
                              static_cast<std::size_t>(args.number(2))));
}

Document file(const Arguments& args) {
  const Document given = args.at(0);
  const Document options = args.at(1);
  FileRules rules;
  if (const Document* bytes = options.find("maxSize")) {
    rules.bytes_max = std::get<std::int64_t>(bytes->scalar());
  }
  rules.extensions = texts(options.find("allowedExtensions"));
  rules.mime_types = texts(options.find("allowedMimeTypes"));
  validate_file({std::get<std::int64_t>(given.find("size")->scalar()),
                 *given.find("originalname")->text(), *given.find("mimetype")->text()},
                rules);
  return {};
}

Document correlation(const Arguments& args) {
  std::vector<std::pair<std::string, std::string>> headers;
  const Document given = args.at(0);
  for (const auto& [name, value] : given.members()) headers.emplace_back(name, *value.text());
  SeededRandom random{1};
  const std::string drawn = uuid_v4(random);
  SeededRandom again{1};
  const std::string id = correlation_id(headers, again);
  return Document::object()
      .set("correlationId", id == drawn ? "<random uuid v4>" : id)
      .set("header", std::string{kCorrelationHeader});
}

// A vector of a function that takes arguments and returns or throws.
void check_call(const Document& vector, const std::function<Document(const Arguments&)>& call) {
  const Document* throws = vector.find("throws");
  try {
    const Document answer = call(Arguments{vector});
    ASSERT_EQ(throws, nullptr) << "did not throw";
    EXPECT_EQ(canonical(answer), canonical(decoded(*vector.find("out"))));
  } catch (const Error& error) {
    ASSERT_NE(throws, nullptr) << "threw " << error.what();
    EXPECT_EQ(error.what(), *throws->find("message")->text());
    EXPECT_EQ(error.code(), ErrorCode::data);
  }
}

struct RetryCase {
  BackoffPolicy policy{.retries_max = 2, .jitter = 0};  // the application's default: 3 attempts
  std::vector<std::string> retryable;                   // parts of messages; none: every error

  explicit RetryCase(const Document& config) {
    for (const auto& [key, value] : config.members()) {
      const auto number = static_cast<int>(javascript::to_number(value));
      if (key == "maxAttempts") policy.retries_max = number - 1;
      if (key == "initialDelay") policy.first_delay = std::chrono::milliseconds{number};
      if (key == "maxDelay") policy.delay_max = std::chrono::milliseconds{number};
      if (key == "backoffMultiplier") policy.factor = number;
      if (key == "retryableErrors") retryable = texts(&value);
    }
  }

  bool may_help(const Error& error) const {
    const std::string_view message = error.what();
    return retryable.empty() ||
           std::any_of(retryable.begin(), retryable.end(), [&](const std::string& part) {
             return message.find(part) != std::string_view::npos;
           });
  }
};

void check_retry(const Document& vector) {
  const RetryCase given{*vector.find("config")};
  const auto failures = static_cast<int>(javascript::to_number(*vector.find("failures")));
  const std::string& message = *vector.find("message")->text();
  testing::FakeClock clock;
  SeededRandom random{1};
  int calls = 0;
  const auto work = [&]() -> std::string {
    if (++calls <= failures) throw Error{ErrorCode::busy, message};
    return "ok";
  };
  const auto may_help = [&](const Error& error) { return given.may_help(error); };
  try {
    const std::string answer = retry(given.policy, clock, random, may_help, work);
    ASSERT_NE(vector.find("out"), nullptr) << "did not throw";
    EXPECT_EQ(answer, *vector.find("out")->text());
  } catch (const Error& error) {
    ASSERT_NE(vector.find("throws"), nullptr) << "threw " << error.what();
    EXPECT_EQ(error.what(), *vector.find("throws")->text());
  }
  EXPECT_EQ(calls, javascript::to_number(*vector.find("calls")));
  Document delays = Document::array();
  for (const auto sleep : clock.sleeps)
    delays.add(std::int64_t{sleep / std::chrono::milliseconds{1}});
  EXPECT_EQ(canonical(delays), canonical(*vector.find("delays")));
}

struct Function {
  const char* name;
  std::size_t vectors;  // so that none is passed over
  std::function<void(const Document&)> check;
};

Function function(const char* name, std::size_t vectors,
                  std::function<Document(const Arguments&)> call) {
  return {name, vectors, [call = std::move(call)](const Document& v) { check_call(v, call); }};
}

const std::array<Function, 22> kFunctions = {{
    function("validateEmail", 38, [](const auto& a) { return validate_email(a.text(0)); }),
    function("validatePhoneNumber", 38,
             [](const auto& a) { return validate_phone_number(a.text(0)); }),
    function("validateUUID", 31, [](const auto& a) { return validate_uuid(a.text(0)); }),
    function("validatePassword", 50, password),
    function(
        "validateStringLength", 31,
        [](const auto& a) { return validate_string_length(a.text(0), a.number(1), a.number(2)); }),
    function("validatePositiveNumber", 33,
             [](const auto& a) { return validate_positive_number(a.at(0)); }),
    function("validatePagination", 31, pagination),
    function("validateId", 31, [](const auto& a) { return validate_id(a.at(0)); }),
    function("validateSearchQuery", 32,
             [](const auto& a) { return validate_search_query(a.at(0)); }),
    function("validateRequiredFields", 31, required_fields),
    function("validateDateRange", 18, date_range),
    function("validateFutureDate_offset_ms", 7, future_date),
    function("validateEnumValue", 10,
             [](const auto& a) { return validate_enum_value(a.at(0), a.at(1)); }),
    function("validateIds", 20, ids),
    function("validateFile", 20, file),
    function("containsSQLInjection", 37,
             [](const auto& a) { return contains_sql_injection(a.text(0)); }),
    function("containsNoSQLInjection", 20,
             [](const auto& a) { return contains_nosql_injection(a.text(0)); }),
    function("sanitize_body_value", 27, [](const auto& a) { return sanitize(a.at(0)); }),
    function("redactDeep", 39, [](const auto& a) { return redact_deep(a.at(0)); }),
    function("parseDurationMs", 19,
             [](const auto& a) { return parse_application_duration_ms(a.text(0)); }),
    function("correlationId_from_headers", 10, correlation),
    {"retry", 15, check_retry},
}};

// SHA-256 is not core's business: tests/crypto/digest_test.cpp answers for this one.
constexpr std::string_view kElsewhere = "hashToken";

Document vectors() {
  static const Document kFile = parse_json(
      without_half_pairs(read_file(testing::data_path("validation-vectors.json"))), "vectors");
  return *kFile.find("functions");
}

class ApplicationVector : public ::testing::TestWithParam<Function> {};

TEST_P(ApplicationVector, AreAnsweredAlike) {
  const Document all = vectors();
  const Document* mine = all.find(GetParam().name);
  ASSERT_NE(mine, nullptr);
  EXPECT_EQ(mine->items().size(), GetParam().vectors);
  for (const auto& vector : mine->items()) {
    SCOPED_TRACE(to_json(vector).substr(0, 400));
    GetParam().check(vector);
  }
}

INSTANTIATE_TEST_SUITE_P(Functions, ApplicationVector, ::testing::ValuesIn(kFunctions),
                         [](const auto& chosen) { return std::string{chosen.param.name}; });

TEST(ApplicationVectors, AllHaveATest) {
  std::vector<std::string> in_file;
  std::vector<std::string> tested{std::string{kElsewhere}};
  const Document all = vectors();
  for (const auto& [name, list] : all.members()) in_file.push_back(name);
  for (const auto& tested_here : kFunctions) tested.emplace_back(tested_here.name);
  EXPECT_THAT(tested, ::testing::UnorderedElementsAreArray(in_file));
}

}  // namespace
}  // namespace pcx
