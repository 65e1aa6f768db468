#include "load/template_function.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

#include "core/secret.h"
#include "core/time.h"
#include "crypto/encoding.h"
#include "crypto/hmac.h"

namespace pcx::load {

namespace {

constexpr std::size_t kAnyNumber = std::numeric_limits<std::size_t>::max();
constexpr double kLargestWhole = 9007199254740991;  // Number.MAX_SAFE_INTEGER
constexpr double kLongestText = 1'000'000;          // of $randomString

constexpr FunctionName kNames[] = {
    {"randomNumber", Function::random_number, true, true},
    {"randomString", Function::random_string, true, true},
    {"uuid", Function::uuid, false, true},
    {"timestamp", Function::timestamp},
    {"isoTimestamp", Function::iso_timestamp},
    {"randomInt", Function::random_int},
    {"pick", Function::pick},
    {"randomEmail", Function::random_email},
    {"base64", Function::base64},
    {"hmac", Function::hmac},
    // What public scripts call the same things.
    {"randomUUID", Function::uuid},
    {"randomUuid", Function::uuid},
    {"guid", Function::uuid},
    {"randomFromArray", Function::pick},
    {"randomElement", Function::pick},
    {"now", Function::timestamp},
};

const Value& value_of(const Argument& argument, const Scope& scope, Value& kept) {
  if (const auto* value = std::get_if<Value>(&argument)) return *value;
  const auto& variable = std::get<Variable>(argument);
  const Value& whole = scope.variables[variable.slot];
  if (variable.path.empty()) return whole;
  kept = whole.at(variable.path);
  return kept;
}

double number_of(const Call& call, std::size_t index, double otherwise, const Scope& scope) {
  if (index >= call.arguments.size()) return otherwise;
  Value kept;
  const double number = value_of(call.arguments[index], scope, kept).to_number();
  return std::isfinite(number) ? std::clamp(number, -kLargestWhole, kLargestWhole) : otherwise;
}

void append_whole(std::int64_t number, std::string& out) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void append_random_number(const Call& call, const Scope& scope, std::string& out) {
  const bool has_both = call.arguments.size() > 1;
  const double first = number_of(call, 0, 0, scope);
  const double second = has_both ? number_of(call, 1, 0, scope) : (call.arguments.empty() ? 1 : 0);
  const auto low = static_cast<std::int64_t>(std::ceil(std::min(first, second)));
  const auto high = static_cast<std::int64_t>(std::floor(std::max(first, second)));
  const auto span = static_cast<std::uint64_t>(std::max<std::int64_t>(high - low, 0)) + 1;
  append_whole(low + static_cast<std::int64_t>(scope.random.below(span)), out);
}

void append_random_string(const Call& call, const Scope& scope, std::string& out) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  const double length = std::clamp(number_of(call, 0, 10, scope), 0.0, kLongestText);
  for (auto left = static_cast<std::size_t>(length); left > 0; --left) {
    out += kLetters[scope.random.below(kLetters.size())];
  }
}

// core's uuid_v4 makes a text of its own, longer than a std::string keeps in itself.
void append_uuid(Random& random, std::string& out) {
  std::array<std::byte, 16> bytes;
  random.fill(bytes);
  bytes[6] = (bytes[6] & std::byte{0x0f}) | std::byte{0x40};
  bytes[8] = (bytes[8] & std::byte{0x3f}) | std::byte{0x80};
  const crypto::Bytes all{bytes};
  constexpr std::size_t kEnds[] = {4, 6, 8, 10, 16};
  std::size_t begin = 0;
  for (const std::size_t end : kEnds) {
    if (begin > 0) out += '-';
    crypto::append_hex(out, all.subspan(begin, end - begin));
    begin = end;
  }
}

void append_pick(const Call& call, const Scope& scope, std::string& out) {
  if (call.arguments.empty()) {
    out += "undefined";
    return;
  }
  Value kept;
  const std::size_t index = scope.random.below(call.arguments.size());
  const Value& picked = value_of(call.arguments[index], scope, kept);
  const Document* tree = call.arguments.size() == 1 ? picked.tree() : nullptr;
  if (tree == nullptr || !tree->is_array()) return picked.append_text(out);
  const auto& items = tree->items();
  const Value item = items.empty() ? Value{} : Value::of(items[scope.random.below(items.size())]);
  item.append_text(out);
}

std::string texts_of(const Call& call, std::size_t from, const Scope& scope) {
  std::string text;
  for (std::size_t i = from; i < call.arguments.size(); ++i) {
    Value kept;
    value_of(call.arguments[i], scope, kept).append_text(text);
  }
  return text;
}

void append_hmac(const Call& call, const Scope& scope, std::string& out) {
  Value kept;
  const std::string key = value_of(call.arguments.front(), scope, kept).to_text();
  const auto tag = crypto::hmac_sha256(Secret{key}, texts_of(call, 1, scope));
  crypto::append_hex(out, tag);
}

std::int64_t milliseconds_of(Time time) {
  return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}

}  // namespace

const FunctionName* find_function(std::string_view name) {
  const auto* found = std::ranges::find_if(
      kNames, [name](const FunctionName& known) { return known.name == name; });
  return found == std::end(kNames) ? nullptr : found;
}

std::vector<std::string> function_names() {
  std::vector<std::string> names;
  for (const FunctionName& known : kNames) names.emplace_back(known.name);
  return names;
}

std::string signature_of(const FunctionName& name) {
  const auto parameters = [&]() -> std::string_view {
    switch (name.function) {
      case Function::random_number:
      case Function::random_int: return "min, max";
      case Function::random_string: return "length";
      case Function::pick: return "one, another, ...";
      case Function::base64: return "text";
      case Function::hmac: return "key, text";
      case Function::uuid:
      case Function::timestamp:
      case Function::iso_timestamp:
      case Function::random_email:
      case Function::fake: break;
    }
    return "";
  };
  return "$" + std::string{name.name} + "(" + std::string{parameters()} + ")";
}

ArgumentCount arguments_of(Function function) {
  switch (function) {
    case Function::random_number:
    case Function::random_int: return {0, 2};
    case Function::random_string: return {0, 1};
    case Function::pick:
    case Function::base64: return {1, kAnyNumber};
    case Function::hmac: return {2, kAnyNumber};
    case Function::fake: return {0, kAnyNumber};  // options, which are not looked at
    case Function::uuid:
    case Function::timestamp:
    case Function::iso_timestamp:
    case Function::random_email: break;
  }
  return {0, 0};
}

void append_call(const Call& call, const Scope& scope, std::string& out) {
  switch (call.function) {
    case Function::random_number:
    case Function::random_int: return append_random_number(call, scope, out);
    case Function::random_string: return append_random_string(call, scope, out);
    case Function::uuid: return append_uuid(scope.random, out);
    case Function::timestamp: return append_whole(milliseconds_of(scope.wall_now()), out);
    case Function::iso_timestamp: out += to_rfc3339(scope.wall_now()); return;
    case Function::pick: return append_pick(call, scope, out);
    case Function::random_email: return append_fake(Fake::email, scope.random, out);
    case Function::base64:
      crypto::append_base64(out, crypto::bytes_of(texts_of(call, 0, scope)));
      return;
    case Function::hmac: return append_hmac(call, scope, out);
    case Function::fake: return append_fake(call.fake, scope.random, out);
  }
}

}  // namespace pcx::load
