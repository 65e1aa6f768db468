// Texts with "{{ variable }}" and "{{ $function(a, b) }}", compiled once and rendered for each
// user.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/document.h"
#include "core/random.h"
#include "load/fake_data.h"
#include "load/value.h"

namespace pcx::load {

// A variable's place in the state of every user.
using Slot = std::uint32_t;

struct Variable {
  Slot slot = 0;
  Path path;
  // {{ name || 'text' }}: for undefined, null, "", 0 and false.
  std::optional<std::string> fallback;
};

enum class Function {
  random_number,  // (min, max): a whole number, both included
  random_string,  // (length = 10) of A-Z, a-z, 0-9
  uuid,           // a new version 4 each time
  timestamp,      // milliseconds since 1970
  iso_timestamp,  // RFC 3339 in UTC with milliseconds
  random_int,     // as random_number
  pick,           // one of its arguments, or of the list that its only argument is
  random_email,
  base64,  // of its arguments, put together
  hmac,    // (key, text): HMAC-SHA-256 in hexadecimal
  fake,    // as Artillery's fake-data plugin: see load/fake_data.h
};

using Argument = std::variant<Value, Variable>;
struct Call {
  Function function = Function::uuid;
  std::vector<Argument> arguments;
  Fake fake = Fake::word;  // of Function::fake
};

using Segment = std::variant<std::string, Variable, Call>;

// What a template is rendered from. Belongs to one shard.
struct Scope {
  const std::vector<Value>& variables;  // by slot
  Random& random;
  Time (*wall_now)();
};

struct Template {
  std::vector<Segment> segments;

  bool is_literal() const;             // nothing of a user in it
  const std::string* literal() const;  // nullptr: not one
  // "{{ name }}" and nothing else keeps its type.
  const Variable* only_variable() const;

  void append(const Scope& scope, std::string& out) const;
  std::string render(const Scope& scope) const;
  // The variable's own value, the text otherwise.
  Value evaluate(const Scope& scope) const;
};

// A JSON value with templates in its strings: `raw` pieces are JSON text already.
struct JsonTemplate {
  struct Piece {
    std::string raw;
    // Behind `raw`, `,"name":` of the member whose value follows. Neither is written when the value
    // is undefined, nor a comma behind "{".
    std::string member;
    std::optional<Template> text;  // behind that: a native value or a JSON string
    bool is_key = false;           // `text` is the name of a member, hence always a string
  };
  std::vector<Piece> pieces;

  void append(const Scope& scope, std::string& out) const;
};

}  // namespace pcx::load
