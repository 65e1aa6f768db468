#include "load/capture.h"

#include <gmock/gmock.h>

#include "tests/load/plan_of.h"

namespace pcx::load {
namespace {

Time now() { return Time{std::chrono::milliseconds{1'769'860'800'123}}; }

// A request with `spec` below it, and an answer to it.
class Captures : public ::testing::Test {
 protected:
  void read(const std::string& spec, const std::string& config = {}) {
    plan_ = plan_of(script_of("http://a.test", config + "  plugins: {expect: {}}\n",
                              "      - get:\n          url: /x\n" + spec));
    variables_.assign(plan_.variables.size(), Value{});
    for (const auto& [slot, values] : plan_.initial) variables_[slot] = values.front();
  }
  const Request& request() const {
    return std::get<Request>(plan_.scenarios.front().program.front());
  }
  bool capture() { return capture_all(request(), answer, {variables_, random_, now}, variables_); }
  // As JSON; "unset" when it is undefined.
  std::string value(const std::string& name) const {
    const auto found = std::find(plan_.variables.begin(), plan_.variables.end(), name);
    if (found == plan_.variables.end()) return "no such variable";
    const Value& value = variables_[static_cast<std::size_t>(found - plan_.variables.begin())];
    std::string json;
    value.append_json(json);
    return value.is_undefined() ? "unset" : json;
  }
  // Of the only expectation.
  bool met() { return is_met(request().expectations.front(), answer, {variables_, random_, now}); }
  bool expects(const std::string& expectation, const std::string& config = {}) {
    read("          expect: {" + expectation + "}\n", config);
    return met();
  }

