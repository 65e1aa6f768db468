#include "cli/resolve.h"

#include <gmock/gmock.h>

#include "cli/table.h"
#include "core/error.h"

namespace pcx::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Variables = std::map<std::string, std::string, std::less<>>;

// A command with one option of each kind, as no real one has.
const Cmd& sample() {
  static const Cmd command{
      .path = "sample",
      .summary = "Try everything",
      .options = {{.name = "--limit",
                   .type = Type::integer,
                   .metavar = "N",
                   .help = "",
                   .environment = "PCX_LIMIT",
                   .config_key = "sample.limit",
                   .minimum = 1,
                   .maximum = 10},
                  {.name = "--wait", .type = Type::duration, .metavar = "DURATION", .help = ""},
                  {.name = "--tag",
                   .metavar = "TAG",
                   .help = "",
                   .config_key = "sample.tags",
                   .repeated = true},
                  {.name = "--dry-run",
                   .type = Type::flag,
                   .help = "",
                   .environment = "PCX_DRY_RUN",
                   .config_key = "sample.dry_run"}},
      .arguments = {{.name = "NAME", .help = "", .required = false}},
      .run = [](Context&, const Values&) { return Outcome{}; }};
  return command;
}

Parsed words(const std::vector<std::pair<std::string, std::string>>& options,
             std::vector<std::string> arguments = {}) {
  Parsed parsed{&sample(), Asked::run, {}, std::move(arguments)};
  for (const auto& [name, text] : options) {
    parsed.options.push_back({find_option(options_of(sample()), name), text});
  }
  return parsed;
}

Config file(const std::string& text) { return {"c.yaml", parse_yaml(text, "c.yaml")}; }

TEST(Resolve, TakesFlagBeforeEnvironmentBeforeFile) {
  const MapEnvironment environment{Variables{{"PCX_LIMIT", "2"}}};
  const Config config = file("sample:\n  limit: 3\n");
  const auto flag = resolve(words({{"--limit", "1"}}), environment, config);
  EXPECT_EQ(flag.integer("--limit"), 1);
  EXPECT_EQ(flag.entry("--limit").source, Source::flag);
  const auto variable = resolve(words({}), environment, config);
  EXPECT_EQ(variable.integer("--limit"), 2);
  EXPECT_EQ(variable.entry("--limit").origin, "PCX_LIMIT");
  const auto key = resolve(words({}), MapEnvironment{{}}, config);
  EXPECT_EQ(key.integer("--limit"), 3);
  EXPECT_EQ(key.entry("--limit").origin, "c.yaml:2:10");
}

TEST(Resolve, TakesAnEmptyVariableForUnset) {
  const auto values = resolve(words({}), MapEnvironment{Variables{{"PCX_LIMIT", ""}}}, Config{});
  EXPECT_FALSE(values.has("--limit"));
}

TEST(Resolve, ReadsListsAndSwitchesOfTheFile) {
  const auto values =
      resolve(words({}), MapEnvironment{{}}, file("sample:\n  tags: [a, b]\n  dry_run: yes\n"));
  EXPECT_THAT(values.texts("--tag"), ElementsAre("a", "b"));
  EXPECT_TRUE(values.flag("--dry-run"));
}

TEST(Resolve, ReadsASwitchOfTheEnvironment) {
  EXPECT_FALSE(resolve(words({}), MapEnvironment{Variables{{"PCX_DRY_RUN", "0"}}},
                       file("sample:\n  dry_run: true\n"))
                   .flag("--dry-run"));
}

struct Mistake {
  Parsed parsed;
  Variables environment;
  std::string file;
  ErrorCode code;
  std::string message;
  std::string place = {};
};

class RefusesValue : public ::testing::TestWithParam<Mistake> {};

TEST_P(RefusesValue, NamingWhereItCameFrom) {
  const Mistake& mistake = GetParam();
  try {
    resolve(mistake.parsed, MapEnvironment{mistake.environment}, file(mistake.file));
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), mistake.code);
    EXPECT_THAT(error.what(), HasSubstr(mistake.message));
    EXPECT_EQ(to_string(error.location()), mistake.place);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Resolve, RefusesValue,
    ::testing::Values(
        Mistake{words({{"--limit", "010"}}),
                {},
                "",
                ErrorCode::usage,
                "option --limit: '010' is not a whole number"},
        Mistake{words({{"--limit", "0x1"}}), {}, "", ErrorCode::usage, "'0x1'"},
        Mistake{words({{"--limit", "0"}}), {}, "", ErrorCode::usage, "0 is less than 1"},
        Mistake{words({{"--limit", "11"}}), {}, "", ErrorCode::usage, "11 is more than 10"},
        Mistake{words({{"--limit", ""}}), {}, "", ErrorCode::usage, "the value is empty"},
        Mistake{words({{"--wait", "10"}}), {}, "", ErrorCode::usage, "'10' is not a duration"},
        Mistake{words({{"--tag", "\xff"}}), {}, "", ErrorCode::usage, "invalid UTF-8 at byte 1"},
        Mistake{words({{"--format", "jsn"}}), {}, "", ErrorCode::usage, "'jsn' is none of"},
        Mistake{words({}, {"a", "b"}), {}, "", ErrorCode::usage, "unexpected argument 'b'"},
        Mistake{words({}), {{"PCX_LIMIT", "x"}}, "", ErrorCode::config, "variable PCX_LIMIT: 'x'"},
        Mistake{words({}), {{"PCX_DRY_RUN", "x"}}, "", ErrorCode::config, "neither true nor"},
        Mistake{words({}),
                {},
                "sample:\n  limit: x\n",
                ErrorCode::config,
                "key sample.limit: 'x'",
                "c.yaml:2:10"},
        Mistake{words({}),
                {},
                "sample:\n  limit: [1]\n",
                ErrorCode::config,
                "needs one value",
                "c.yaml:2:10"},
        Mistake{words({}),
                {},
                "sample:\n  tags: [[1]]\n",
                ErrorCode::config,
                "needs a list of texts",
                "c.yaml:2:9"}));

TEST(KnownConfigKeys, AreSortedAndOnce) {
  const auto keys = known_config_keys();
  for (std::size_t i = 1; i < keys.size(); ++i) EXPECT_LT(keys[i - 1].path, keys[i].path);
}

TEST(WarningsAbout, NameTheNearestVariable) {
  const MapEnvironment environment{
      Variables{{"PCX_FROMAT", "x"}, {"PCX_FORMAT", "json"}, {"PCX_QQQQQQ", "1"}, {"OTHER", "1"}}};
  EXPECT_THAT(warnings_about(environment),
              ElementsAre("unknown variable PCX_FROMAT; did you mean PCX_FORMAT?",
                          "unknown variable PCX_QQQQQQ has no effect"));
}

}  // namespace
}  // namespace pcx::cli
