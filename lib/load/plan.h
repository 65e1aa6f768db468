// A load test as it is run: compiled from a script once, immutable, shared by all shards. Nothing
// in it is looked up by name while the test runs.
//
// Source of the meanings: Artillery 2.0.34, http engine.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/error.h"
#include "load/expression.h"
#include "load/json_path.h"
#include "load/regexp.h"
#include "load/template.h"

namespace pcx::load {

using std::chrono::nanoseconds;

// --- When users arrive

enum class ArrivalLaw { uniform, poisson };

struct Phase {
  std::string name;  // as written; empty: none
  nanoseconds duration{};
  double rate = 0;          // users a second at its beginning
  double rate_at_end = 0;   // the same: constant
  std::int64_t count = -1;  // arrivalCount: so many, evenly; -1: by rate
  std::int64_t users_max =
      0;  // maxVusers: while so many are active, arrivals are skipped; 0: no limit
  bool is_pause = false;
  ArrivalLaw law = ArrivalLaw::uniform;
};

// --- What a user does

// Name and value; a name is text as it goes out.
struct HeaderTemplate {
  std::string name;
  Template value;
};

struct NoBody {};
struct JsonBody {
  JsonTemplate json;
};
struct TextBody {
  Template text;
};
struct FormBody {  // application/x-www-form-urlencoded
  std::vector<std::pair<std::string, Template>> fields;
};
struct MultipartBody {
  struct Part {
    std::string name;
    Template value;            // or the bytes of a file, read when the script was
    std::string filename;      // empty: no file
    std::string content_type;  // empty: none
  };
  std::vector<Part> parts;
};
using Body = std::variant<NoBody, JsonBody, TextBody, FormBody, MultipartBody>;

struct JsonCapture {
  JsonPath path;
  bool all = false;  // `multiple: false` returns the list itself
};
struct RegexpCapture {
  Regexp regexp;
  std::string group;  // number or name; empty: the whole match
};
struct HeaderCapture {
  std::string name;  // lower case
};
struct Capture {
  std::variant<JsonCapture, RegexpCapture, HeaderCapture> from;
  Slot as = 0;
  Path as_path;  // `as: user.token`
  bool strict = true;
};
// `match: {json, value}`: the captured value has to be this text.
struct Match {
  std::variant<JsonCapture, RegexpCapture, HeaderCapture> from;
  Template value;
  bool strict = true;
};

struct Expectation {
  enum class Kind {
    status_code,
    not_status_code,
    content_type,
    has_header,
    header_equals,
    has_property,
    not_has_property,
    equals,
    matches_regexp,
    cdn_hit,
  };
  Kind kind = Kind::status_code;
  // Status codes, a header (in lower case) and its value, texts that shall be equal, "true" or
  // "false" (cdn_hit); the property when a variable is in its name: then `property` is empty.
  std::vector<Template> values;
  Path property;
  std::optional<Regexp> regexp;  // matches_regexp, unless a variable is in it
  std::string header;            // header_equals: its name as the script has it
  bool any_case = true;          // of the header's name
  Location place;
};
const char* to_string(Expectation::Kind kind) noexcept;  // "statusCode"
// What it is counted as: "statusCode", "header x-id values equals".
std::string label_of(const Expectation& expectation);

struct Request {
  std::string method;  // upper case
  Template url;        // absolute, or behind the target when it begins with "/"
  std::vector<std::pair<std::string, Template>> query;  // added to the url's own
  // With the defaults, user-agent, and the content-type of json and form bodies; names in lower
  // case, each once.
  std::vector<HeaderTemplate> headers;
  Body body;
  std::vector<std::pair<std::string, Template>> cookies;
  std::optional<std::pair<Template, Template>> basic_auth;  // user, password
  bool decompress = true;
  bool follow_redirects = true;
  std::vector<Capture> captures;
  std::vector<Match> matches;
  std::vector<Expectation> expectations;
  std::optional<Expression> condition;  // ifTrue; over the user's variables by slot
  std::optional<int> probability;       // percent
  std::uint32_t endpoint = 0;           // in Plan::endpoints
  Location place;