  Plan plan_;
  std::vector<Value> variables_;
  SeededRandom random_{1};
  Answer answer{.status = 200, .content_type = "application/json; charset=utf-8"};
};

TEST_F(Captures, TakeValuesWithTheirTypes) {
  answer.body =
      R"({"id": 7, "name": "Rex", "ok": false, "none": null, "tags": ["a"], "deep": {"x": 0}})";
  read(
      "          capture:\n"
      "            - {json: $.id, as: id}\n            - {json: $.name, as: name}\n"
      "            - {json: $.ok, as: ok}\n            - {json: $.none, as: none}\n"
      "            - {json: $.tags, as: tags}\n            - {json: $.deep.x, as: x}\n"
      "            - {json: $, as: all}\n");
  EXPECT_TRUE(capture());
  EXPECT_EQ(value("id"), "7");
  EXPECT_EQ(value("name"), "\"Rex\"");
  EXPECT_EQ(value("ok"), "false");
  EXPECT_EQ(value("none"), "null");
  EXPECT_EQ(value("tags"), R"(["a"])");
  EXPECT_EQ(value("x"), "0");
  EXPECT_THAT(value("all"), ::testing::StartsWith(R"({"id":7)"));
}

TEST_F(Captures, DrawOneOfSeveralHits) {
  answer.body = R"({"data": [{"id": 1}, {"id": 2}, {"id": 3}]})";
  read("          capture: {json: \"$.data[*].id\", as: id}\n");
  std::string drawn;
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(capture());
    drawn += value("id");
  }
  for (const char id : {'1', '2', '3'}) EXPECT_GT(std::count(drawn.begin(), drawn.end(), id), 10);
  read("          capture: {json: \"$.data[*].id\", as: ids, multiple: false}\n");
  EXPECT_TRUE(capture());
  EXPECT_EQ(value("ids"), "[1,2,3]");
}

TEST_F(Captures, FailWhereAListWouldFillTheMemory) {
  std::string wide = "1";
  for (int i = 0; i < 100'000; ++i) wide += ",1";
  answer.body = std::string(40, '[') + wide + std::string(40, ']');
  read("          capture: {json: \"$..*\", as: all, multiple: false}\n");
  EXPECT_FALSE(capture());
  read("          capture: {json: \"$[*]\", as: all, multiple: false}\n");
  EXPECT_TRUE(capture());
}

TEST_F(Captures, SearchTexts) {
  answer.body = "<a href='/pets/17'>Rex</a><b id=\"\">";
  read(
      "          capture:\n"
      "            - {regexp: '/pets/(\\d+)', group: 1, as: id}\n"
      "            - {regexp: 'rex', flags: i, as: whole}\n"
      "            - {regexp: '>(?<name>\\w+)<', group: name, as: name}\n"
      "            - {regexp: 'id=\"(x?)\"', group: 1, as: empty, strict: false}\n"
      "            - {regexp: 'no such', as: nothing, strict: false}\n");
  EXPECT_TRUE(capture());
  EXPECT_EQ(value("id"), "\"17\"");
  EXPECT_EQ(value("whole"), "\"Rex\"");
  EXPECT_EQ(value("name"), "\"Rex\"");
  EXPECT_EQ(value("empty"), "\"\"");
  EXPECT_EQ(value("nothing"), "\"\"");
}

TEST_F(Captures, TakeHeaders) {
  answer.headers = {{"x-id", "17"}, {"x-empty", ""}};
  read(
      "          capture:\n            - {header: x-id, as: id}\n"
      "            - {header: x-empty, as: empty, strict: false}\n");
  EXPECT_TRUE(capture());
  EXPECT_EQ(value("id"), "\"17\"");
  EXPECT_EQ(value("empty"), "\"\"");
}

TEST_F(Captures, PutValuesIntoVariables) {
  answer.body = R"({"id": 7, "name": "Rex"})";
  read(
      "          capture:\n            - {json: $.id, as: pet.id}\n"
      "            - {json: $.name, as: pet.tag.name}\n            - {json: $.id, as: "
      "pet.tag.id}\n");
  EXPECT_TRUE(capture());
  EXPECT_EQ(value("pet"), R"({"id":7,"tag":{"name":"Rex","id":7}})");
  answer.body = R"({"id": 8, "name": "Max"})";
  EXPECT_TRUE(capture());
  EXPECT_THAT(value("pet"), ::testing::HasSubstr("\"id\":8"));
  EXPECT_THAT(value("pet"), ::testing::HasSubstr("\"tag\":{\"name\":\"Max\",\"id\":8}"));
}

TEST_F(Captures, PutValuesIntoLists) {
  answer.body = R"({"id": 7, "name": "Rex"})";
  read(
      "          capture:\n            - {json: $.id, as: 'pets[0].id'}\n"
      "            - {json: $.name, as: 'pets[2]'}\n            - {json: $.name, as: "
      "'pets[0].name'}\n");
  EXPECT_TRUE(capture());
  EXPECT_EQ(value("pets"), R"([{"id":7,"name":"Rex"},null,"Rex"])");
}

TEST_F(Captures, SetNothingWhenAStrictOneFails) {
  for (const char* body : {R"({"a": 1})", R"({"a": 1, "b": ""})", "no JSON", "", R"({"a": 1)"}) {
    read(
        "          capture:\n            - {json: $.a, as: a}\n            - {json: $.b, as: b}\n");
    answer.body = body;
    EXPECT_FALSE(capture()) << body;
    EXPECT_EQ(value("a"), "unset") << body;
  }
  for (const char* body : {R"({"b": 0})", R"({"b": false})", R"({"b": null})", R"({"b": []})"}) {
    read("          capture: {json: $.b, as: b}\n");
    answer.body = body;
    EXPECT_TRUE(capture()) << body;
  }
}

TEST_F(Captures, GoOnWhenTheyAreNotStrict) {
  answer.body = R"({"a": 1})";
  read(
      "          capture:\n            - {json: $.b, as: b, strict: false}\n"
      "            - {json: $.a, as: a}\n");
  EXPECT_TRUE(capture());
  EXPECT_EQ(value("a"), "1");
  EXPECT_EQ(value("b"), "unset");
  read("          capture: {json: $.b, as: b}\n", "  defaults: {strictCapture: false}\n");
  EXPECT_TRUE(capture());
}

TEST_F(Captures, ForgetWhatWasThereBefore) {
  read("          capture: {json: $.a, as: a, strict: false}\n", "  variables: {a: old}\n");
  EXPECT_EQ(value("a"), "\"old\"");
  answer.body = "{}";
  EXPECT_TRUE(capture());
  EXPECT_EQ(value("a"), "unset");
}

TEST_F(Captures, MatchValues) {
  answer.body = R"({"id": 7, "ok": true, "name": "Rex"})";
  const auto matches = [&](const std::string& match) {
    read("          match: {" + match + "}\n", "  variables: {seven: 7}\n");
    return capture();
  };
  EXPECT_TRUE(matches("json: $.id, value: \"7\""));
  EXPECT_TRUE(matches("json: $.id, value: \"{{ seven }}\""));
  EXPECT_TRUE(matches("json: $.name, value: Rex"));
  EXPECT_FALSE(matches("json: $.name, value: rex"));
  EXPECT_FALSE(matches("json: $.nothing, value: Rex"));
  EXPECT_TRUE(matches("json: $.name, value: rex, strict: false"));
}

// --- Expectations

TEST_F(Captures, ExpectStatuses) {
  EXPECT_TRUE(expects("statusCode: 200"));
  EXPECT_FALSE(expects("statusCode: 201"));
  EXPECT_TRUE(expects("statusCode: [201, 200]"));
  EXPECT_TRUE(expects("statusCode: \"{{ wanted }}\"", "  variables: {wanted: 200}\n"));
  EXPECT_TRUE(expects("notStatusCode: 500"));
  EXPECT_FALSE(expects("notStatusCode: [500, 200]"));
}

TEST_F(Captures, ExpectTypes) {
  answer.body = "[1]";
  EXPECT_TRUE(expects("contentType: json"));
  EXPECT_TRUE(expects("contentType: \"application/JSON; charset=utf-8\""));
  EXPECT_FALSE(expects("contentType: application/json"));
  answer.content_type = "text/html";
  EXPECT_FALSE(expects("contentType: json"));
  EXPECT_TRUE(expects("contentType: text/html"));
  answer.content_type = "application/problem+json";
  answer.body = "7";
  EXPECT_FALSE(expects("contentType: json"));
  answer.body = "{}";
  EXPECT_TRUE(expects("contentType: json"));
}

TEST_F(Captures, ExpectHeaders) {
  answer.headers = {{"x-id", "17"}, {"cf-cache-status", "HIT"}};
  EXPECT_TRUE(expects("hasHeader: X-Id"));
  EXPECT_FALSE(expects("hasHeader: x-other"));
  EXPECT_TRUE(expects("headerEquals: [X-Id, \"17\"]"));
  EXPECT_FALSE(expects("headerEquals: [x-id, \"18\"]"));
  EXPECT_FALSE(expects("headerEquals: [x-other, \"\"]"));
  EXPECT_TRUE(expects("cdnHit: true"));
  EXPECT_FALSE(expects("cdnHit: false"));
  answer.headers = {{"x-cache", "Miss from cloudfront"}};
  EXPECT_FALSE(expects("cdnHit: true"));
  EXPECT_TRUE(expects("cdnHit: false"));
  answer.headers = {};
  EXPECT_FALSE(expects("cdnHit: true"));
  EXPECT_FALSE(expects("cdnHit: false"));
}

TEST_F(Captures, ExpectProperties) {
  answer.body = R"({"data": [{"id": null}], "a.b": 1})";
  EXPECT_TRUE(expects("hasProperty: \"data[0].id\""));
  EXPECT_TRUE(expects("hasProperty: data"));
  EXPECT_FALSE(expects("hasProperty: \"data[1]\""));
  EXPECT_TRUE(expects("hasProperty: \"{{ which }}\"", "  variables: {which: data}\n"));
  EXPECT_TRUE(expects("notHasProperty: error"));
  EXPECT_FALSE(expects("notHasProperty: \"data[0].id\""));
  answer.body = "no JSON";
  EXPECT_FALSE(expects("hasProperty: data"));
  EXPECT_FALSE(expects("notHasProperty: data"));
}

TEST_F(Captures, ExpectTexts) {
  answer.body = R"({"name":"Rex"})";
  EXPECT_TRUE(expects("matchesRegexp: '\"name\":\"R..\"'"));
  EXPECT_FALSE(expects("matchesRegexp: ^Rex"));
  EXPECT_TRUE(expects("matchesRegexp: \"{{ name }}\"", "  variables: {name: Re+x}\n"));
  EXPECT_FALSE(expects("matchesRegexp: \"{{ name }}\"", "  variables: {name: (Rex}\n"));
  EXPECT_TRUE(expects("equals: [\"{{ a }}\", \"5\"]", "  variables: {a: 5}\n"));
  EXPECT_FALSE(expects("equals: [\"{{ a }}\", \"5\", \"6\"]", "  variables: {a: 5}\n"));
}

}  // namespace
}  // namespace pcx::load
