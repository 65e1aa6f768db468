#include "load/plan.h"

#include <algorithm>

#include <fmt/format.h>

namespace pcx::load {

namespace {

bool reads_body(const std::variant<JsonCapture, RegexpCapture, HeaderCapture>& from) {
  return !std::holds_alternative<HeaderCapture>(from);
}

bool reads_body(Expectation::Kind kind) {
  return kind == Expectation::Kind::content_type || kind == Expectation::Kind::has_property ||
         kind == Expectation::Kind::not_has_property || kind == Expectation::Kind::matches_regexp;
}

bool reads_header(Expectation::Kind kind) {
  return kind == Expectation::Kind::has_header || kind == Expectation::Kind::header_equals ||
         kind == Expectation::Kind::cdn_hit;
}

}  // namespace

const char* to_string(Expectation::Kind kind) noexcept {
  switch (kind) {
    case Expectation::Kind::status_code: return "statusCode";
    case Expectation::Kind::not_status_code: return "notStatusCode";
    case Expectation::Kind::content_type: return "contentType";
    case Expectation::Kind::has_header: return "hasHeader";
    case Expectation::Kind::header_equals: return "headerEquals";
    case Expectation::Kind::has_property: return "hasProperty";
    case Expectation::Kind::not_has_property: return "notHasProperty";
    case Expectation::Kind::equals: return "equals";
    case Expectation::Kind::matches_regexp: return "matchesRegexp";
    case Expectation::Kind::cdn_hit: return "cdnHit";
  }
  return "unknown";
}

std::string label_of(const Expectation& expectation) {
  if (expectation.kind != Expectation::Kind::header_equals) return to_string(expectation.kind);
  return fmt::format("header {} values equals", expectation.header);
}

bool Request::needs_headers() const {
  const auto from_header = [](const auto& one) { return !reads_body(one.from); };
  return std::ranges::any_of(captures, from_header) || std::ranges::any_of(matches, from_header) ||
         std::ranges::any_of(expectations,
                             [](const auto& check) { return reads_header(check.kind); });
}

bool Request::needs_body() const {
  return std::ranges::any_of(captures,
                             [](const auto& capture) { return reads_body(capture.from); }) ||
         std::ranges::any_of(matches, [](const auto& match) { return reads_body(match.from); }) ||
         std::ranges::any_of(expectations,
                             [](const auto& check) { return reads_body(check.kind); });
}

}  // namespace pcx::load
