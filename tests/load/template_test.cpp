#include "load/template.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.h"
#include "core/validate.h"
#include "load/template_text.h"
#include "load/variable_path.h"

namespace pcx::load {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

using Kind = TemplateFault::Kind;

Time noon() { return Time{std::chrono::milliseconds{1'769'860'800'123}}; }

// Variables that have values, constants, and what was reported.
class Words final : public Vocabulary {
 public:
  std::optional<std::string> constant(const std::string& name, bool has_fallback) override {
    if (const auto found = constants.find(name); found != constants.end()) return found->second;
    if (!name.starts_with("$env.")) return std::nullopt;
    return has_fallback ? "" : "undefined";
  }
  Variable variable(const std::string& name) override {
    Path path = parse_variable_path(name);
    const std::string root = path.front().key;
    path.erase(path.begin());
    const auto [place, is_new] = slots.emplace(root, static_cast<Slot>(values.size()));
    if (is_new) values.emplace_back();
    return {place->second, path, {}};
  }
  bool is_variable(const std::string& name) const override { return slots.contains(name); }
  bool is_strict() const override { return strict; }
  void report(TemplateFault fault) override { faults.push_back(std::move(fault)); }

  void set(const std::string& name, Value value) { values[variable(name).slot] = std::move(value); }
  std::string render(std::string_view text) {
    const Template made = read_template(text, *this);
    return made.render({values, random, noon});
  }
  Value evaluate(std::string_view text) {
    const Template made = read_template(text, *this);
    return made.evaluate({values, random, noon});
  }
  std::vector<Kind> kinds() const {
    std::vector<Kind> all;
    for (const auto& fault : faults) all.push_back(fault.kind);
    return all;
  }

