#include "core/config.h"

#include <gtest/gtest.h>

#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace pcx {
namespace {

using testing::TemporaryFolder;

const std::vector<ConfigKey> kKnown = {
    {"database.url", "where the database is"},
    {"database.pool.size", "connections"},
    {"tenants.*.time_zone", "calendar of a tenant"},
    {"fields[].table", "a table"},
    {"fields[].column", "a column"},
    {"matrix[][]", "numbers"},
    {"command", "argument vector"},
};

Config read(const std::string& text) {
  const TemporaryFolder folder;
  return read_config(folder.write("c.yaml", text), kKnown);
}

TEST(ReadConfig, FindsWhatIsSet) {
  const Config config = read(
      "database:\n  url: postgresql:///x\n  pool:\ntenants:\n  a.b:\n    time_zone: Europe/Berlin\n"
      "fields:\n  - {table: t, column: c}\nmatrix: [[1, 2], [3]]\ncommand: [/bin/echo, x]\n");
  EXPECT_EQ(config.text("database.url"), "postgresql:///x");
  EXPECT_EQ(config.text("database.pool"), std::nullopt);
  EXPECT_EQ(config.text("database.none"), std::nullopt);
  EXPECT_EQ(config.find("fields")->items[0].find("table")->text, "t");
  EXPECT_EQ(config.find("command")->items.size(), 2u);
  EXPECT_EQ(config.root().members.size(), 5u);
  EXPECT_TRUE(config.path().native().ends_with("c.yaml"));
}

TEST(ReadConfig, AcceptsAnEmptyFile) {
  EXPECT_EQ(read("# nothing yet\n").text("database.url"), std::nullopt);
}

TEST(Config, WithoutAFileHasNothingSet) {
  EXPECT_EQ(Config{}.find("database.url"), nullptr);
  EXPECT_TRUE(Config{}.path().empty());
}

TEST(Config, RefusesAListWhereATextIsAsked) {
  const Config config = read("command: [a]\n");
  const Error error = testing::error_of([&] { config.text("command"); });
  EXPECT_EQ(error.code(), ErrorCode::config);
  EXPECT_STREQ(error.what(), "command must be a single value");
  EXPECT_EQ(error.location().line, 1);
  EXPECT_EQ(error.location().column, 10);
}

struct Refused {
  const char* name;
  const char* text;
  const char* message;
  const char* hint;
  int line;
  int column;
};

class ReadConfigRefuses : public ::testing::TestWithParam<Refused> {};

TEST_P(ReadConfigRefuses, WithPlaceAndSuggestion) {
  const Error error = testing::error_of([] { read(GetParam().text); });
  EXPECT_EQ(error.code(), ErrorCode::config);
  EXPECT_STREQ(error.what(), GetParam().message);
  EXPECT_EQ(error.hint(), GetParam().hint);
  EXPECT_TRUE(error.location().file.ends_with("/c.yaml")) << error.location().file;
  EXPECT_EQ(error.location().line, GetParam().line);
  EXPECT_EQ(error.location().column, GetParam().column);
}

INSTANTIATE_TEST_SUITE_P(
    Files, ReadConfigRefuses,
    ::testing::Values(
        Refused{"NearMiss", "database:\n  ulr: x\n", "unknown key \"database.ulr\"",
                "Did you mean \"url\"?", 2, 3},
        Refused{"TopLevel", "databases: {}\n", "unknown key \"databases\"",
                "Did you mean \"database\"?", 1, 1},
        Refused{"FarAway", "database:\n  frobnicate: x\n", "unknown key \"database.frobnicate\"",
                "Known here: pool, url.", 2, 3},
        Refused{"BelowAStar", "tenants:\n  a: {timezone: x}\n",
                "unknown key \"tenants.a.timezone\"", "Did you mean \"time_zone\"?", 2, 7},
        Refused{"InAList", "fields:\n  - tabel: x\n", "unknown key \"fields[].tabel\"",
                "Did you mean \"table\"?", 2, 5},
        Refused{"Control", "\"a\\e[31m\": x\n", "unknown key \"a\\x1b[31m\"",
                "Known here: command, database, fields, matrix, tenants.", 1, 1},
        Refused{"ScalarForMap", "database: x\n", "database must be a map", "", 1, 11},
        Refused{"ListForMap", "database: [x]\n", "database must be a map", "", 1, 11},
        Refused{"MapForList", "fields: {table: x}\n", "fields must be a list", "", 1, 9},
        Refused{"ScalarForList", "matrix: [1]\n", "matrix[] must be a list", "", 1, 10},
        Refused{"MapForValue", "command: {a: b}\n", "command must be a value", "", 1, 10},
        Refused{"ListInList", "command: [[a]]\n", "command[] must be a value", "", 1, 11},
        Refused{"TopLevelList", "- a\n", "the file must be a map", "", 1, 1},
        Refused{"TopLevelText", "hello\n", "the file must be a map", "", 1, 1},
        Refused{"Twice", "command: a\ncommand: b\n", "key \"command\" occurs twice",
                "The first one is in line 1; remove one of them.", 2, 1},
        Refused{"NotYaml", "a: [\n", "not YAML: end of sequence flow not found", "", 2, 1}),
    [](const auto& chosen) { return std::string{chosen.param.name}; });

TEST(ReadConfig, SaysWhichFileIsMissing) {
  const Error error = testing::error_of([] { read_config("/no/such.yaml", kKnown); });
  EXPECT_EQ(error.code(), ErrorCode::not_found);
  EXPECT_STREQ(error.what(), "cannot read /no/such.yaml: No such file or directory");
}

TEST(FindConfigFile, PrefersFlagThenVariableThenHome) {
  const TemporaryFolder folder;
  const auto in_xdg = folder.write("xdg/pcx/config.yaml", "");
  const auto in_home = folder.write("home/.config/pcx/config.yaml", "");
  std::map<std::string, std::string, std::less<>> variables{
      {"PCX_CONFIG", "/some/file"},
      {"XDG_CONFIG_HOME", (folder.path() / "xdg").native()},
      {"HOME", (folder.path() / "home").native()}};
  const auto found = [&](std::optional<std::string> flag = {}) {
    return find_config_file(flag, MapEnvironment{variables});
  };
  EXPECT_EQ(found("flag.yaml"), "flag.yaml");
  EXPECT_EQ(found(), "/some/file");
  variables["PCX_CONFIG"] = "";
  EXPECT_EQ(found(), in_xdg);
  variables["XDG_CONFIG_HOME"] = "relative";
  EXPECT_EQ(found(), in_home);
  variables["XDG_CONFIG_HOME"] = "";
  EXPECT_EQ(found(), in_home);
}

TEST(FindConfigFile, LooksInEtcLast) {
  const std::filesystem::path system_wide = "/etc/pcx/config.yaml";
  const auto expected =
      std::filesystem::exists(system_wide) ? system_wide : std::filesystem::path{};
  EXPECT_EQ(find_config_file({}, MapEnvironment{{{"HOME", "/no/such/home"}}}), expected);
  EXPECT_EQ(find_config_file({}, MapEnvironment{{}}), expected);
}

TEST(FindConfigFile, DoesNotPassOverWhatItCannotLookAt) {
  const std::string endless(5000, 'x');  // ENAMETOOLONG stands for every reason but "not there"
  EXPECT_EQ(find_config_file({}, MapEnvironment{{{"HOME", "/" + endless}}}),
            "/" + endless + "/.config/pcx/config.yaml");
}

}  // namespace
}  // namespace pcx