  bool needs_body() const;     // something reads it
  bool needs_headers() const;  // something reads others than content-type
};

struct Think {
  Template time;                     // seconds, or a text as "500ms"
  std::optional<nanoseconds> fixed;  // when it is the same for all
  Template jitter;                   // "20%" or milliseconds; no segments: none
};
struct Log {
  Template text;
};
struct Set {
  std::vector<std::pair<Slot, Template>> variables;
};
struct Check {
  std::string name;
  Expression condition;
  Location place;
};
// Steps up to `end` again and again. The step at `end` is its LoopEnd.
struct Loop {
  enum class Kind { count, range, over, forever, expression };
  Kind kind = Kind::forever;
  Template count;                       // count
  std::int64_t from = 0, to = 0;        // range: from ... to - 1
  std::optional<Variable> over;         // over a variable
  std::vector<Value> elements;          // over a list in the script
  std::optional<Expression> condition;  // while it is true
  Slot value = 0;                       // $loopCount, or loopValue
  Slot element = 0;                     // $loopElement
  std::size_t end = 0;
};
struct LoopEnd {
  std::size_t begin = 0;
};
// Each branch is a range of the program; all of them at the same time, `limit` at once.
struct Parallel {
  std::vector<std::pair<std::size_t, std::size_t>> branches;  // [begin, end)
  std::size_t limit = 100;
  std::size_t end = 0;  // where it goes on
};
using Step = std::variant<Request, Think, Log, Set, Check, Loop, LoopEnd, Parallel>;

struct Scenario {
  std::string name;  // as written; empty: told by its number
  std::uint32_t weight = 1;
  std::vector<Step> program;
};

// A CSV file. Each user has one row of each, in slots of its own. With loadAll the whole table is
// one of Plan::initial instead.
struct Payload {
  std::vector<Slot> fields;              // by column
  std::vector<std::vector<Value>> rows;  // as wide as `fields`
  bool in_sequence = false;              // else at random, with replacement
};

// --- How

struct TlsOptions {
  bool verify = true;
  std::string ca_file, certificate_file, key_file;  // empty: none
  std::string passphrase;
};

struct HttpOptions {
  nanoseconds timeout =
      std::chrono::seconds{10};  // from the request's last byte to the response's head
  std::size_t pool = 0;          // connections that all users share; 0: one for each user
  bool extended_metrics = false;
  std::vector<std::pair<std::string, Template>> cookies;  // of every user
  bool trace_parent = false;                              // W3C traceparent in each request
  bool trace_sampled = true;
  std::string trace_id_prefix = "a9";  // hexadecimal, at most 8
  TlsOptions tls;
};

// --- What is judged at the end

struct Threshold {  // the metric has to be below
  std::string metric;
  double below = 0;
  Location place;
};
struct Condition {  // over metrics, by their numbers in Ensure::metrics
  std::string text;
  Expression expression;
  bool strict = true;
  Location place;
};
struct Ensure {
  std::vector<Threshold> thresholds;
  std::vector<Condition> conditions;
  std::vector<std::string> metrics;
  std::optional<double> error_rate_max;  // percent
  Location error_rate_place;
};

struct Endpoint {
  std::string name;  // "/users/{{ id }}", " (name)" behind it; empty: not measured by itself
  bool is_named = false;
};

struct Plan {
  std::string target;  // "https://api.example.org"; empty: all urls are absolute
  std::vector<Phase> phases;
  std::vector<Scenario> scenarios;
  std::optional<Scenario> before, after;
  std::vector<std::string> variables;  // their names, by slot
  // What they begin with, for each user, behind the payloads' rows; of several one at random.
  std::vector<std::pair<Slot, std::vector<Value>>> initial;
  Slot uuid_slot = 0;  // $uuid: one for each user
  std::vector<Payload> payloads;
  std::vector<Endpoint> endpoints;
  HttpOptions http;
  Ensure ensure;
  std::optional<nanoseconds> apdex;      // threshold
  bool expectations_are_errors = false;  // reportFailuresAsErrors
  std::string environment;               // -e
  // Artillery to the letter: think "0.5" is half a millisecond, parallel has one connection.
  bool strict = false;
  std::string digest;  // of script and options, hexadecimal: parts of one run have the same
};

}  // namespace pcx::load
