// The language of questions about the trail. Pure: parsed with places, compiled by audit/filter.
//
//   expression  all [ OR all ]...
//   all         part [ [AND] part ]...
//   part        -part | NOT part | ( expression ) | term
//   term        field:value[,value]... | field>value, >=, <, <= | value     (free text)
//   value       characters without white space ( ) , " in which * stands for any text; "quoted"
//   with
//               \" and \\ inside, in which it does not; or these one behind the other: "a b"*
//
// Fields and what they mean are in kFieldNames. A value that begins with "-" is one: since:-7d.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/moment.h"
#include "audit/network.h"

namespace pcx::audit {

inline constexpr std::size_t kExpressionBytesMax = 8192;
inline constexpr std::size_t kExpressionDepthMax = 32;  // of parentheses and negations
inline constexpr std::size_t kExpressionTermsMax = 200;
inline constexpr std::size_t kExpressionValuesMax = 1000;  // of all terms
inline constexpr std::size_t kPathSegmentsMax = 8;         // of changes.a.b

enum class Field {
  user,
  action,
  resource,
  id,      // of what was acted on
  record,  // of the row in the trail
  tenant,
  correlation,
  ip,
  agent,
  since,
  until,
  source,
  op,
  relation,
  success,
  changes,   // a path in it
  metadata,  // a path in it
  text,      // free text: no name
};

struct FieldName {
  std::string_view name;
  Field field;
  std::string_view meaning;  // a fragment; empty: another name of the one before it
};
extern const std::vector<FieldName> kFieldNames;

std::string_view to_string(Field field) noexcept;  // the first of its names

enum class Operator { match, above, at_least, below, at_most };

// The pieces between its stars: one piece is a text as it is.
struct Value {
  std::vector<std::string> pieces;

  bool is_exact() const { return pieces.size() == 1; }
  const std::string& text() const { return pieces.front(); }  // REQUIRES: is_exact()
  bool operator==(const Value&) const = default;
};

struct Term {
  Field field = Field::text;
  std::vector<std::string> path;  // of changes and metadata
  Operator op = Operator::match;
  std::vector<Value> values;     // one of them fits; of other operators than match exactly one
  std::optional<Moment> moment;  // of since and until
  std::string instant;           // which one that is: see audit/calendar.h
  std::vector<std::optional<Network>> networks;  // of ip: each value's, none of those with stars
  bool operator==(const Term&) const = default;
};

// A tree. `all` of nothing holds for everything.
struct Expression {
  enum class Kind { all, any, none, term };
  Kind kind = Kind::all;
  std::vector<Expression> parts = {};  // of none: one
  Term term = {};

  bool is_empty() const { return kind == Kind::all && parts.empty(); }
  bool operator==(const Expression&) const = default;
};

// Throws Error{usage} with reason "expression" and the place in `text`, named `name`: unknown field
// "usr" (did you mean "user"?).
Expression parse_expression(std::string_view text, std::string_view name = "expression");

// A term as an option gives it: its value as in a term, with commas and stars. Throws as
// parse_expression(), naming the option.
Expression parse_option(std::string_view option, Field field, std::string_view value);

// Both hold. Not nested deeper where one is a conjunction already.
Expression both(Expression left, Expression right);

// One text for each tree: what cursors remember of it.
std::string canonical(const Expression& expression);

// The terms that hold for whatever fits: those at the top of a conjunction.
std::vector<const Term*> demanded(const Expression& expression);

}  // namespace pcx::audit