  std::map<std::string, std::string> constants = {{"target", "http://a.test"}};
  std::map<std::string, Slot> slots;
  std::vector<Value> values;
  std::vector<TemplateFault> faults;
  SeededRandom random{7};
  bool strict = false;
};

struct Rendered {
  const char* text;
  const char* expected;
};

class TemplateRenders : public ::testing::TestWithParam<Rendered> {};

TEST_P(TemplateRenders, AsArtilleryDoes) {
  Words words;
  words.set("name", "Rex");
  words.set("age", 7.0);
  words.set("half", 0.5);
  words.set("nothing", nullptr);
  words.set("yes", true);
  words.set("user", Value::of(parse_json(R"({"tags":["a",{"b c":"deep"}],"id":12})", "t")));
  EXPECT_EQ(words.render(GetParam().text), GetParam().expected) << GetParam().text;
  EXPECT_THAT(words.faults, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Texts, TemplateRenders,
    ::testing::Values(
        Rendered{"plain", "plain"}, Rendered{"", ""}, Rendered{"{ not } one", "{ not } one"},
        Rendered{"{{ name }}", "Rex"}, Rendered{"{{name}}", "Rex"}, Rendered{"{{{ name }}}", "Rex"},
        Rendered{"/pets/{{ name }}/{{ age }}", "/pets/Rex/7"},
        Rendered{"{{ half }} {{ nothing }} {{ yes }}", "0.5 null true"},
        Rendered{"a {{ unknown }} b", "a undefined b"}, Rendered{"{{ user.id }}", "12"},
        Rendered{"{{ user.tags[0] }}", "a"}, Rendered{"{{ user.tags[1]['b c'] }}", "deep"},
        Rendered{"{{ user.tags[9].x }}", "undefined"},
        Rendered{"{{ user['tags'][1][\"b c\"] }}", "deep"},
        Rendered{"x {{ user.tags }}", R"(x ["a",{"b c":"deep"}])"},
        Rendered{R"({"a": {{ age }}})", R"({"a": 7})"},
        Rendered{"{{ target }}/x", "http://a.test/x"}, Rendered{"{{ $env.NONE }}", "undefined"}));

TEST(Template, KeepsTheTypeOfOneVariable) {
  Words words;
  words.set("age", 7.0);
  EXPECT_EQ(*words.evaluate("{{ age }}").number(), 7.0);
  EXPECT_EQ(*words.evaluate(" {{ age }}").text(), " 7");
  EXPECT_TRUE(words.evaluate("{{ unknown }}").is_undefined());
}

TEST(Template, TellsWhatIsTheSameForAll) {
  Words words;
  EXPECT_TRUE(read_template("{{ target }}/pets", words).is_literal());
  EXPECT_EQ(*read_template("{{ target }}/pets", words).literal(), "http://a.test/pets");
  EXPECT_FALSE(read_template("/{{ id }}", words).is_literal());
  EXPECT_EQ(read_template("{{ id }} ", words).only_variable(), nullptr);
  EXPECT_TRUE(read_template("", words).is_literal());
}

TEST(Template, SwallowsABraceAsArtilleryOnlyWhenStrict) {
  Words words;
  words.set("age", 7.0);
  words.strict = true;
  EXPECT_EQ(words.render(R"({"a": {{ age }}})"), R"({"a": 7)");
}

TEST(Template, TakesTheFallbackForWhatIsFalse) {
  Words words;
  words.set("empty", "");
  words.set("name", "Rex");
  EXPECT_EQ(words.render("{{ empty || 'none' }}"), "none");
  EXPECT_EQ(words.render("{{ name || 'none' }}!"), "Rex!");
  EXPECT_EQ(words.render("{{ $env.PORT || 3000 }}"), "3000");
  EXPECT_EQ(*words.evaluate("{{ missing || \"x\" }}").text(), "x");
}

class TemplateCalls : public ::testing::TestWithParam<Rendered> {};

TEST_P(TemplateCalls, MakeWhatTheyPromise) {
  Words words;
  words.set("list", Value::of(parse_json("[5]", "t")));
  words.set("who", "Rex");
  EXPECT_THAT(words.render(GetParam().text), MatchesRegex(GetParam().expected)) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Functions, TemplateCalls,
    ::testing::Values(
        Rendered{"{{ $randomNumber(3, 5) }}", "[345]"}, Rendered{"{{$randomNumber(4,4)}}", "4"},
        Rendered{"{{ $randomInt(5, 3) }}", "[345]"}, Rendered{"{{ $randomInt(-2, -2) }}", "-2"},
        Rendered{"{{ $randomNumber() }}", "[01]"},
        Rendered{"{{ $randomString() }}", "[A-Za-z0-9]{10}"},
        Rendered{"a{{ $randomString(3) }}b", "a[A-Za-z0-9]{3}b"},
        Rendered{"{{ $uuid() }}",
                 "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"},
        Rendered{"{{ $randomUUID }}", "[0-9a-f-]{36}"},
        Rendered{"{{ $timestamp }}", "1769860800123"},
        Rendered{"{{ $timestamp() }}", "1769860800123"},
        Rendered{"{{ $isoTimestamp() }}", "2026-01-31T12:00:00\\.123Z"},
        Rendered{"{{ $pick('a b', \"c\") }}", "a b|c"},
        Rendered{"{{ $pick(dog, cat) }}", "dog|cat"}, Rendered{"{{ $pick(['x', 'y']) }}", "x|y"},
        Rendered{"{{ $pick(list) }}", "5"}, Rendered{"{{ $pick(who) }}", "Rex"},
        Rendered{"{{ $randomEmail() }}", "[a-z]+\\.[a-z]+[0-9]{4}@example\\.com"},
        Rendered{"{{ $base64('user:', who) }}", "dXNlcjpSZXg="},
        // RFC 4231, test case 2.
        Rendered{"{{ $hmac('Jefe', 'what do ya want for nothing?') }}",
                 "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        Rendered{"{{ $personFirstName() }}", "[A-Z][a-z]+"},
        Rendered{"{{ $randCity() }}", "[A-Z][a-z]+"}));

TEST(Template, MakesOfFakeDataWhatTheNamesSay) {
  SeededRandom random{1};
  for (const std::string& name : fake_names()) {
    std::string text;
    append_fake(*find_fake(name), random, text);
    EXPECT_FALSE(text.empty()) << name;
  }
  std::string email;
  append_fake(Fake::email, random, email);
  EXPECT_TRUE(validate_email(email)) << email;
  EXPECT_FALSE(find_fake("animalDog"));
}

TEST(Template, ReportsUnknownFunctionsWithTheNearest) {
  Words words;
  EXPECT_EQ(words.render("/{{ $randomStrin(5) }}"), "/{{ $randomStrin(5) }}");
  ASSERT_THAT(words.kinds(), ElementsAre(Kind::unknown_function));
  EXPECT_EQ(words.faults[0].what, "$randomStrin");
  EXPECT_EQ(words.faults[0].suggestion, "$randomString()");
}

struct Wrong {
  const char* text;
  Kind kind;
};

class TemplateReports : public ::testing::TestWithParam<Wrong> {};

TEST_P(TemplateReports, WhatIsWrong) {
  Words words;
  EXPECT_EQ(words.render(GetParam().text), GetParam().text);
  EXPECT_THAT(words.kinds(), ElementsAre(GetParam().kind));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, TemplateReports,
    ::testing::Values(Wrong{"/{{ name", Kind::unclosed}, Wrong{"/{{ name }/x", Kind::unclosed},
                      Wrong{"{{ id | pad(3) }}", Kind::syntax}, Wrong{"{{ a + b }}", Kind::syntax},
                      Wrong{"{{ $pick(list).x }}", Kind::syntax}, Wrong{"{{}}", Kind::syntax},
                      Wrong{"{{ $noSuchThing() }}", Kind::unknown_function},
                      Wrong{"{{ $hmac('key') }}", Kind::arguments},
                      Wrong{"{{ $uuid(3) }}", Kind::arguments},
                      Wrong{"{{ $randomNumber(1, 2, 3) }}", Kind::arguments}));

TEST(Template, HasNothingWithoutAName) {
  Words words;
  EXPECT_EQ(words.render("/a/{{ }}/{{{\t}}}"), "/a/undefined/undefined");
  EXPECT_THAT(words.kinds(), ElementsAre(Kind::nothing, Kind::nothing));
}

TEST(Template, LeavesArtilleryItsUndefinedWhenStrict) {
  Words words;
  words.strict = true;
  EXPECT_EQ(words.render("{{ $timestamp }}"), "undefined");
  EXPECT_EQ(words.render("{{ a || 'b' }}"), "{{ a || 'b' }}");
  EXPECT_THAT(words.kinds(), ElementsAre(Kind::syntax));
}

TEST(Template, VariablesGoBeforeFunctions) {
  Words words;
  words.set("$timestamp", "mine");
  EXPECT_EQ(words.render("{{ $timestamp }}"), "mine");
}

// --- JSON

std::string json_of(Words& words, std::vector<JsonTemplate::Piece> pieces) {
  std::string out;
  JsonTemplate{std::move(pieces)}.append({words.values, words.random, noon}, out);
  return out;
}

TEST(JsonTemplate, KeepsTypesAndEscapesTexts) {
  Words words;
  words.set("age", 7.0);
  words.set("text", "a \"quoted\"\\ line\n\x01");
  words.set("tree", Value::of(parse_json(R"({"a":[1]})", "t")));
  const auto value = [&](const char* text) { return read_template(text, words); };
  EXPECT_EQ(
      json_of(words, {{"[", "", value("{{ age }}")},
                      {",", "", value("{{ text }}")},
                      {",", "", value("-{{ text }}-")},
                      {",", "", value("{{ tree }}")},
                      {",", "", value("{{ unknown }}")},
                      {",", "", value("{{ unknown || 'b\"' }}")},
                      {"]"}}),
      R"([7,"a \"quoted\"\\ line\n\u0001","-a \"quoted\"\\ line\n\u0001-",{"a":[1]},null,"b\""])");
}

TEST(JsonTemplate, LeavesOutMembersThatAreUndefined) {
  Words words;
  words.set("b", 1.0);
  const auto value = [&](const char* text) { return read_template(text, words); };
  const std::vector<JsonTemplate::Piece> pieces = {{"{", R"("a":)", value("{{ a }}")},
                                                   {"", R"(,"b":)", value("{{ b }}")},
                                                   {R"(,"c":{)", R"("d":)", value("{{ a }}")},
                                                   {"}", R"(,"e":)", value("{{ a }}")},
                                                   {"}"}};
  EXPECT_EQ(json_of(words, pieces), R"({"b":1,"c":{}})");
  words.set("b", Value{});
  EXPECT_EQ(json_of(words, pieces), R"({"c":{}})");
}

TEST(JsonTemplate, MakesNamesOfAnyValue) {
  Words words;
  words.set("n", 7.0);
  EXPECT_EQ(json_of(words, {{"{", "", read_template("{{ n }}", words), true}, {":1}"}}),
            R"({"7":1})");
}

// --- Paths

TEST(VariablePath, ReadsWhatLodashReads) {
  EXPECT_EQ(to_string(parse_variable_path("a.b[0]['c d'].e")), "a.b[0].c d.e");
  EXPECT_EQ(parse_variable_path("a.0").back().index, 0);
  EXPECT_EQ(parse_variable_path("a[007]").back().index, -1);
  EXPECT_EQ(parse_variable_path("a[\"b]\"]").back().key, "b]");
  EXPECT_EQ(parse_variable_path("").size(), 1u);
  EXPECT_EQ(parse_variable_path("a[").size(), 2u);
  EXPECT_EQ(parse_variable_path("a['b").size(), 2u);
  EXPECT_EQ(parse_variable_path("a..b").size(), 3u);
}

}  // namespace
}  // namespace pcx::load
